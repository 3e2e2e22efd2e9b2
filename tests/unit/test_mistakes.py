"""The usual mistakes behind a text that is not JSON are named, with what mends each."""

import json
from collections.abc import Iterator

import pytest

from articles.metadata.shapes import ANY
from articles.records import strict_json
from articles.records.framing import frame
from articles.records.json_stream import JsonStream
from articles.records.strict_json import BOM

from .build import refusal
from .large import LIMITS

ARTICLE = '{"title": "Fähre", "id": "1"}'

FENCE = "Send only what is between the fences."
CSV = "this looks like CSV. Convert it to JSON, one object per line."
MARKDOWN = 'this looks like Markdown. Send it as JSON: {"title": …, "text": …}.'
XML = "this looks like XML. Convert it to JSON, one object per article."
HTML = "this is HTML, perhaps a server's error page. Send the article as JSON."
GUARD = "a guard against scripts comes before the JSON."
SCRIPT = "JavaScript comes before the JSON. Send only the JSON in it."
JSONP = "there is a JavaScript call around the JSON (JSONP). Send only the JSON in it."
LISTS = "several lists one after the other. Send one list, or one object per line."
TWICE = "it was encoded twice. Encode each object once."
NAN = "is not a JSON value. Write null instead. In Python, json.dumps with allow_nan=False "
QUOTES = "JSON has double quotes, not single ones. Write it with a JSON library: in Python with "
PYTHON = "is Python; JSON has true, false and null. Write it with a JSON library: in Python with "
UNDEFINED = "undefined is not a JSON value. Write null, or leave the member out."
COMMENT = "JSON has no comments. Remove it."
CUT_OFF = "the text ends before its value does. Upload it again if it was cut short."
COMMAS = "objects with a comma between them, but no list around them. Put [ before the first "
VALUE = "expected a value. Fix it there, or generate the file with a JSON library."

MISTAKES = {
    FENCE: [
        *(f"```json\n{ARTICLE}\n```\n", f"\n```\n[{ARTICLE}]\n```", f"~~~json\n{ARTICLE}\n~~~"),
        f"Here is the article:\n\n```json\n{ARTICLE}\n```\nAnything else?",
        *(f"{ARTICLE}\n```", f"[{ARTICLE}]\n\n```\n"),
    ],
    CSV: [
        "id,title,text\n1,Ferry,It leaves.\n",
        "\ufeffid;title;text\r\n1;Ferry;It leaves.\r\n",
        *("id\ttitle\ttext\n1\tFerry\tIt leaves.\n", "id|title|text\n1|Ferry|It leaves.\n"),
        '"id","title","text"\n"1","Ferry","It leaves, at six."\n',
        *('"Post ID";"Post Title"\n1;"Ferry"\n', "id, title, published at\n1, Ferry, 2026\n"),
        *("First Name,Last Name,Créé le\n", "sep=;\nid;title\n"),
        ",".join(f"column_{number}" for number in range(500)) + "\n1\n",
    ],
    MARKDOWN: [
        *("# Notes\n\nThe ferry.\n", "---\ntitle: Ferry\n---\nIt leaves.\n", "## [a] and {b}\n")
    ],
    XML: ['<?xml version="1.0"?>\n<rss/>', "<rss version='2.0'>", " <feed>", "<", "<a:b>"],
    HTML: [
        *("<!DOCTYPE html>\n<p>", "<!doctype HTML>", "<html lang=en>", "\n<HEAD>"),
        "<body class=x>",
    ],
    GUARD: [f")]}}'\n{ARTICLE}", f")]}}',\n[{ARTICLE}]", "while(1);[1]", "for(;;);{}"],
    SCRIPT: [
        *(f"var article = {ARTICLE};", f"window.article={ARTICLE}"),
        *(f'window["article"] = {ARTICLE}', f"const articles = [{ARTICLE}];"),
        *(f"module.exports = {ARTICLE}", f"export default {ARTICLE}"),
    ],
    JSONP: [
        *(f"callback({ARTICLE});", f"/**/ jQuery19_7({ARTICLE})", f"a.b.c([{ARTICLE}])"),
        f"({ARTICLE})",
    ],
    LISTS: ["[1][2]", f"[{ARTICLE}]\n[{ARTICLE}]\n", "[1] , [2]", "[1],\n[2]"],
    COMMAS: [f"{ARTICLE},{ARTICLE}", f"{ARTICLE},\n{ARTICLE}\n"],
    TWICE: [f"{json.dumps(ARTICLE)}\n{json.dumps(ARTICLE)}"],
    NAN: [
        *('{"a": NaN}', "[Infinity]", '{"a": 1, "b": -Infinity}'),
        *("[nan]", "[-NaN]", "[+Infinity]", "[inf]", "[-inf, 1]", "NaN"),
    ],
    QUOTES: ["{'title': 'Ferry'}", "[{'title': None}]", "{\"title\": 'Ferry'}", "[u'a']", "'{}'"],
    PYTHON: ['{"title": None}', "[True]", '{"a": False, "b": 1}'],
    UNDEFINED: ['{"title": undefined}', "[undefined]", "undefined"],
    COMMENT: [
        *(f"# of the desk\n{ARTICLE}", f"// articles\n{ARTICLE}", f"/* articles */ {ARTICLE}"),
        f"# articles\n{ARTICLE}",
        '{"title": "Ferry", // its headline\n "id": 1}',
        *('{"title": "Ferry" /* its headline */}', f"{ARTICLE} // the end"),
    ],
    CUT_OFF: ['{"title": "Ferry"', '[{"title": "Ferry"},', '{"title": ', '{"title"', "[1, \n"],
    "JSON has straight double quotes": ["{“title”: “Ferry”}", "[„a“]"],
    "the quotes outside strings are escaped": ['{\\"title\\": 1}', '[\\\\"a\\\\"]'],
    "Close it, or upload the file again if it was cut short.": ['{"title": "Ferr', '["a]'],
    # What only looks like one of them is not named.
    VALUE: ["Hello, world", "It leaves at six, as ever.\nIt is late.", "[tru]", "title: Ferry\n"],
}


@pytest.mark.parametrize(
    ("text", "mend"), [(text, mend) for mend, texts in MISTAKES.items() for text in texts]
)
def test_a_usual_mistake_is_named(text: str, mend: str) -> None:
    problem = refusal(frame, text.encode(), ANY)

    assert problem.code == "E_JSON"
    assert mend in problem.message


@pytest.mark.parametrize("size", [1, 3, 40, 100_000])
def test_a_mistake_is_named_wherever_the_text_is_cut(size: int) -> None:
    for text in (text for texts in MISTAKES.values() for text in texts):
        data = text.encode()
        first = max(size, len(BOM))  # it holds the mark
        pieces = [data[:first], *(data[at : at + size] for at in range(first, len(data), size))]
        assert refusal(read, iter(pieces)) == refusal(strict_json.parse, data)


def read(pieces: Iterator[bytes]) -> None:
    stream = JsonStream(pieces, LIMITS)
    stream.value(0)
    stream.end()


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('{"a": tru, "b": 1}', r'"{\"a\": tru, \"b\": 1}"'),
        ('{\n "a": tru,\n "b": 1}', r'" \"a\": tru,"'),
        ('{"a": 1,\r\n "b": tru\r\n}', r'" \"b\": tru"'),
        (f'["{"x" * 40}", tru, "{"y" * 40}"]', rf'"…{"x" * 27}\", tru, \"{"y" * 24}…"'),
        *(('{"a": "b\tc"}', r'"{\"a\": \"b\tc\"}"'), ("[\u200b1]", r'"[\u200b1]"')),
        ("[1,\n2\n", r'"[1,\n2\n"'),
        (f'["{"x" * 8_000_000}" x]', rf'"…{"x" * 28}\" x]"'),
    ],
)
def test_the_text_around_a_fault_is_quoted_cut_on_its_line(text: str, quoted: str) -> None:
    assert f", at {quoted}: " in refusal(strict_json.parse, text.encode()).message


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", [ARTICLE, '[{"a": 1}]', '\n{"a": 1}\n{"a": 2}\n', "{}{}"])
def test_utf_16_and_utf_32_are_named(text: str, encoding: str, mark: str) -> None:
    data = (mark + text).encode(encoding)

    problem = refusal(frame, data, ANY)

    assert (problem.code, problem.line) == ("E_ENCODING", 1)
    assert problem.message == f"The file is in {encoding[:6].upper()}. Save it as UTF-8."
    assert refusal(read, (data[at : at + 1] for at in range(len(data)))) == problem
