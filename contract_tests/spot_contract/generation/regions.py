"""The states and provinces of the US and Canada, each with a city and its zip or postal codes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """A state or province, a city in it, and the beginning of its zip or postal codes."""

    country: str
    code: str
    city: str
    start: str


# The first three digits of a zip code that belong to the state.
_STATES = """
AL Mobile 366|AK Juneau 998|AZ Tucson 857|AR Little_Rock 722|CA San_Francisco 941|CO Denver 802|CT Hartford 061
DE Wilmington 198|DC Washington 200|FL Miami 331|GA Atlanta 303|HI Honolulu 968|ID Boise 837|IL Chicago 606
IN Gary 464|IA Des_Moines 503|KS Topeka 666|KY Louisville 402|LA New_Orleans 701|ME Portland 041|MD Baltimore 212
MA Boston 021|MI Detroit 482|MN St_Paul 551|MS Jackson 392|MO Kansas_City 641|MT Helena 596|NE Omaha 681
NV Las_Vegas 891|NH Concord 033|NJ Newark 071|NM Santa_Fe 875|NY Brooklyn 112|NC Winston-Salem 271|ND Fargo 581
OH Toledo 436|OK Tulsa 741|OR Salem 973|PA Wilkes-Barre 187|RI Providence 029|SC Charleston 294|SD Pierre 575
TN Nashville 372|TX El_Paso 799|UT Provo 846|VT Burlington 054|VA Norfolk 235|WA Seattle 981|WV Charleston 253
WI Milwaukee 532|WY Cheyenne 820
"""
# The first three characters of a postal code that belong to the province or territory.
_PROVINCES = """
AB Calgary T2P|BC Victoria V8W|MB Winnipeg R3C|NB Moncton E1C|NL St._John's A1C|NS Halifax B3J|NT Yellowknife X1A
NU Iqaluit X0A|ON Ottawa K1P|PE Charlottetown C1A|QC Montréal H2Y|SK Regina S4P|YT Whitehorse Y1A
"""


def _read(country: str, table: str) -> list[Region]:
    rows = [row.split() for line in table.split("\n") for row in line.split("|") if row.strip()]
    return [Region(country, code, city.replace("_", " "), start) for code, city, start in rows]


REGIONS = [*_read("US", _STATES), *_read("CA", _PROVINCES)]

# Territories of the United States and military addresses. They are not states, so a server may refuse them.
_TERRITORIES = """
PR San_Juan 009|VI St_Thomas 008|GU Hagatna 969|AS Pago_Pago 967|MP Saipan 969|AE APO 090|AP FPO 962|AA APO 340
"""
TERRITORIES = _read("US", _TERRITORIES)


def code_of(region: Region, number: int) -> str:
    """A zip or postal code of the region. Numbers that differ by less than nine give different codes."""
    if region.country == "CA":
        letters = "ABCEGHJKLMNPRSTVWXYZ"
        return f"{region.start} {number % 9 + 1}{letters[number % 20]}{(number + 3) % 10}"
    plain = f"{region.start}{number % 89 + 1:02d}"
    return f"{plain}-{(number * 37) % 9000 + 1:04d}" if number % 4 == 3 else plain
