"""What JSON is here, case by case; docs/json.md says the same in words.

The inputs are written from the grammar of RFC 8259 and from RFC 7493 (I-JSON). Three tables: what
a reader must accept, what it must reject, and what it may decide ("either").
"""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from articles.problems import Problem, Rejected
from articles.records.framing import frame
from articles.records.strict_json import Parsed, parse

PAGE = Path(__file__).parents[2] / "docs" / "json.md"
BOM = b"\xef\xbb\xbf"


class Read(NamedTuple):
    """A text that must be accepted, and its value."""

    data: bytes
    value: Any


class Fault(NamedTuple):
    """A text that must be rejected, and where its fault is told to be."""

    data: bytes
    line: int
    column: int


class Either(NamedTuple):
    """A text that RFC 8259 leaves to the reader, what is decided here, and the value if any."""

    data: bytes
    decision: str
    value: Any = None


def nested(brackets: str, innermost: Any) -> Any:
    """Wrap a value in a list for each `[`, in an object with the name "a" for each `{`."""
    value = innermost
    for bracket in reversed(brackets):
        value = [value] if bracket == "[" else {"a": value}
    return value


# ── What must be accepted ────────────────────────────────────────────────────────────────────────

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

# ── What must be rejected ────────────────────────────────────────────────────────────────────────

REJECTED: dict[str, dict[str, Fault]] = {
    "lists": {
        "not closed": Fault(b"[", 1, 2),
        "not closed behind an item": Fault(b"[1", 1, 3),
        "not closed behind a text": Fault(b'["a"', 1, 5),
        "not closed behind a comma": Fault(b"[1,", 1, 4),
        "not closed on another line": Fault(b"[1,\n2\n", 3, 1),
        "not closed inside": Fault(b"[[1]", 1, 5),
        "closed twice": Fault(b"[1]]", 1, 4),
        "closed as an object": Fault(b"[1}", 1, 3),
        "empty, closed as an object": Fault(b"[}", 1, 2),
        "never opened": Fault(b"]", 1, 1),
        "items before it opens": Fault(b"1]", 1, 2),
        "a comma at the end": Fault(b"[1,]", 1, 3),
        "a comma at the end, then a newline": Fault(b"[1,\n]", 1, 3),
        "two commas at the end": Fault(b"[1,,]", 1, 4),
        "a comma at the start": Fault(b"[,1]", 1, 2),
        "a comma alone": Fault(b"[,]", 1, 2),
        "two commas in between": Fault(b"[1,,2]", 1, 4),
        "a comma behind it": Fault(b"[1],", 1, 4),
        "no comma": Fault(b"[1 2]", 1, 4),
        "no comma between texts": Fault(b'["a" "b"]', 1, 6),
        "no comma between lists": Fault(b"[[1][2]]", 1, 5),
        "no comma on another line": Fault(b"[1\n2]", 2, 1),
        "a semicolon": Fault(b"[1;2]", 1, 3),
        "a colon": Fault(b"[1:2]", 1, 3),
        "a name": Fault(b'["a":1]', 1, 5),
        "an ellipsis": Fault(b"[1,...]", 1, 4),
        "spread": Fault(b"[*]", 1, 2),
        "round brackets": Fault(b"(1,2)", 1, 1),
        "angle brackets": Fault(b"<1>", 1, 1),
    },
    "objects": {
        "not closed": Fault(b"{", 1, 2),
        "not closed behind a name": Fault(b'{"a"', 1, 5),
        "not closed behind a colon": Fault(b'{"a":', 1, 6),
        "not closed behind a value": Fault(b'{"a":1', 1, 7),
        "not closed behind a comma": Fault(b'{"a":1,', 1, 8),
        "closed twice": Fault(b'{"a":1}}', 1, 8),
        "closed as a list": Fault(b'{"a":1]', 1, 7),
        "empty, closed as a list": Fault(b"{]", 1, 2),
        "never opened": Fault(b"}", 1, 1),
        "a comma at the end": Fault(b'{"a":1,}', 1, 7),
        "a comma at the end, then a newline": Fault(b'{"a":1,\n}', 1, 7),
        "two commas at the end": Fault(b'{"a":1,,}', 1, 8),
        "a comma at the start": Fault(b'{,"a":1}', 1, 2),
        "a comma alone": Fault(b"{,}", 1, 2),
        "two commas in between": Fault(b'{"a":1,,"b":2}', 1, 8),
        "no comma": Fault(b'{"a":1 "b":2}', 1, 8),
        "a semicolon": Fault(b'{"a":1;"b":2}', 1, 7),
        "no colon": Fault(b'{"a" 1}', 1, 6),
        "a comma for the colon": Fault(b'{"a",1}', 1, 5),
        "an equals sign for the colon": Fault(b'{"a"=1}', 1, 5),
        "an arrow for the colon": Fault(b'{"a"=>1}', 1, 5),
        "two colons": Fault(b'{"a"::1}', 1, 6),
        "two values": Fault(b'{"a":1:2}', 1, 7),
        "two values with a space": Fault(b'{"a":1 2}', 1, 8),
        "no value": Fault(b'{"a":}', 1, 6),
        "no value, then a comma": Fault(b'{"a":,"b":1}', 1, 6),
        "a name alone": Fault(b'{"a"}', 1, 5),
        "no name": Fault(b"{:1}", 1, 2),
        "a name without quotes": Fault(b"{a:1}", 1, 2),
        "a second name without quotes": Fault(b'{"a":1,b:2}', 1, 8),
        "a name in single quotes": Fault(b"{'a':1}", 1, 2),
        "a number as a name": Fault(b"{1:1}", 1, 2),
        "null as a name": Fault(b"{null:1}", 1, 2),
        "true as a name": Fault(b"{true:1}", 1, 2),
        "a list as a name": Fault(b"{[]:1}", 1, 2),
        "an object as a name": Fault(b"{{}:1}", 1, 2),
        "a list's items": Fault(b'{"a","b"}', 1, 5),
        "a name that is not closed": Fault(b'{"a:1}', 1, 2),
        "a bad escape in a name": Fault(rb'{"\a":1}', 1, 3),
        "a control character in a name": Fault(b'{"a\x01":1}', 1, 4),
    },
    "numbers": {
        "a plus": Fault(b"[+1]", 1, 2),
        "a plus and a minus": Fault(b"[+-1]", 1, 2),
        "two minuses": Fault(b"[--1]", 1, 2),
        "a minus alone": Fault(b"[-]", 1, 2),
        "a minus alone as the whole text": Fault(b"-", 1, 1),
        "a minus and a space": Fault(b"[- 1]", 1, 2),
        "a minus behind": Fault(b"[1-]", 1, 3),
        "a minus and a word": Fault(b"[-x]", 1, 2),
        "a sum": Fault(b"[1+2]", 1, 3),
        "a leading zero": Fault(b"[07]", 1, 3),
        "two zeros": Fault(b"[00]", 1, 3),
        "a negative leading zero": Fault(b"[-07]", 1, 4),
        "a leading zero in a fraction": Fault(b"[01.5]", 1, 3),
        "no digit before the point": Fault(b"[.5]", 1, 2),
        "no digit between minus and point": Fault(b"[-.5]", 1, 2),
        "no digit behind the point": Fault(b"[5.]", 1, 3),
        "no digit behind zero and point": Fault(b"[0.]", 1, 3),
        "no digit between point and exponent": Fault(b"[5.e1]", 1, 3),
        "a point alone": Fault(b"[.]", 1, 2),
        "two points": Fault(b"[1.2.3]", 1, 5),
        "two points side by side": Fault(b"[1..2]", 1, 3),
        "no digit in the exponent": Fault(b"[1e]", 1, 3),
        "no digit in the exponent, E": Fault(b"[1E]", 1, 3),
        "no digit behind the exponent's plus": Fault(b"[1e+]", 1, 3),
        "no digit behind the exponent's minus": Fault(b"[1E-]", 1, 3),
        "no digit in the exponent of zero": Fault(b"[0e]", 1, 3),
        "no digit in the exponent of a fraction": Fault(b"[1.5e]", 1, 5),
        "two signs in the exponent": Fault(b"[1e+-2]", 1, 3),
        "two exponents": Fault(b"[1e2e3]", 1, 5),
        "a point in the exponent": Fault(b"[1e2.5]", 1, 5),
        "an exponent alone": Fault(b"[e3]", 1, 2),
        "hexadecimal": Fault(b"[0x1F]", 1, 3),
        "hexadecimal without digits": Fault(b"[0x]", 1, 3),
        "octal": Fault(b"[0o17]", 1, 3),
        "binary": Fault(b"[0b11]", 1, 3),
        "hex digits": Fault(b"[1F]", 1, 3),
        "a letter behind": Fault(b"[1n]", 1, 3),
        "a letter before": Fault(b"[n1]", 1, 2),
        "a unit": Fault(b"[10km]", 1, 4),
        "a percent sign": Fault(b"[10%]", 1, 4),
        "a dollar sign": Fault(b"[$10]", 1, 2),
        "an underscore": Fault(b"[1_000]", 1, 3),
        "a thousands comma": Fault(b"[1,000]", 1, 5),
        "a thousands space": Fault(b"[1 000]", 1, 4),
        "a decimal comma in an object": Fault(b'{"a":1,5}', 1, 8),
        "a fraction bar": Fault(b"[1/2]", 1, 3),
        "full-width digits": Fault("[１２]".encode(), 1, 2),
        "a full-width digit behind": Fault("[1２]".encode(), 1, 3),
        "a full-width digit behind the point": Fault("[1.２]".encode(), 1, 3),
        "a full-width digit in the exponent": Fault("[1e２]".encode(), 1, 3),
        "Arabic-Indic digits": Fault("[٣]".encode(), 1, 2),
        "a superscript": Fault("[2²]".encode(), 1, 3),
        "a vulgar fraction": Fault("[½]".encode(), 1, 2),
        "a minus sign that is no hyphen": Fault("[−1]".encode(), 1, 2),
        "NaN": Fault(b"[NaN]", 1, 2),
        "NaN as the whole text": Fault(b"NaN", 1, 1),
        "minus NaN": Fault(b"[-NaN]", 1, 2),
        "plus NaN": Fault(b"[+NaN]", 1, 2),
        "nan": Fault(b"[nan]", 1, 2),
        "NaN behind a text that names it": Fault(b'["NaN",\n NaN]', 2, 2),
        "Infinity": Fault(b"[Infinity]", 1, 2),
        "minus Infinity": Fault(b"[-Infinity]", 1, 2),
        "plus Infinity": Fault(b"[+Infinity]", 1, 2),
        "Infinity cut short": Fault(b"[Infini]", 1, 2),
        "minus Infinity cut short": Fault(b"[-Infini]", 1, 2),
        "Inf": Fault(b"[Inf]", 1, 2),
        "minus inf": Fault(b"[-inf]", 1, 2),
        "an infinity sign": Fault("[∞]".encode(), 1, 2),
    },
    "words": {
        "true cut short": Fault(b"[tru]", 1, 2),
        "false cut short": Fault(b"[fals]", 1, 2),
        "null cut short": Fault(b"[nul]", 1, 2),
        "null cut short by the end": Fault(b"nul", 1, 1),
        "True": Fault(b"[True]", 1, 2),
        "FALSE": Fault(b"[FALSE]", 1, 2),
        "Null": Fault(b"[Null]", 1, 2),
        "a letter too many": Fault(b"[nullx]", 1, 6),
        "two in a row": Fault(b"[truefalse]", 1, 6),
        "None": Fault(b"[None]", 1, 2),
        "undefined": Fault(b"[undefined]", 1, 2),
        "yes": Fault(b"[yes]", 1, 2),
        "any word": Fault(b"[ferry]", 1, 2),
        "any word as the whole text": Fault(b"ferry", 1, 1),
        "an escaped letter": Fault(rb"[\u0074rue]", 1, 2),
        "full-width letters": Fault("[ｔｒｕｅ]".encode(), 1, 2),
        "a date": Fault(b"[2025-03-14]", 1, 6),
    },
    "escapes": {
        "hexadecimal": Fault(rb'["\x41"]', 1, 3),
        "octal": Fault(rb'["\101"]', 1, 3),
        "zero": Fault(rb'["\0"]', 1, 3),
        "bell": Fault(rb'["\a"]', 1, 3),
        "vertical tab": Fault(rb'["\v"]', 1, 3),
        "escape": Fault(rb'["\e"]', 1, 3),
        "single quote": Fault(rb'["\'"]', 1, 3),
        "a space": Fault(rb'["\ "]', 1, 3),
        "an ampersand": Fault(rb'["\&"]', 1, 3),
        "a capital letter": Fault(rb'["\N"]', 1, 3),
        "a capital U": Fault(rb'["\U0001f6a2"]', 1, 3),
        "braces": Fault(rb'["\u{1f6a2}"]', 1, 4),
        "a newline": Fault(b'["a\\\nb"]', 1, 4),
        "a tab": Fault(b'["\\\t"]', 1, 3),
        "NUL": Fault(b'["\\\x00"]', 1, 3),
        "a letter beyond ASCII": Fault(b'["\\\xc3\xa9"]', 1, 3),
        "an emoji": Fault(b'["\\\xf0\x9f\x9a\xa2"]', 1, 3),
        "no hex digit": Fault(rb'["\u"]', 1, 4),
        "one hex digit": Fault(rb'["\u0"]', 1, 4),
        "two hex digits": Fault(rb'["\u00"]', 1, 4),
        "three hex digits": Fault(rb'["\u004"]', 1, 4),
        "three hex digits and a letter": Fault(rb'["\u004g"]', 1, 4),
        "letters": Fault(rb'["\uwxyz"]', 1, 4),
        "hex digits with a plus": Fault(rb'["\u+041"]', 1, 4),
        "hex digits with a minus": Fault(rb'["\u-041"]', 1, 4),
        "hex digits with a space": Fault(rb'["\u 041"]', 1, 4),
        "hex digits with an underscore": Fault(rb'["\u0_41"]', 1, 4),
        "hex digits with 0x": Fault(rb'["\u0x41"]', 1, 4),
        "full-width hex digits": Fault('["\\u００４２"]'.encode(), 1, 4),
        "cut off by the end": Fault(rb'["\u00', 1, 4),
        "a pair with half an escape": Fault(rb'["\ud83d\u"]', 1, 10),
        "a pair with three digits": Fault(rb'["\ud83d\ude0"]', 1, 10),
        "a pair with a bad escape": Fault(rb'["\ud83d\x"]', 1, 9),
        "a pair with a backslash": Fault(b'["\\ud83d\\"]', 1, 2),
        "a backslash before the end": Fault(b'["\\', 1, 2),
        "a backslash before the last quote": Fault(rb'["\"]', 1, 2),
        "three backslashes before the last quote": Fault(rb'["\\\"]', 1, 2),
    },
    "strings": {
        "not closed": Fault(b'["a', 1, 2),
        "one quotation mark": Fault(b'"', 1, 1),
        "one quotation mark in a list": Fault(b'["]', 1, 2),
        "three quotation marks": Fault(b'["""]', 1, 4),
        "not opened": Fault(b'[a"]', 1, 2),
        "single quotes": Fault(b"['a']", 1, 2),
        "backticks": Fault(b"[`a`]", 1, 2),
        "typographic quotes": Fault("[“a”]".encode(), 1, 2),
        "a typographic quote closes nothing": Fault('["a”]'.encode(), 1, 2),
        "triple quotes": Fault(b'["""a"""]', 1, 4),
        "a prefix": Fault(b'[r"a"]', 1, 2),
        "joined by plus": Fault(b'["a"+"b"]', 1, 5),
        "text behind": Fault(b'["a"b]', 1, 5),
        "a newline": Fault(b'["a\nb"]', 1, 4),
        "a carriage return": Fault(b'["a\rb"]', 1, 4),
        "a tab": Fault(b'["a\tb"]', 1, 4),
        "NUL": Fault(b'["a\x00b"]', 1, 4),
        "a backspace": Fault(b'["a\x08b"]', 1, 4),
        "a vertical tab": Fault(b'["a\x0bb"]', 1, 4),
        "a form feed": Fault(b'["a\x0cb"]', 1, 4),
        "an escape character": Fault(b'["\x1b[0m"]', 1, 3),
        "the last control character": Fault(b'["a\x1fb"]', 1, 4),
        "a newline on the third line": Fault(b'[\n"a",\n"b\nc"]', 3, 3),
    },
    "white space": {
        "a form feed": Fault(b"[\x0c1]", 1, 2),
        "a form feed before the text": Fault(b"\x0c[1]", 1, 1),
        "a form feed behind the text": Fault(b"[1]\x0c", 1, 4),
        "a vertical tab": Fault(b"[1,\x0b2]", 1, 4),
        "a backspace": Fault(b"[1\x08]", 1, 3),
        "an information separator": Fault(b"[1]\x1e", 1, 4),
        "a next line": Fault(b"[\xc2\x851]", 1, 2),
        "a no-break space": Fault(b"[\xc2\xa01]", 1, 2),
        "a no-break space on another line": Fault(b'{\n"a":\xc2\xa01}', 2, 5),
        "a no-break space alone": Fault(b"\xc2\xa0", 1, 1),
        "an em space": Fault(b"[1,\xe2\x80\x832]", 1, 4),
        "an ideographic space": Fault(b"[1\xe3\x80\x80]", 1, 3),
        "a line separator": Fault(b"[1,\xe2\x80\xa82]", 1, 4),
        "a zero-width space": Fault(b"[\xe2\x80\x8b1]", 1, 2),
        "a word joiner": Fault(b"[\xe2\x81\xa01]", 1, 2),
        "a word joiner before the text": Fault(b"\xe2\x81\xa0[1]", 1, 1),
        "a word joiner alone": Fault(b"\xe2\x81\xa0", 1, 1),
        "an escaped newline": Fault(rb"[\u000a1]", 1, 2),
        "an escaped newline before a text": Fault(rb'[\n"a"]', 1, 2),
        "an escaped space behind the text": Fault(rb"[1]\u0020", 1, 4),
        "an entity": Fault(b"[&nbsp;1]", 1, 2),
    },
    "byte order marks": {
        "two": Fault(BOM + BOM + b"[1]", 1, 1),
        "behind a space": Fault(b" " + BOM + b"[1]", 1, 2),
        "on another line": Fault(b"\n" + BOM + b"[1]", 2, 1),
        "inside": Fault(b"[" + BOM + b"1]", 1, 2),
        "behind": Fault(b"[1]" + BOM, 1, 4),
        "as text of another encoding": Fault("ï»¿[1]".encode(), 1, 1),
        "escaped": Fault(rb"\ufeff[1]", 1, 1),
    },
    "NUL": {
        "alone": Fault(b"\x00", 1, 1),
        "before": Fault(b"\x00[1]", 1, 1),
        "behind": Fault(b"[1]\x00", 1, 4),
        "inside": Fault(b"[1\x00]", 1, 3),
        "in a number": Fault(b"[1\x002]", 1, 3),
        "in a word": Fault(b"[nu\x00ll]", 1, 2),
        "behind a name": Fault(b'{"a"\x00:1}', 1, 5),
    },
    "comments": {
        "a line before": Fault(b"// ferry\n[1]", 1, 1),
        "a line behind": Fault(b"[1] // ferry", 1, 5),
        "a line behind, at once": Fault(b"[1]//", 1, 4),
        "a line inside": Fault(b"[1, // ferry\n2]", 1, 5),
        "a block before": Fault(b"/* ferry */[1]", 1, 1),
        "a block behind": Fault(b"[1]/**/", 1, 4),
        "a block inside": Fault(b"[1,/* ferry */2]", 1, 4),
        "a block before a name": Fault(b'{/**/"a":1}', 1, 2),
        "a block behind a name": Fault(b'{"a"/**/:1}', 1, 5),
        "a block that never ends": Fault(b'{"a":1}/*', 1, 8),
        "a slash": Fault(b'{"a":1}/', 1, 8),
        "a hash": Fault(b"[1] # ferry", 1, 5),
        "a hash before": Fault(b"# ferry\n[1]", 1, 1),
        "two dashes": Fault(b"[1] -- ferry", 1, 5),
        "as in HTML": Fault(b"<!-- ferry -->[1]", 1, 1),
    },
    "more than one value": {
        "two lists": Fault(b"[1][2]", 1, 4),
        "two objects": Fault(b"{}{}", 1, 3),
        "two objects with a space": Fault(b"{} {}", 1, 4),
        "two objects with a comma": Fault(b"{},{}", 1, 3),
        "two numbers": Fault(b"1 2", 1, 3),
        "a list and an object": Fault(b"[1]{}", 1, 4),
        "a word behind": Fault(b"{}x", 1, 3),
        "a quotation mark behind": Fault(b'{}"', 1, 3),
        "a bracket behind": Fault(b"{}]", 1, 3),
        "a hash behind": Fault(b"{}#", 1, 3),
        "a sentence behind, on another line": Fault(b"[1]\nthat is all", 2, 1),
        "a record separator before": Fault(b"\x1e[1]", 1, 1),
        "lists on lines": Fault(b"[1]\n[2]", 2, 1),
    },
    "no JSON at all": {
        "a comma": Fault(b",", 1, 1),
        "a colon": Fault(b":", 1, 1),
        "an asterisk": Fault(b"*", 1, 1),
        "a backslash": Fault(b"\\", 1, 1),
        "an escape": Fault(rb"\u005b1]", 1, 1),
        "an opening angle bracket": Fault(b"<", 1, 1),
        "HTML": Fault(b"<html><body></body></html>", 1, 1),
        "XML": Fault(b'<?xml version="1.0"?>\n<a/>', 1, 1),
        "YAML": Fault(b"title: Ferry\n", 1, 1),
        "CSV": Fault(b'"title","text"\n"a","b"\n', 1, 8),
        "JavaScript": Fault(b"var a = [1];", 1, 1),
        "JSONP": Fault(b"show([1])", 1, 1),
        "the guard of some APIs": Fault(b")]}',\n[1]", 1, 1),
        "headers of HTTP": Fault(b"HTTP/1.1 200 OK\r\n\r\n[1]", 1, 1),
        "a function": Fault(b'{"a":f(1)}', 1, 6),
        "a set of Python": Fault(b'{"a","b"}', 1, 5),
        "sentence": Fault("Fähre".encode(), 1, 1),
    },
    "nesting without end": {
        "lists": Fault(b"[" * 100_000, 1, 101),
        "objects": Fault(b'{"a":' * 100_000, 1, 501),
        "both": Fault(b'[{"a":' * 50_000, 1, 301),
        "on lines of their own": Fault(b"[\n" * 100_000, 101, 1),
    },
}

# RFC 8259, 8.1: text that is exchanged must be UTF-8. Here the bad bytes stand outside strings,
# so no reader can take them for text; inside strings they are a matter of the table "either".
NOT_UTF_8: dict[str, tuple[bytes, int]] = {
    "a lone continuation byte": (b"[\x80]", 1),
    "a lone lead byte": (b"[\xc3]", 1),
    "a letter in Latin-1": (b"[\xe9]", 1),
    "a no-break space in Latin-1": (b'{"a":\n\xa01}', 2),
    "a byte that UTF-8 does not have": (b"[1\xff]", 1),
    "half a character at the end": (b"[1]\n\xe2\x82", 2),
    "half a byte order mark": (b"\xef\xbb[1]", 1),
    "one byte of a byte order mark": (b"\xef[1]", 1),
    "a number with a bad byte": (b"[12\xe5]", 1),
    "a number with a bad byte behind the exponent": (b"[1e1\xe5]", 1),
    "a word with a bad byte": (b"[nul\xe5]", 1),
    "an overlong bracket": (b"\xc1\x9b1]", 1),
    "an escape cut by a bad byte": (b'["\\u00\xe5"]', 1),
    "a backslash before a bad byte": (b'["\\\xe5"]', 1),
    "a marked byte order, and nothing else": (b"\xff\xfe", 1),
    "a picture": (b"\x89PNG\r\n\x1a\n", 1),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", 2),
}

# What the grammar allows, or does not even look at, but no file of articles is.
FILES: dict[str, dict[str, tuple[bytes, str]]] = {
    "nothing": {
        "no bytes": (b"", "E_EMPTY"),
        "a space": (b" ", "E_EMPTY"),
        "white space": (b" \t\r\n\n", "E_EMPTY"),
        "an empty list": (b"[]", "E_EMPTY"),
        "an empty list in white space": (b"\n[ ]\n", "E_EMPTY"),
    },
    "a single value as a file": {
        name: (read.data, "E_TOPLEVEL") for name, read in ACCEPTED["single values"].items()
    },
}

# ── What RFC 8259 leaves to the reader ───────────────────────────────────────────────────────────

YES = "accepted"
SURROGATE = "accepted with `W_SURROGATE`"
DUPLICATE = "accepted with `W_DUPLICATE_KEY`"
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
    "half in a name that stands twice": Either(
        rb'{"\ud83d":1,"\ud83d":2}',
        "accepted with `W_DUPLICATE_KEY`, `W_SURROGATE`",
        {"\ufffd": 2},
    ),
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
    "UTF-16LE without a mark": Either('["a"]'.encode("utf-16-le"), NOT_JSON),
    "UTF-16BE without a mark": Either('["a"]'.encode("utf-16-be"), NOT_JSON),
    "UTF-16LE without a mark, beyond ASCII": Either('["é"]'.encode("utf-16-le"), ENCODING),
    "UTF-32LE with a mark": Either(b"\xff\xfe\x00\x00" + '["a"]'.encode("utf-32-le"), ENCODING),
    "UTF-32BE with a mark": Either(b"\x00\x00\xfe\xff" + '["a"]'.encode("utf-32-be"), ENCODING),
    "UTF-32LE without a mark": Either('["a"]'.encode("utf-32-le"), NOT_JSON),
    "UTF-32BE without a mark": Either('["a"]'.encode("utf-32-be"), NOT_JSON),
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


# ── The tests ────────────────────────────────────────────────────────────────────────────────────


def told_of(data: bytes) -> Problem:
    """Give the one problem that a text is rejected with."""
    with pytest.raises(Rejected) as rejected:
        parse(data)
    (problem,) = rejected.value.problems
    return problem


def code_of_file(data: bytes) -> str:
    with pytest.raises(Rejected) as rejected:
        frame(data)
    (problem,) = rejected.value.problems
    return problem.code


def outcome(data: bytes) -> tuple[Parsed | None, str]:
    """Give what is read, and what happened in the words of the page."""
    try:
        parsed = parse(data)
    except Rejected as rejected:
        return None, f"rejected `{rejected.problems[0].code}`"
    codes = ", ".join(f"`{warning.code}`" for warning in parsed.warnings)
    return parsed, f"accepted with {codes}" if codes else "accepted"


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{kind}: {name}")
        for kind, cases in ACCEPTED.items()
        for name, case in cases.items()
    ],
)
def test_what_rfc_8259_allows_is_read_with_its_value(case: Read) -> None:
    parsed = parse(case.data)

    # By repr: 1, 1.0 and true are equal to Python, and so are 0.0 and -0.0.
    assert repr(parsed.value) == repr(case.value)
    assert parsed.warnings == ()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{kind}: {name}")
        for kind, cases in REJECTED.items()
        for name, case in cases.items()
    ],
)
def test_what_rfc_8259_forbids_is_rejected_where_it_stands(case: Fault) -> None:
    problem = told_of(case.data)

    assert (problem.code, problem.line) == ("E_JSON", case.line)
    assert f" line {case.line}, column {case.column}: " in problem.message
    # A file must not come in by another way, one object a line for instance.
    assert code_of_file(case.data) == "E_JSON"


@pytest.mark.parametrize(("data", "line"), NOT_UTF_8.values(), ids=NOT_UTF_8.keys())
def test_bytes_that_are_not_utf_8_are_rejected_with_their_line(data: bytes, line: int) -> None:
    problem = told_of(data)

    assert (problem.code, problem.line) == ("E_ENCODING", line)
    assert f"line {line})" in problem.message
    assert code_of_file(data) == "E_ENCODING"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(*case, id=f"{kind}: {name}")
        for kind, cases in FILES.items()
        for name, case in cases.items()
    ],
)
def test_a_file_that_can_hold_no_article_is_rejected(data: bytes, code: str) -> None:
    assert code_of_file(data) == code


@pytest.mark.parametrize("case", EITHER.values(), ids=EITHER.keys())
def test_what_a_reader_may_decide_is_decided(case: Either) -> None:
    parsed, happened = outcome(case.data)

    assert happened == case.decision
    if parsed is None:
        assert code_of_file(case.data) in case.decision
    else:
        assert repr(parsed.value) == repr(case.value)
        # Whatever is accepted can be written again: UTF-8 has no half of a pair.
        json.dumps(parsed.value, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=name)
        for name, case in EITHER.items()
        if case.decision in (NOT_JSON, ENCODING)
    ],
)
def test_a_decision_against_a_text_says_where_it_stands(case: Either) -> None:
    problem = told_of(case.data)

    where = r" line 1, column \d+: " if case.decision == NOT_JSON else r"^Byte \d+ .* line 1\)"
    assert re.search(where, problem.message)
    assert problem.line == 1


# ── The page ─────────────────────────────────────────────────────────────────────────────────────


def rows(heading: str) -> list[list[str]]:
    """Give the cells of the table under a heading, without its head."""
    section = PAGE.read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [row for row in section.split("\n") if row.startswith("|")]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in table[2:]]


def test_the_page_lists_every_decision_and_no_other() -> None:
    told = [(case, decision) for case, _, decision, _ in rows("Either")]

    assert told == [(f"`{name}`", case.decision) for name, case in EITHER.items()]


def test_the_page_says_of_every_decision_what_the_rfc_says_and_why() -> None:
    assert [row[0] for row in rows("Either") if not all(row)] == []


def test_the_page_lists_every_class_that_is_accepted() -> None:
    assert [row[0] for row in rows("Accepted")] == list(ACCEPTED)


def test_the_page_lists_every_class_that_is_rejected_with_its_code() -> None:
    expected = [(kind, "`E_JSON`") for kind in REJECTED]
    expected += [("bytes that are not UTF-8", "`E_ENCODING`")]
    for kind, cases in FILES.items():
        (code,) = {code for _, code in cases.values()}
        expected.append((kind, f"`{code}`"))

    assert [(row[0], row[1]) for row in rows("Rejected")] == expected


# ── Hostile texts ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "sign"),
    [
        pytest.param(f'["{"ж" * 5_000}\t"]'.encode(), "ж", id="text before a control character"),
        pytest.param(f'["{"ж" * 5_000}'.encode(), "ж", id="text that is not closed"),
        pytest.param(f"[{'ж' * 5_000}]".encode(), "ж", id="word"),
        pytest.param(f"[1]{'ж' * 5_000}".encode(), "ж", id="text behind the value"),
        pytest.param(f"['{'ж' * 5_000}']".encode(), "ж", id="single quotes"),
        pytest.param(f'["{"ж" * 5_000}\\ж"]'.encode(), "ж", id="bad escape"),
        pytest.param(f'{{"{"ж" * 5_000}"}}'.encode(), "ж", id="name without a value"),
        pytest.param(f'{{"{"ж" * 5_000}":1,"{"ж" * 5_000}":2}}'.encode(), "ж", id="name twice"),
        pytest.param(
            b'{"' + b"\xc2\x81" * 5_000 + b'":1,"' + b"\xc2\x81" * 5_000 + b'":2}',
            r"\x81",
            id="name twice, not printable",
        ),
        pytest.param(b"[" + b"7" * 5_000 + b"]", "7", id="integer"),
        pytest.param(b"[-" + b"7" * 5_000 + b"]", "7", id="negative integer"),
        pytest.param(b"[1." + b"7" * 5_000 + b"]", "7", id="fraction"),
        pytest.param(b"[1e" + b"7" * 5_000 + b"]", "7", id="exponent"),
        pytest.param(b"[" + b"7" * 309 + b"]", "7", id="integer over a double"),
        pytest.param(b'"' + b"7" * 5_000 + b'"', "7", id="single value"),
        pytest.param(b'["' + b"7" * 5_000 + b'\xff"]', "7", id="text before a bad byte"),
        pytest.param(b'["' + rb"\ud83d" * 5_000 + b'"]', r"\ud83d", id="half a pair"),
    ],
)
def test_a_message_never_repeats_more_than_200_characters_of_the_text(
    data: bytes, sign: str
) -> None:
    try:
        problems = frame(data).warnings
    except Rejected as rejected:
        problems = rejected.problems

    assert problems
    assert all(problem.message.count(sign) * len(sign) <= 200 for problem in problems)


# What looks at each sign again for each sign before it takes hours over these, and is found out by
# that: a clock would only make the test depend on the machine.
MANY = 100_000


@pytest.mark.parametrize(
    ("data", "happens"),
    [
        pytest.param(b'"' * MANY, NOT_JSON, id="quotation marks"),
        pytest.param(b"[" * 101 + b'"' * MANY, NOT_JSON, id="quotation marks behind brackets"),
        pytest.param(b'"a' * MANY + b"[" * 101, NOT_JSON, id="quotation marks that end nothing"),
        pytest.param(b'["' + rb"\"" * MANY, NOT_JSON, id="escaped quotation marks"),
        pytest.param(
            b'["' + rb"\"" * MANY + b"[" * 101, NOT_JSON, id="escaped quotation marks and brackets"
        ),
        pytest.param(b"[" + b'"",' * MANY + b'""]', YES, id="empty texts"),
        pytest.param(b"\\" * MANY, NOT_JSON, id="backslashes"),
        pytest.param(b'["' + b"\\" * MANY + b'"]', YES, id="backslashes in a text"),
        pytest.param(b'["' + b"\\" * MANY, NOT_JSON, id="backslashes in a text without end"),
        pytest.param(b"\\" * MANY + b"[" * 101, NOT_JSON, id="backslashes before brackets"),
        pytest.param(b'["' + rb"\u" * MANY + b'"]', NOT_JSON, id="escapes without digits"),
        pytest.param(b'["' + rb"\ud83d" * MANY + b'"]', SURROGATE, id="halves of pairs"),
        pytest.param(b"[" * MANY, NOT_JSON, id="opening brackets"),
        pytest.param(b"]" * MANY, NOT_JSON, id="closing brackets"),
        pytest.param(b"{" * MANY, NOT_JSON, id="opening braces"),
        pytest.param(b"[]" * MANY, NOT_JSON, id="empty lists side by side"),
        pytest.param(b"[[]" + b",[]" * MANY + b"]", YES, id="empty lists in a list"),
        pytest.param(b'[{"a":' * MANY, NOT_JSON, id="lists and objects"),
        pytest.param(b"[" + b"}{" * MANY, NOT_JSON, id="braces the wrong way round"),
        pytest.param(b"[" + b"," * MANY + b"]", NOT_JSON, id="commas"),
        pytest.param(b"[" + b"1" * MANY + b"]", NOT_JSON, id="digits"),
        pytest.param(b"[-" + b"1" * MANY + b"]", NOT_JSON, id="digits behind a minus"),
        pytest.param(b"[0." + b"1" * MANY + b"]", NOT_JSON, id="digits behind a point"),
        pytest.param(b"[1e" + b"1" * MANY + b"]", NOT_JSON, id="digits of an exponent"),
        pytest.param(b"[1e-" + b"1" * MANY + b"]", NOT_JSON, id="digits of a negative exponent"),
        pytest.param(b"[" + b"0" * MANY + b"]", NOT_JSON, id="zeros"),
        pytest.param(b"[" + b"1," * MANY + b"NaN]", NOT_JSON, id="numbers before NaN"),
        pytest.param(b"-" * MANY, NOT_JSON, id="minuses"),
        pytest.param(b"[" + b"/*" * MANY, NOT_JSON, id="comments"),
        pytest.param(b" " * MANY, "rejected `E_EMPTY`", id="spaces"),
        pytest.param(b"[" + b" " * MANY + b"x", NOT_JSON, id="spaces before a fault"),
        pytest.param(b"[1," + b" " * MANY + b"]", NOT_JSON, id="spaces behind a comma"),
        pytest.param(b"\n" * MANY + b"x", NOT_JSON, id="newlines before a fault"),
        pytest.param(b'{"a":1}\n' * 2_000 + b"x" * MANY, NOT_JSON, id="lines"),
        pytest.param(b"\xff" * MANY, ENCODING, id="bad bytes"),
        pytest.param(b'{"a":1' + b',"a":1' * MANY + b"}", DUPLICATE, id="one name again and again"),
    ],
)
def test_a_hostile_text_is_read_in_one_go(data: bytes, happens: str) -> None:
    _, happened = outcome(data)

    assert happened == happens
