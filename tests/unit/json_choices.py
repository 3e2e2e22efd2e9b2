"""Texts that RFC 8259 leaves to the reader, and what is decided here."""

from typing import Any, NamedTuple

from .json_accepted import BOM, nested


class Either(NamedTuple):
    """A text that RFC 8259 leaves to the reader, what is decided here, and the value if any."""

    data: bytes
    decision: str
    value: Any = None


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
        rb'{"\ud83d":1,"\ud83d":2}', "accepted with `W_DUPLICATE_KEY`, `W_SURROGATE`", {"\ufffd": 2}
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
