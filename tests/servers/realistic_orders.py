"""Orders as people place them. Each is accepted by every server that keeps the contract."""

import unicodedata


def address(**changes):
    usual = {"street1": "12 Elm St", "city": "Boston", "state": "MA", "country": "US", "zip": "02134"}
    return {**usual, **changes}


def recipient(**changes):
    usual = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "phone": "5555550142"}
    return {**usual, "address": address(), **changes}


def order(**changes):
    return {"kit_types": ["health_kit_1"], "recipient": recipient(), **changes}


PHONES = ["5555550142", "(555) 555-0142", "+1 555-555-0142", "+1 (555) 555-0142", "555.555.0142", "555-0142 x12"]
NAMES = [
    "O'Neil",
    "Smith-Jones",
    "d\N{RIGHT SINGLE QUOTATION MARK}Arc",
    "De la Cruz",
    "李小龍",
    "Мария",
    "נועה",
    "مريم",
    "Ann 😀👩‍👩‍👧",
    "Łukasz",
    "X",
]
PLACES = [
    address(zip="00501", state="NY"),
    address(zip="02134-0042"),
    address(country="CA", state="QC", city="Montréal", zip="H2X 1Y4"),
    address(country="CA", state="NU", city="Iqaluit", zip="X0A0H0"),
    address(street2="Apt. #4 / rear"),
    address(city="Coeur d'Alene", state="ID", zip="83814"),
]
METADATA = [
    {},
    {"some_key": "some_value"},
    {
        "big": 9007199254740993,
        "bigger": -123456789012345678901234567890,
        "true": True,
        "one": 1,
        "float": 0.1,
        "e": 1e300,
    },
    {"list": [1, 1.5, "1", None, [], {}, [[["deep"]]]], "empty": "", "": "no name", "a.b": {"c": {"d": {"e": None}}}},
    {
        "ключ": "значение",
        "é": unicodedata.normalize("NFD", "é"),
        "😀": "\u2028 and \u0000? no: \\u0000",
        "<&'\"+%;": "<&'\"+%;=",
    },
    {"spaces": "  kept  ", "lines": "a\nb\r\nc\td", "zero": 0, "false": False},
]
ORDERS = [
    order(),
    *[order(recipient=recipient(phone=phone)) for phone in PHONES],
    *[
        order(recipient=recipient(first_name=unicodedata.normalize(form, name), last_name=name))
        for name in ["Zoë Brontë", "Åse"]
        for form in ["NFC", "NFD"]
    ],
    *[order(recipient=recipient(first_name=name, last_name=name[::-1])) for name in NAMES],
    *[order(recipient=recipient(address=place)) for place in PLACES],
    *[order(recipient=recipient(email=email)) for email in ["Ann.Lee+kits@Example.COM", "o'neil_1@mail.example.com"]],
    *[order(metadata=metadata) for metadata in METADATA],
    order(kit_types=["health_kit_1"] * 10),
]
