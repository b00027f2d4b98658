"""Sample values for realistic orders. Each is sent at least once in every run, as any may reveal a fault."""

from typing import Any


def table(*rows: str) -> tuple[str, ...]:
    """The texts in the rows of a table, which two blanks separate."""
    return tuple(text for row in rows for text in row.split("  "))


# A name in each script, with the marks that real names have. Accents and Hangul come in both Unicode normal
# forms, and 𠮷 and 𩸽 are beyond the basic plane.
FIRST_NAMES = table(
    "Alice  José  Jose\u0301  Anne-Marie  Mary Ann  D'Arcy  D\u2019Andre  Zoë  Łukasz  Øyvind  Şebnem  Đặng",
    "Nguye\u0302\u0303n  İpek  ßilke  Ελένη  Дмитрий  Ірина",
    "דוד",
    "محمد",
    "आरती  தமிழ்  สมชาย  太郎  さくら  タロウ  민준  \u1106\u1175\u11ab  𠮷子  Նարեկ  ნინო  አበበ  ᐃᓄᒃ",
    # What keyboards make: emoji with variation selectors, skin tones and joiners.
    "Zoë ❤\ufe0f  Ana 🌻  👩🏽\u200d🔬 Mia",
    "A  Al  null  True  mary  ALICE  McKenzie  Maximiliana-Alexandrina Theodora Josephine",
)
LAST_NAMES = table(
    "Smith  O'Brien  O\u2019Neill  Smith-Jones  van der Berg  García Márquez  Garci\u0301a  Müller  Mu\u0308ller",
    "Ångström  A\u030angstro\u0308m  Null  None  False  Nan  Undefined  Test  Ng  O  de la Cruz  N'Diaye",
    # The first has the Hawaiian letter that looks like an apostrophe.
    "Ka\u02bbahumanu  Smith 🇨🇦  Παπαδόπουλος  Кузнецов",
    "כהן",
    "العربي",
    "शर्मा  王  歐陽  やまだ  김  𩸽田  ศรีสุข  Þórsdóttir",
    "DiCaprio  smith  SMITH  Wolfeschlegelsteinhausenbergerdorff  Fernández-Villaverde y Ruiz de Alda",
)
# {canary} is replaced by the order's canary.
EMAILS = table(
    "alice.{canary}@example.com  alice+kits.{canary}@example.com  a+b+{canary}@example.com",
    "Alice.{canary}@Example.com  ALICE.{CANARY}@EXAMPLE.COM  a_b-c.{canary}@example.com  {canary}@mail.example.com",
    "{canary}@example.org  {canary}@example.net  {canary}.2024@example.com  007.{canary}@example.com",
    "x.{canary}@sub.mail.example.com  a.rather.long.but.quite.ordinary.address.{canary}@example.com",
)
# 555-0100 to 555-0199 are reserved for fiction. {0} is the area code, {1} the last two digits.
PHONES = table(
    "{0}55501{1}  +1{0}55501{1}  1{0}55501{1}  {0}-555-01{1}  {0}.555.01{1}  {0} 555 01{1}  ({0}) 555-01{1}",
    "+1 ({0}) 555-01{1}  +1-{0}-555-01{1}  +1 {0} 555 01{1}  1-{0}-555-01{1}  1 ({0}) 555-01{1}  ({0})555-01{1}",
)
STREETS = table(
    "{0} Main St  {0} N 32nd St, Unit 5  {0} 1/2 Elm Ave.  {0}B Baker St  {0} O'Connell Blvd  {0} rue de l'Église",
    "{0} rue de l'E\u0301glise  #5-{0} Burrard St  PO Box {0}  {0} 5th & Main",
    "{0} Martin Luther King Jr. Memorial Parkway Northwest  {0} Saint-Denis  {0} Main Street  {0} North Oak Avenue",
    "{0} West Elm Road, Building 4  {0} Sunset Boulevard  {0} Cherry Lane Drive Court  {0} Sunflower Ln 🌻",
    "{0} main street  {0} BROADWAY  00{0} Low Rd  {0}",
)
# The empty text means that the second line is absent, None that it is null.
SECOND_LINES: tuple[str | None, ...] = (
    *("Apt 1", "", None),
    *table("Suite 400  #7  Unit 3-B  c/o O'Brien  2e étage  007  Bldg. 4, Fl. 2  N/A  Apartment 12  apt. 3b"),
    *table("🔔 ring twice  Floor 2, Suite 9  null"),
    "",
)
AREAS = ("212", "415", "907", "808", "416", "514", "604", "305")
ABSENT = object()


def metadata_shapes(own: str) -> list[Any]:
    """Metadata of every shape. `own` is the order's canary; ABSENT means no metadata field."""
    return [
        ABSENT,
        None,
        {},
        {"some_key": "some_value", "ref": own},
        {"ref": own},
        {"note": f"a=b&c;d+e%20f {own}"},
        {"note": f'He said "hi" \\ / <b>&amp;</b> {own}'},
        {"note": f"line one\nline two\ttab {own}"},
        {"clé": "naïve", "ref": own},
        {"camelCase": "someValue", "PascalCase": "SNAKE_CASE", "trailing_": "kebab-case", "ref": own},
        {"cle\u0301": "nai\u0308ve", "ref": own},
        {"ключ": "значение", "鍵": "値", "مفتاح": "قيمة", "ref": own},
        {"emoji 😀": "👩‍👩‍👧‍👦 🇨🇦", "ref": own},
        {"outer": {"inner": {"deep": own}}},
        {"empty": "", "ref": own},
        {"zero": "0", "padded": "007", "ref": own},
        {"true": "true", "null": "null", "one": "1", "ref": own},
        {"when": "2024-02-29T12:00:00+05:30", "day": "2024-02-29", "ref": own},
        {"with space": "x", "with-hyphen": "y", "UPPER": "Z", "upper": "z", "ref": own},
        {"long": "x" * 500, "ref": own},
        {"order_id": "mine", "status": "completed", "recipient": "someone", "kits": "none", "ref": own},
        {"created": "1970-01-01T00:00:00Z", "id": "7", "kit_types": "x", "ref": own},
        {f"key_{number}": f"value {number}" for number in range(60)} | {"ref": own},
        # The following values can be expressed only in JSON.
        {"yes": True, "no": False, "ref": own},
        {"none": None, "ref": own},
        {"only": None},
        {"zero": 0, "one": 1, "minus": -1, "ref": own},
        {"tenth": 0.1, "half": -0.5, "pi": 3.141592653589793, "ref": own},
        {"tiny": 1e-7, "huge": 1.5e21, "small": 2.2250738585072014e-308, "ref": own},
        {"whole": 100.0, "price": 19.99, "third": 0.3333333333333333, "ref": own},
        {"false": False, "zero": 0, "empty": "", "null": None, "list": [], "object": {}, "ref": own},
        {"list": [3, 1, 2, 1], "ref": own},
        {"mixed": [True, 1, "1", None, 1.5, {"a": [1]}, [[]]], "ref": own},
        {"repeats": ["b", "a", "b"], "ref": own},
        {"nested": {"none": None, "flag": False, "list": [None, False, 0, ""], "object": {"n": 1}}, "ref": own},
        {"a": {"b": {"c": {"d": [own]}}}},
        {"dotted.key": 1, "bracket[0]": 2, "": 3, "$ref": 4, "ref": own},
        {"objects": [{"n": 1}, {"n": 2}, {"n": 1}], "ref": own},
        {"empties": {"object": {}, "list": [], "text": ""}, "ref": own},
    ]


def big_integers(own: str) -> list[Any]:
    """Metadata with integers beyond 2^53, which not every JSON parser preserves (RFC 8259, 6)."""
    return [
        {"beyond": 9007199254740993, "below": -9007199254740993, "ref": own},
        {"max64": 9223372036854775807, "past64": 9223372036854775808, "min64": -9223372036854775808, "ref": own},
        {"googol": 10**25 + 1, "ref": own},
    ]
