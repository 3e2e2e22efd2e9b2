"""Texts that must be JSON, that must not be, and that RFC 8259 leaves to the reader.

Written from the grammar of RFC 8259 and from RFC 7493 (I-JSON), in the classes of docs/json.md.
"""

from typing import Any, NamedTuple

BOM = b"\xef\xbb\xbf"


def nested(brackets: str, innermost: Any) -> Any:
    """Wrap a value in a list for each `[`, in an object with the name "a" for each `{`."""
    value = innermost
    for bracket in reversed(brackets):
        value = [value] if bracket == "[" else {"a": value}
    return value


def listed(*cases: tuple[str, Any]) -> list[tuple[str, Any]]:
    """Put each text, and the value that it has, into a list of its own."""
    return [(f"[{text}]", [value]) for text, value in cases]


def quoted(*cases: tuple[str, str]) -> list[tuple[str, Any]]:
    return listed(*((f'"{text}"', value) for text, value in cases))


STRINGS = [
    *(" ", "Pier 4 & 5", "Łódź", "渡し船", "\U0001f6a2", "it's", "a/b", "1e400", "e\u0301", "\x7f"),
    "\x7f\x80\u07ff\u0800\uffff\U00010000\U0010ffff",  # the first and the last of each length
    *("\x85", "\xa0", "\u2028\u2029", "\u2060", "\ufeff", "\ue000", "\ufffd"),
    *("\ufffe\ufdd0\U0001ffff", "/* no */ // no # no", "NaN", "Infinity", "null", "[{" * 400),
    "sea " * 75_000,
]

# Each with its value.
ACCEPTED: dict[str, list[tuple[str, Any]]] = {
    "lists": [
        *(("[]", []), ("[ ]", []), ("[[]]", [[]]), ("[[],[]]", [[], []]), ('[""]', [""])),
        ('[null,true,false,7,0.5,"x",[],{}]', [None, True, False, 7, 0.5, "x", [], {}]),
        *(("[null,null,null]", [None, None, None]), ("[[1],[2,3]]", [[1], [2, 3]])),
        *(("[\n8]", [8]), ("[ 1 , 2 ]", [1, 2]), ("[4] ", [4]), (" [4]", [4])),
        *(("[" + "0," * 9_999 + "0]", [0] * 10_000), ("[[[[[1]]]]]", [[[[[1]]]]])),
    ],
    "objects": [
        *(("{}", {}), ("{\n}", {}), ('{"pier":4}', {"pier": 4}), ('{"":0}', {"": 0})),
        *(('{"z":1,"a":2,"m":3}', {"z": 1, "a": 2, "m": 3}), ('{"":""}', {"": ""})),
        *((r'{"\u0070ier\t":1}', {"pier\t": 1}), (r'{"a\u0000b":1}', {"a\x00b": 1})),
        *(
            ('{"Fähre":1}', {"Fähre": 1}),
            ('{"1":1}', {"1": 1}),
            ('{"__class__":1}', {"__class__": 1}),
        ),
        *(('{"a":1,"A":2}', {"a": 1, "A": 2}), ('{"a":{"b":{"c":{}}}}', {"a": {"b": {"c": {}}}})),
        ('{"a":{"a":1},"b":{"a":2}}', {"a": {"a": 1}, "b": {"a": 2}}),
        # RFC 8259, 8.3: names are compared code unit by code unit, without normalization.
        (r'{"\u00e9":1,"e\u0301":2}', {"\xe9": 1, "e\u0301": 2}),
        ('{"' + "n" * 5_000 + '":1}', {"n" * 5_000: 1}),
        ('{"a":[1],"b":{"c":2}}', {"a": [1], "b": {"c": 2}}),
        ('{\n"a"\n:\n1\n,\n"b"\n:\n2\n}', {"a": 1, "b": 2}),
    ],
    "numbers": listed(
        *(("0", 0), ("7", 7), ("1905", 1905), ("1000", 1000), ("-18", -18), ("3.25", 3.25)),
        *(("-0.75", -0.75), ("2.0", 2.0), ("0.0005", 0.0005), ("1.500", 1.5), ("0.0", 0.0)),
        *(("5e2", 500.0), ("5E2", 500.0), ("5e+2", 500.0), ("5E+2", 500.0), ("5e-2", 0.05)),
        *(("5E-2", 0.05), ("5e0", 5.0), ("5e002", 500.0), ("0e3", 0.0), ("0E+3", 0.0)),
        *(("62.5e-1", 6.25), ("-6.25E1", -62.5), (" \t9\r\n", 9)),
        *(("9007199254740991", 2**53 - 1), ("-9007199254740991", 1 - 2**53)),
    ),
    "words": [
        *listed(("true", True), ("false", False), ("null", None)),
        ('{"a":true,"b":null}', {"a": True, "b": None}),
    ],
    "escapes": [
        *quoted(
            *((r"\"", '"'), (r"\\", "\\"), (r"\/", "/"), (r"\b", "\b"), (r"\f", "\f")),
            *((r"\n", "\n"), (r"\r", "\r"), (r"\t", "\t"), (r"\\n", "\\n"), (r"x\\", "x\\")),
            *((r"\"\\\/\b\f\n\r\t", '"\\/\b\f\n\r\t'), (r"\u0042", "B"), (r"\u00423", "B3")),
            *((r"\u00fc", "ü"), (r"\u00FC", "ü"), (r"\uaBcD", "\uabcd"), (r"\u0000", "\x00")),
            *((r"\u001f", "\x1f"), (r"\u0022", '"'), (r"\u005c", "\\"), (r"\u005cn", "\\n")),
            *((r"\\u0042", "\\u0042"), (r"\\ud83d", "\\ud83d"), (r"\u200b", "\u200b")),
            *((r"\ufeff", "\ufeff"), (r"\u2028\u2029", "\u2028\u2029")),
            *((r"\uffff\ufdd0", "\uffff\ufdd0"), (r"{\"a\":[1]}", '{"a":[1]}')),
            *((r"\ud83d\udea2", "\U0001f6a2"), (r"\uD83D\uDEA2", "\U0001f6a2")),
            (r"\ud83d\udea2\ud83c\udf0a", "\U0001f6a2\U0001f30a"),
            (r"\ud83f\udffe", "\U0001fffe"),
            # the first and the last pair, and what is next to the surrogates
            *((r"\ud800\udc00", "\U00010000"), (r"\udbff\udfff", "\U0010ffff")),
            (r"\ud7ff\ue000", "\ud7ff\ue000"),
        ),
        (r'{"\ud83d\udea2":1}', {"\U0001f6a2": 1}),
    ],
    "strings": quoted(*zip(STRINGS, STRINGS, strict=True)),
    "white space": [
        *(('{"a":[1,2]}', {"a": [1, 2]}), (' { "a" : [ 1 , 2 ] } ', {"a": [1, 2]})),
        ('\t{\t"a"\t:\t[\t1\t,\t2\t]\t}\t', {"a": [1, 2]}),
        ('\n{\n"a"\n:\n[\n1\n,\n2\n]\n}\n', {"a": [1, 2]}),
        ('\r{\r"a"\r:\r[\r1\r,\r2\r]\r}\r', {"a": [1, 2]}),
        (' \t\r\n{"a":\r\n\t [1,2]}\n\r\t ', {"a": [1, 2]}),
        (" " * 10_000 + "[1]" + "\n" * 10_000, [1]),
    ],
    "single values": [
        *(('"ferry"', "ferry"), ('""', ""), ("42", 42), ("-42", -42), ("0", 0), ("0.25", 0.25)),
        *(("1e2", 100.0), ("true", True), ("false", False), ("null", None), ("\n 42 \n", 42)),
    ],
}

# A ^ stands before the character that the fault is told of.
REJECTED: dict[str, list[str]] = {
    "lists": [
        *("[^", "[1^", '["a"^', "[1,^", "[1,\n2\n^", "[[1]^", "[1]^]", "[1^}", "[^}", "^]", "1^]"),
        *("[1^,]", "[1^,\n]", "[1,^,]", "[^,1]", "[^,]", "[1,^,2]", "[1]^,", "[1 ^2]"),
        *('["a" ^"b"]', "[[1]^[2]]", "[1\n^2]", "[1^;2]", "[1^:2]", '["a"^:1]', "[1,^...]", "[^*]"),
        *("^(1,2)", "^<1>"),
    ],
    "objects": [
        *("{^", '{"a"^', '{"a":^', '{"a":1^', '{"a":1,^', '{"a":1}^}', '{"a":1^]', "{^]", "^}"),
        *('{"a":1^,}', '{"a":1^,\n}', '{"a":1,^,}', '{^,"a":1}', "{^,}", '{"a":1,^,"b":2}'),
        *('{"a":1 ^"b":2}', '{"a":1^;"b":2}', '{"a" ^1}', '{"a"^,1}', '{"a"^=1}', '{"a"^=>1}'),
        *('{"a":^:1}', '{"a":1^:2}', '{"a":1 ^2}', '{"a":^}', '{"a":^,"b":1}', '{"a"^}', "{^:1}"),
        *("{^a:1}", '{"a":1,^b:2}', "{^'a':1}", "{^1:1}", "{^null:1}", "{^true:1}", "{^[]:1}"),
        *("{^{}:1}", '{"a"^,"b"}', '{^"a:1}', r'{"^\a":1}', '{"a^\x01":1}'),
    ],
    "numbers": [
        *("[^+1]", "[^+-1]", "[^--1]", "[^-]", "^-", "[^- 1]", "[1^-]", "[^-x]", "[1^+2]", "[0^7]"),
        *("[0^0]", "[-0^7]", "[0^1.5]", "[^.5]", "[^-.5]", "[5^.]", "[0^.]", "[5^.e1]", "[^.]"),
        *("[1.2^.3]", "[1^..2]", "[1^e]", "[1^E]", "[1^e+]", "[1^E-]", "[0^e]", "[1.5^e]"),
        *("[1^e+-2]", "[1e2^e3]", "[1e2^.5]", "[^e3]", "[0^x1F]", "[0^x]", "[0^o17]", "[0^b11]"),
        *("[1^F]", "[1^n]", "[^n1]", "[10^km]", "[10^%]", "[^$10]", "[1^_000]", "[1,0^00]"),
        *("[1 ^000]", '{"a":1,^5}', "[1^/2]", "[^１２]", "[1^２]", "[1^.２]", "[1^e２]", "[^٣]"),
        *("[2^²]", "[^½]", "[^−1]", "[^NaN]", "^NaN", "[^-NaN]", "[^+NaN]", "[^nan]"),
        *('["NaN",\n ^NaN]', "[^Infinity]", "[^-Infinity]", "[^+Infinity]", "[^Infini]"),
        *("[^-Infini]", "[^Inf]", "[^-inf]", "[^∞]"),
    ],
    "words": [
        *("[^tru]", "[^fals]", "[^nul]", "^nul", "[^True]", "[^FALSE]", "[^Null]", "[null^x]"),
        *("[true^false]", "[^None]", "[^undefined]", "[^yes]", "[^ferry]", "^ferry"),
        *(r"[^\u0074rue]", "[^ｔｒｕｅ]", "[2025^-03-14]"),
    ],
    "escapes": [
        *(r'["^\x41"]', r'["^\101"]', r'["^\0"]', r'["^\a"]', r'["^\v"]', r'["^\e"]', '["^\\\'"]'),
        *(r'["^\ "]', r'["^\&"]', r'["^\N"]', r'["^\U0001f6a2"]', r'["\^u{1f6a2}"]', '["a^\\\nb"]'),
        *('["^\\\t"]', '["^\\\x00"]', r'["^\é"]', r'["^\🚢"]', r'["\^u"]', r'["\^u0"]'),
        *(r'["\^u00"]', r'["\^u004"]', r'["\^u004g"]', r'["\^uwxyz"]', r'["\^u+041"]'),
        *(r'["\^u-041"]', r'["\^u 041"]', r'["\^u0_41"]', r'["\^u0x41"]', r'["\^u００４２"]'),
        *(r'["\^u00', r'["\ud83d\^u"]', r'["\ud83d\^ude0"]', r'["\ud83d^\x"]', r'[^"\ud83d\"]'),
        *('[^"\\', r'[^"\"]', r'[^"\\\"]'),
    ],
    "strings": [
        *('[^"a', '^"', '[^"]', '[""^"]', '[^a"]', "[^'a']", "[^`a`]", "[^“a”]", '[^"a”]'),
        *('[""^"a"""]', '[^r"a"]', '["a"^+"b"]', '["a"^b]', '["a^\nb"]', '["a^\rb"]', '["a^\tb"]'),
        *('["a^\x00b"]', '["a^\x08b"]', '["a^\x0bb"]', '["a^\x0cb"]', '["^\x1b[0m"]'),
        *('["a^\x1fb"]', '[\n"a",\n"b^\nc"]'),
    ],
    "white space": [
        *("[^\x0c1]", "^\x0c[1]", "[1]^\x0c", "[1,^\x0b2]", "[1^\x08]", "[1]^\x1e", "[^\x851]"),
        *("[^\xa01]", '{\n"a":^\xa01}', "^\xa0", "[1,^\u20032]", "[1^\u3000]", "[1,^\u20282]"),
        *("[^\u200b1]", "[^\u20601]", "^\u2060[1]", "^\u2060", r"[^\u000a1]", r'[^\n"a"]'),
        *(r"[1]^\u0020", "[^&nbsp;1]"),
    ],
    "byte order marks": [
        *("\ufeff^\ufeff[1]", " ^\ufeff[1]", "\n^\ufeff[1]", "[^\ufeff1]", "[1]^\ufeff", "^ï»¿[1]"),
        r"^\ufeff[1]",
    ],
    "NUL": [
        *("^\x00", "^\x00[1]", "[1]^\x00", "[1^\x00]", "[1^\x002]", "[^nu\x00ll]", '{"a"^\x00:1}')
    ],
    "comments": [
        *("^// ferry\n[1]", "[1] ^// ferry", "[1]^//", "[1, ^// ferry\n2]", "^/* ferry */[1]"),
        *("[1]^/**/", "[1,^/* ferry */2]", '{^/**/"a":1}', '{"a"^/**/:1}', '{"a":1}^/*'),
        *('{"a":1}^/', "[1] ^# ferry", "^# ferry\n[1]", "[1] ^-- ferry", "^<!-- ferry -->[1]"),
    ],
    "more than one value": [
        *("[1]^[2]", "{}^[1]", "{}^,{}", "1 ^2", "[1]^{}", "{}^x", '{}^"', "{}^]", "{}^#"),
        *("[1]\n^that is all", "^\x1e[1]", "[1]\n^[2]"),
    ],
    "no JSON at all": [
        *("^,", "^:", "^*", "^\\", r"^\u005b1]", "^<", "^<html><body></body></html>"),
        *('^<?xml version="1.0"?>\n<a/>', "^title: Ferry\n", '"title"^,"text"\n"a","b"\n'),
        *("^var a = [1];", "^show([1])", "^)]}',\n[1]", "^HTTP/1.1 200 OK\r\n\r\n[1]"),
        *('{"a":^f(1)}', "^Fähre"),
    ],
    "nesting without end": [
        *("[" * 100 + "^" + "[" * 99_900, '{"a":' * 100 + "^" + '{"a":' * 99_900),
        *('[{"a":' * 50 + "^" + '[{"a":' * 49_950, "[\n" * 100 + "^" + "[\n" * 99_900),
    ],
}

# RFC 8259, 8.1: text that is exchanged must be UTF-8. Here the bad bytes stand outside strings,
# so no reader can take them for text; inside strings they are a matter of the table "either".
NOT_UTF_8: dict[int, list[bytes]] = {  # by the line of the first bad byte
    1: [
        *(b"[\x80]", b"[\xc3]", b"[\xe9]", b"[1\xff]", b"\xef\xbb[1]", b"\xef[1]", b"[12\xe5]"),
        *(b"[1e1\xe5]", b"[nul\xe5]", b"\xc1\x9b1]", b'["\\u00\xe5"]', b'["\\\xe5"]', b"\xff"),
        b"\x89PNG\r\n\x1a\n",
    ],
    2: [b'{"a":\n\xa01}', b"[1]\n\xe2\x82", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"],
}

# What the grammar allows, or does not even look at, but no file of articles is.
FILES: dict[str, tuple[str, list[str]]] = {
    "nothing": ("E_EMPTY", ["", " ", " \t\r\n\n", "[]", "\n[ ]\n"]),
    "a single value as a file": ("E_TOPLEVEL", [text for text, _ in ACCEPTED["single values"]]),
}


class Either(NamedTuple):
    """A text that RFC 8259 leaves to the reader, what is decided here, and the value if any."""

    data: bytes
    decision: str
    value: Any = None


YES = "accepted"
SURROGATE = "accepted with `W_SURROGATE`"
DUPLICATE = "accepted with `W_DUPLICATE_KEY`"
BOTH = "accepted with `W_DUPLICATE_KEY`, `W_SURROGATE`"
NOT_JSON = "rejected `E_JSON`"
ENCODING = "rejected `E_ENCODING`"

EITHER: dict[str, Either] = {
    # Numbers: range and precision (RFC 8259, 6; RFC 7493, 2.2).
    "1e400": Either(b"[1e400]", NOT_JSON),
    "-1e400": Either(b"[-1e400]", NOT_JSON),
    "huge exponent": Either(b"[0.5e99999999999999999999]", NOT_JSON),
    "just over the largest double": Either(b"[1.7976931348623159e308]", NOT_JSON),
    "largest double": Either(b"[1.7976931348623157e308]", YES, [1.7976931348623157e308]),
    "1e-400": Either(b"[1e-400]", YES, [0.0]),
    "-1e-400": Either(b"[-1e-400]", YES, [-0.0]),
    "smallest double": Either(b"[5e-324]", YES, [5e-324]),
    "zero with a huge exponent": Either(b"[0e99999]", YES, [0.0]),
    "more digits than a double keeps": Either(b"[0.30000000000000001665]", YES, [0.3]),
    "300 digits behind the point": Either(b"[0." + b"3" * 300 + b"]", YES, [1 / 3]),
    "500 digits behind the point": Either(b"[0." + b"3" * 500 + b"]", NOT_JSON),
    "integer over 2^53": Either(b"[9007199254740993]", YES, [2**53 + 1]),
    "integer over 2^64": Either(b"[-18446744073709551617]", YES, [-(2**64) - 1]),
    "integer of 39 digits": Either(b"[170141183460469231731687303715884105729]", YES, [2**127 + 1]),
    "integer of 309 digits": Either(b"[1" + b"0" * 308 + b"]", YES, [10**308]),
    "integer over the largest double": Either(b"[" + b"7" * 309 + b"]", NOT_JSON),
    "integer of 450 digits": Either(b"[" + b"7" * 450 + b"]", NOT_JSON),
    "negative integer of 450 digits": Either(b"[-" + b"7" * 450 + b"]", NOT_JSON),
    "-0": Either(b"[-0]", YES, [0]),
    "-0.0": Either(b"[-0.0]", YES, [-0.0]),
    "-0e0": Either(b"[-0e0]", YES, [-0.0]),
    # Surrogates (RFC 8259, 8.2; RFC 7493, 2.1).
    "high half alone": Either(rb'["\ud83d"]', SURROGATE, ["\ufffd"]),
    "low half alone": Either(rb'["\udea2"]', SURROGATE, ["\ufffd"]),
    "half in capitals": Either(rb'["\uDBFF"]', SURROGATE, ["\ufffd"]),
    "high half before text": Either(rb'["\ud83dferry"]', SURROGATE, ["\ufffdferry"]),
    "low half behind text": Either(rb'["ferry\udea2"]', SURROGATE, ["ferry\ufffd"]),
    "high half before an escape": Either(rb'["\ud83d\n"]', SURROGATE, ["\ufffd\n"]),
    "high half before a numbered escape": Either(rb'["\ud83d\u0042"]', SURROGATE, ["\ufffdB"]),
    "high half twice": Either(rb'["\ud83d\ud83d"]', SURROGATE, ["\ufffd\ufffd"]),
    "low half twice": Either(rb'["\udea2\udea2"]', SURROGATE, ["\ufffd\ufffd"]),
    "halves in the wrong order": Either(rb'["\udea2\ud83d"]', SURROGATE, ["\ufffd\ufffd"]),
    "halves with a space between": Either(rb'["\ud83d \udea2"]', SURROGATE, ["\ufffd \ufffd"]),
    "halves in two texts": Either(rb'["\ud83d","\udea2"]', SURROGATE, ["\ufffd", "\ufffd"]),
    "high half before a pair": Either(rb'["\ud83d\ud83d\udea2"]', SURROGATE, ["\ufffd\U0001f6a2"]),
    "low half behind a pair": Either(rb'["\ud83d\udea2\udea2"]', SURROGATE, ["\U0001f6a2\ufffd"]),
    "high half before a raw character": Either(
        b'["\\ud83d\xf0\x9f\x9a\xa2"]', SURROGATE, ["\ufffd\U0001f6a2"]
    ),
    "half in a name": Either(rb'{"a\ud83d":1}', SURROGATE, {"a\ufffd": 1}),
    "half in a nested name": Either(rb'[{"a":{"\udea2":1}}]', SURROGATE, [{"a": {"\ufffd": 1}}]),
    "half as the whole text": Either(rb'"\ud83d"', SURROGATE, "\ufffd"),
    "half in a name that stands twice": Either(rb'{"\ud83d":1,"\ud83d":2}', BOTH, {"\ufffd": 2}),
    # Names (RFC 8259, 4; RFC 7493, 2.3).
    "name twice": Either(b'{"a":1,"b":2,"a":3}', DUPLICATE, {"a": 3, "b": 2}),
    "name twice with one value": Either(b'{"a":1,"a":1}', DUPLICATE, {"a": 1}),
    "name three times": Either(b'{"a":1,"a":2,"a":3}', DUPLICATE, {"a": 3}),
    "name twice, once escaped": Either(rb'{"a":1,"\u0061":2}', DUPLICATE, {"a": 2}),
    "empty name twice": Either(b'{"":1,"":2}', DUPLICATE, {"": 2}),
    "name twice in a nested object": Either(b'[{"b":{"a":1,"a":2}}]', DUPLICATE, [{"b": {"a": 2}}]),
    "name twice, null last": Either(b'{"a":1,"a":null}', DUPLICATE, {"a": None}),
    "name twice, objects": Either(b'{"a":{"b":1},"a":{"c":2}}', DUPLICATE, {"a": {"c": 2}}),
    # Encodings (RFC 8259, 8.1; RFC 7493, 2.1).
    "UTF-8 with a mark": Either(BOM + b'{"a":1}', YES, {"a": 1}),
    "UTF-8 mark and white space": Either(BOM + b" \n[1]", YES, [1]),
    "UTF-8 mark alone": Either(BOM, "rejected `E_EMPTY`"),
    "UTF-16LE with a mark": Either(b"\xff\xfe" + '["a"]'.encode("utf-16-le"), ENCODING),
    "UTF-16BE with a mark": Either(b"\xfe\xff" + '["a"]'.encode("utf-16-be"), ENCODING),
    "UTF-16LE without a mark": Either('["a"]'.encode("utf-16-le"), ENCODING),
    "UTF-16BE without a mark": Either('["a"]'.encode("utf-16-be"), ENCODING),
    "UTF-16LE without a mark, beyond ASCII": Either('["é"]'.encode("utf-16-le"), ENCODING),
    "UTF-32LE with a mark": Either(b"\xff\xfe\x00\x00" + '["a"]'.encode("utf-32-le"), ENCODING),
    "UTF-32BE with a mark": Either(b"\x00\x00\xfe\xff" + '["a"]'.encode("utf-32-be"), ENCODING),
    "UTF-32LE without a mark": Either('["a"]'.encode("utf-32-le"), ENCODING),
    "UTF-32BE without a mark": Either('["a"]'.encode("utf-32-be"), ENCODING),
    # Bytes inside strings that are not UTF-8 (RFC 8259, 8.1; RFC 3629, 3).
    "Latin-1 in a text": Either(b'["caf\xe9"]', ENCODING),
    "Latin-1 in a name": Either(b'{"caf\xe9":1}', ENCODING),
    "Windows-1252 quotes": Either(b'["\x93ferry\x94"]', ENCODING),
    "Shift JIS": Either('["渡し船"]'.encode("cp932"), ENCODING),
    "lone continuation byte": Either(b'["a\x80b"]', ENCODING),
    "one continuation byte too many": Either(b'["\xc3\xa9\xa9"]', ENCODING),
    "character cut by a letter": Either(b'["\xe2\x82x"]', ENCODING),
    "character cut by the quotation mark": Either(b'["\xf0\x9f\x9a"]', ENCODING),
    "character cut by the end": Either(b'["\xf0\x9f', ENCODING),
    "overlong, two bytes": Either(b'["\xc0\xaf"]', ENCODING),
    "overlong, three bytes": Either(b'["\xe0\x80\xaf"]', ENCODING),
    "overlong, four bytes": Either(b'["\xf0\x80\x80\xaf"]', ENCODING),
    "overlong, the last of three bytes": Either(b'["\xf0\x8f\xbf\xbf"]', ENCODING),
    "overlong NUL": Either(b'["\xc0\x80"]', ENCODING),
    "CESU-8": Either(b'["\xed\xa0\xbd\xed\xba\xa2"]', ENCODING),
    "raw high half": Either(b'["\xed\xa0\xbd"]', ENCODING),
    "raw low half": Either(b'["\xed\xba\xa2"]', ENCODING),
    "beyond U+10FFFF": Either(b'["\xf4\x90\x80\x80"]', ENCODING),
    "lead byte beyond U+10FFFF": Either(b'["\xf5\x80\x80\x80"]', ENCODING),
    "five bytes": Either(b'["\xf8\x88\x80\x80\x80"]', ENCODING),
    "six bytes": Either(b'["\xfc\x84\x80\x80\x80\x80"]', ENCODING),
    "byte FE": Either(b'["\xfe"]', ENCODING),
    "byte FF": Either(b'["\xff"]', ENCODING),
    # Depth (RFC 8259, 9).
    "100 lists": Either(b"[" * 100 + b"]" * 100, YES, nested("[" * 99, [])),
    "101 lists": Either(b"[" * 101 + b"]" * 101, NOT_JSON),
    "100 objects": Either(b'{"a":' * 100 + b"1" + b"}" * 100, YES, nested("{" * 100, 1)),
    "101 objects": Either(b'{"a":' * 101 + b"1" + b"}" * 101, NOT_JSON),
    "100 levels of both": Either(b'[{"a":' * 50 + b"1" + b"}]" * 50, YES, nested("[{" * 50, 1)),
    "101 levels of both": Either(b'[{"a":' * 50 + b"[]" + b"}]" * 50, NOT_JSON),
    "100 levels, many times": Either(
        b"[" + b",".join([b"[" * 99 + b"]" * 99] * 20) + b"]", YES, [nested("[" * 98, [])] * 20
    ),
    "500 lists": Either(b"[" * 500 + b"]" * 500, NOT_JSON),
}
