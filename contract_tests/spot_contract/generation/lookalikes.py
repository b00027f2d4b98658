"""Texts and keys that look like something else but must come back unchanged (docs/contract.md, The rest).

They are taken from what parsers of YAML, forms, templates, spreadsheets, SQL and JavaScript treat specially.
"""

from collections.abc import Callable, Iterator
from typing import Any

from .samples import table

TEXTS = {
    "numbers": table(
        "0123  1e5  1E+2  0x1F  0b11  0o17  1_000  1,234.50  .5  5.  +7  -0  NaN  Infinity  12345678901234567890",
        "1.10  00  ٣  ½  1e400",
    ),
    "YAML words": table(
        "yes  no  on  off  Yes  NO  ~  null  Null  true  y  n",
        "<<  - a  a: b  &a  *a  !x  ? k  |  >  %TAG  @at  ---  ...",
    ),
    "words of languages": table(
        "undefined  None  nil  NULL  False  N/A  [object Object]  NoneType  \\N  <null>  (null)",
        "__proto__  constructor  toString",
    ),
    "dates and times": table(
        "2024-01-01  01/02/2024  2024-02-30  12:30  1:20:30  2024-W05-2  20240101  1e3-01-01  2024-01-01T00:00:00Z",
        "Jan 5  1/2  P1D  1704067200",
    ),
    "JSON": table('{}  []  {"a": 1}  ["a"]  "quoted"  [1, 2  {"$ref": "#"}  \\u0041  1.0  [null]'),
    "markup": table(
        "<b>bold</b>  <br>  a < b > c  &amp;  &lt;  &#65;  &copy  <!-- note -->  <![CDATA[x]]>  <?xml?>  a & b",
        "{{ name }}  {% if %}  ${x}  #{x}  %(x)s  %s  <%= x %>  [link](x)  **x**  :smile:",
    ),
    "comment signs": table(
        "# note  a # b  // note  /* note */  -- note  ; note  a--b  a#b  http://example.com/#top  rem x  '; --  <!--",
        '%note  "note',
    ),
    "escapes": table(
        "a\\b  a\\nb  a%20b  a+b  %41  a\\  \\\\host\\share  =1+1  +1-1  @SUM(A1)  'quoted'  `x`  a\\u00e9",
        "=?utf-8?q?x?=  &nbsp;  a;b  a=b&c=d  $1  $$  \\0  \\x41",
    ),
    "paths and addresses": table(
        "../../x  C:\\x  file.txt  /  //  a/b/c  http://example.com  mailto:a@example.com  ~/x  .  ..  127.0.0.1",
        "::1  a@b  user:pass  data:,x  javascript:x",
    ),
    "letters of many kinds": table(
        "ﬁ  Ⅷ  ß  ẞ  İ  \u0131  \u017f  K  Å  e\u0301  é  \uff46\uff55\uff4c\uff4c  ª  ①  \u200bx  a\u00adb  👍🏽",
        "🏳️‍🌈  \U0001d4b3  \u202eabc  \ufeffx  a\u2028b  a\u0085b  कि  ﷺ  Z̸̢",
    ),
    "texts of white space inside": ("a  b", "a\tb", "a\nb", "a\r\nb", "a \n b", "a\u00a0b", "a\u3000b", "a\vb"),
}
KEYS = {
    "list indexes": table("0  1  2  -1  00  [0]  a[0]  []  length  1.5"),
    "keys of objects": table(
        "__proto__  constructor  prototype  toString  hasOwnProperty  __class__  $set  $where  $ref  @type  _id  id",
        "type  class  self  this  key  items  keys  values  get  data  __init__",
    ),
    "paths": table("a.b  a.b.c  .a  a.  a..b  a/b  /a  a[b]  a[b][c]  a:b  a->b  a|b  a,b  $.a"),
    "numbers and words": table("1e5  007  true  null  no  on  NaN  undefined  None  2024-01-01  12:30"),
    "kinds of case": table(
        "camelCase  snake_case  kebab-case  PascalCase  SCREAMING_CASE  mixed_Case-Key  ABC  abc  Abc  aBC  x1y2",
        "_leading  trailing_  double__under",
    ),
    "signs": (
        "a b",
        "a  b",
        *table("a+b  a%20b  a&b  a=b  a;b  #  ?  !  *  <b>  \"  '  \\  é  e\u0301  ß  鍵  🙂  a\tb  a\nb  {a}  (a)"),
        *table("%  ~  `  ^"),
    ),
}


# A careful server may refuse these with a conforming 400: keys that are dangerous in some languages, and characters
# that few people type.
_REFUSABLE = frozenset({"keys of objects", "letters of many kinds", "texts of white space inside", "signs", "escapes"})


def lookalikes_in_metadata(canary: Callable[[], str]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """A description, metadata with such texts or keys, and whether it is realistic."""
    for what, texts in TEXTS.items():
        named = {f"text {chr(97 + number)}": text for number, text in enumerate(texts)}
        is_realistic = what not in _REFUSABLE
        yield f"texts that look like {what}", {**named, "ref": canary()}, is_realistic
        nested = {"list": list(texts), "inner": dict(list(named.items())[::3])}
        yield f"nested texts that look like {what}", {"outer": nested, "ref": canary()}, is_realistic
    for what, keys in KEYS.items():
        named = {key: f"value {number}" for number, key in enumerate(keys)}
        is_realistic = what not in _REFUSABLE
        yield f"keys that look like {what}", {**named, "ref": canary()}, is_realistic
        listed = [{key: number} for number, key in enumerate(keys)]
        yield f"nested keys that look like {what}", {"outer": listed, "inner": named, "ref": canary()}, is_realistic
