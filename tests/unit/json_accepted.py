"""Texts that RFC 8259 and RFC 7493 (I-JSON) allow, by class, each with its value."""

from typing import Any, NamedTuple

BOM = b"\xef\xbb\xbf"


class Read(NamedTuple):
    """A text that must be accepted, and its value."""

    data: bytes
    value: Any


def nested(brackets: str, innermost: Any) -> Any:
    """Wrap a value in a list for each `[`, in an object with the name "a" for each `{`."""
    value = innermost
    for bracket in reversed(brackets):
        value = [value] if bracket == "[" else {"a": value}
    return value


ACCEPTED: dict[str, dict[str, Read]] = {
    "lists": {
        "empty": Read(b"[]", []),
        "empty with a space inside": Read(b"[ ]", []),
        "empty in a list": Read(b"[[]]", [[]]),
        "two empty ones": Read(b"[[],[]]", [[], []]),
        "one item": Read(b'["ferry"]', ["ferry"]),
        "an empty text": Read(b'[""]', [""]),
        "every kind of value": Read(
            b'[null,true,false,7,0.5,"x",[],{}]', [None, True, False, 7, 0.5, "x", [], {}]
        ),
        "nulls only": Read(b"[null,null,null]", [None, None, None]),
        "no space at all": Read(b"[[1],[2,3]]", [[1], [2, 3]]),
        "a newline before an item": Read(b"[\n8]", [8]),
        "spaces before and behind commas": Read(b"[ 1 , 2 ]", [1, 2]),
        "a space behind the list": Read(b"[4] ", [4]),
        "a space before the list": Read(b" [4]", [4]),
        "many items": Read(b"[" + b"0," * 9_999 + b"0]", [0] * 10_000),
        "nested": Read(b"[[[[[1]]]]]", [[[[[1]]]]]),
    },
    "objects": {
        "empty": Read(b"{}", {}),
        "empty with a newline inside": Read(b"{\n}", {}),
        "one member": Read(b'{"pier":4}', {"pier": 4}),
        "several members in their order": Read(b'{"z":1,"a":2,"m":3}', {"z": 1, "a": 2, "m": 3}),
        "an empty name": Read(b'{"":0}', {"": 0}),
        "an empty name and an empty text": Read(b'{"":""}', {"": ""}),
        "an escaped name": Read(rb'{"\u0070ier\t":1}', {"pier\t": 1}),
        "a NUL escaped in a name": Read(rb'{"a\u0000b":1}', {"a\x00b": 1}),
        "a name beyond ASCII": Read('{"Fähre":1}'.encode(), {"Fähre": 1}),
        "a name that is a number in quotes": Read(b'{"1":1}', {"1": 1}),
        "names of Python's own": Read(b'{"__class__":1}', {"__class__": 1}),
        "the same name in two objects": Read(
            b'{"a":{"a":1},"b":{"a":2}}', {"a": {"a": 1}, "b": {"a": 2}}
        ),
        "names that differ in case": Read(b'{"a":1,"A":2}', {"a": 1, "A": 2}),
        # RFC 8259, 8.3: names are compared code unit by code unit, without normalization.
        "names that differ in normalization": Read(
            rb'{"\u00e9":1,"e\u0301":2}', {"\xe9": 1, "e\u0301": 2}
        ),
        "a long name": Read(b'{"' + b"n" * 5_000 + b'":1}', {"n" * 5_000: 1}),
        "objects in objects": Read(b'{"a":{"b":{"c":{}}}}', {"a": {"b": {"c": {}}}}),
        "a list and an object as members": Read(
            b'{"a":[1],"b":{"c":2}}', {"a": [1], "b": {"c": 2}}
        ),
        "newlines around everything": Read(b'{\n"a"\n:\n1\n,\n"b"\n:\n2\n}', {"a": 1, "b": 2}),
    },
    "numbers": {
        "zero": Read(b"[0]", [0]),
        "one digit": Read(b"[7]", [7]),
        "several digits": Read(b"[1905]", [1905]),
        "zeros at the end": Read(b"[1000]", [1000]),
        "negative": Read(b"[-18]", [-18]),
        "a fraction": Read(b"[3.25]", [3.25]),
        "a negative fraction": Read(b"[-0.75]", [-0.75]),
        "a fraction that is whole stays one": Read(b"[2.0]", [2.0]),
        "zeros behind the point": Read(b"[0.0005]", [0.0005]),
        "zeros at the end of a fraction": Read(b"[1.500]", [1.5]),
        "zero as a fraction": Read(b"[0.0]", [0.0]),
        "exponent with e": Read(b"[5e2]", [500.0]),
        "exponent with E": Read(b"[5E2]", [500.0]),
        "exponent with plus": Read(b"[5e+2]", [500.0]),
        "exponent with E and plus": Read(b"[5E+2]", [500.0]),
        "exponent with minus": Read(b"[5e-2]", [0.05]),
        "exponent with E and minus": Read(b"[5E-2]", [0.05]),
        "exponent of zero": Read(b"[5e0]", [5.0]),
        "exponent with leading zeros": Read(b"[5e002]", [500.0]),
        "zero with an exponent": Read(b"[0e3]", [0.0]),
        "zero with an exponent and plus": Read(b"[0E+3]", [0.0]),
        "fraction and exponent": Read(b"[62.5e-1]", [6.25]),
        "negative fraction and exponent": Read(b"[-6.25E1]", [-62.5]),
        "the last integer that every reader knows": Read(b"[9007199254740991]", [2**53 - 1]),
        "the first one": Read(b"[-9007199254740991]", [1 - 2**53]),
        "white space around": Read(b"[ \t9\r\n]", [9]),
    },
    "words": {
        "true": Read(b"[true]", [True]),
        "false": Read(b"[false]", [False]),
        "null": Read(b"[null]", [None]),
        "with nothing between": Read(b'{"a":true,"b":null}', {"a": True, "b": None}),
    },
    "escapes": {
        "quotation mark": Read(rb'["\""]', ['"']),
        "backslash": Read(rb'["\\"]', ["\\"]),
        "slash": Read(rb'["\/"]', ["/"]),
        "backspace": Read(rb'["\b"]', ["\b"]),
        "form feed": Read(rb'["\f"]', ["\f"]),
        "newline": Read(rb'["\n"]', ["\n"]),
        "carriage return": Read(rb'["\r"]', ["\r"]),
        "tab": Read(rb'["\t"]', ["\t"]),
        "all of them": Read(rb'["\"\\\/\b\f\n\r\t"]', ['"\\/\b\f\n\r\t']),
        "by number": Read(rb'["\u0042"]', ["B"]),
        "small hex digits": Read(rb'["\u00fc"]', ["ü"]),
        "large hex digits": Read(rb'["\u00FC"]', ["ü"]),
        "mixed hex digits": Read(rb'["\uaBcD"]', ["\uabcd"]),
        "NUL": Read(rb'["\u0000"]', ["\x00"]),
        "a control character": Read(rb'["\u001f"]', ["\x1f"]),
        "a quotation mark by number": Read(rb'["\u0022"]', ['"']),
        "a backslash by number": Read(rb'["\u005c"]', ["\\"]),
        "a backslash by number escapes nothing": Read(rb'["\u005cn"]', ["\\n"]),
        "an escaped backslash before u": Read(rb'["\\u0042"]', ["\\u0042"]),
        "an escaped backslash before half a pair": Read(rb'["\\ud83d"]', ["\\ud83d"]),
        "an escaped backslash before n": Read(rb'["\\n"]', ["\\n"]),
        "an escaped backslash before the end": Read(rb'["x\\"]', ["x\\"]),
        "digits behind an escape": Read(rb'["\u00423"]', ["B3"]),
        "a surrogate pair": Read(rb'["\ud83d\udea2"]', ["\U0001f6a2"]),
        "a surrogate pair in capitals": Read(rb'["\uD83D\uDEA2"]', ["\U0001f6a2"]),
        "two surrogate pairs": Read(rb'["\ud83d\udea2\ud83c\udf0a"]', ["\U0001f6a2\U0001f30a"]),
        "the first surrogate pair": Read(rb'["\ud800\udc00"]', ["\U00010000"]),
        "the last surrogate pair": Read(rb'["\udbff\udfff"]', ["\U0010ffff"]),
        "a surrogate pair in a name": Read(rb'{"\ud83d\udea2":1}', {"\U0001f6a2": 1}),
        "next to the surrogates": Read(rb'["\ud7ff\ue000"]', ["\ud7ff\ue000"]),
        "a byte order mark": Read(rb'["\ufeff"]', ["\ufeff"]),
        "a non-character": Read(rb'["\uffff\ufdd0"]', ["\uffff\ufdd0"]),
        "a non-character as a pair": Read(rb'["\ud83f\udffe"]', ["\U0001fffe"]),
        "a zero-width space": Read(rb'["\u200b"]', ["\u200b"]),
        "line and paragraph separator": Read(rb'["\u2028\u2029"]', ["\u2028\u2029"]),
    },
    "strings": {
        "empty": Read(b'[""]', [""]),
        "one space": Read(b'[" "]', [" "]),
        "ASCII": Read(b'["Pier 4 & 5"]', ["Pier 4 & 5"]),
        "two bytes a character": Read('["Łódź"]'.encode(), ["Łódź"]),
        "three bytes a character": Read('["渡し船"]'.encode(), ["渡し船"]),
        "four bytes a character": Read(b'["\xf0\x9f\x9a\xa2"]', ["\U0001f6a2"]),
        "the first and last of each length": Read(
            b'["\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"]',
            ["\x7f\x80\u07ff\u0800\uffff\U00010000\U0010ffff"],
        ),
        "DEL": Read(b'["\x7f"]', ["\x7f"]),
        "a control character of Latin-1": Read(b'["\xc2\x85"]', ["\x85"]),
        "line and paragraph separator": Read(b'["\xe2\x80\xa8\xe2\x80\xa9"]', ["\u2028\u2029"]),
        "a word joiner": Read(b'["\xe2\x81\xa0"]', ["\u2060"]),
        "a no-break space": Read(b'["\xc2\xa0"]', ["\xa0"]),
        "a byte order mark": Read(b'["' + BOM + b'"]', ["\ufeff"]),
        "non-characters": Read(
            b'["\xef\xbf\xbe\xef\xb7\x90\xf0\x9f\xbf\xbf"]', ["\ufffe\ufdd0\U0001ffff"]
        ),
        "private use": Read(b'["\xee\x80\x80"]', ["\ue000"]),
        "the replacement character": Read(b'["\xef\xbf\xbd"]', ["\ufffd"]),
        "combining characters stay apart": Read(b'["e\xcc\x81"]', ["e\u0301"]),
        "single quotes": Read(b"""["it's"]""", ["it's"]),
        "what would be a comment": Read(b'["/* no */ // no # no"]', ["/* no */ // no # no"]),
        "what would be a word": Read(b'["NaN","Infinity","null"]', ["NaN", "Infinity", "null"]),
        "what would be too large a number": Read(b'["1e400"]', ["1e400"]),
        "brackets do not nest": Read(b'["' + b"[{" * 400 + b'"]', ["[{" * 400]),
        "a slash": Read(b'["a/b"]', ["a/b"]),
        "JSON in JSON": Read(rb'["{\"a\":[1]}"]', ['{"a":[1]}']),
        "a long one": Read(b'["' + b"sea " * 75_000 + b'"]', ["sea " * 75_000]),
    },
    "white space": {
        "none": Read(b'{"a":[1,2]}', {"a": [1, 2]}),
        "space": Read(b' { "a" : [ 1 , 2 ] } ', {"a": [1, 2]}),
        "tab": Read(b'\t{\t"a"\t:\t[\t1\t,\t2\t]\t}\t', {"a": [1, 2]}),
        "newline": Read(b'\n{\n"a"\n:\n[\n1\n,\n2\n]\n}\n', {"a": [1, 2]}),
        "carriage return": Read(b'\r{\r"a"\r:\r[\r1\r,\r2\r]\r}\r', {"a": [1, 2]}),
        "all four": Read(b' \t\r\n{"a":\r\n\t [1,2]}\n\r\t ', {"a": [1, 2]}),
        "much of it": Read(b" " * 10_000 + b"[1]" + b"\n" * 10_000, [1]),
    },
    "single values": {
        "a text": Read(b'"ferry"', "ferry"),
        "an empty text": Read(b'""', ""),
        "an integer": Read(b"42", 42),
        "a negative integer": Read(b"-42", -42),
        "zero": Read(b"0", 0),
        "a fraction": Read(b"0.25", 0.25),
        "an exponent": Read(b"1e2", 100.0),
        "true": Read(b"true", value=True),
        "false": Read(b"false", value=False),
        "null": Read(b"null", None),
        "with white space around": Read(b"\n 42 \n", 42),
    },
}
