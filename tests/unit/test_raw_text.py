"""N80 to N84: what a page looked like, read from its lines."""

from typing import Any

import pytest

from .build import accept, judge


def read(*lines: str) -> dict[str, Any]:
    """Give the article of some lines, without what every raw text has."""
    article = accept({"text": "\n".join(lines)})
    return {k: v for k, v in article.items() if k not in ("shape", "status", "word_count")}


def under_the_title(*lines: str) -> dict[str, Any]:
    """Give what a text with a title holds but for that."""
    return {name: value for name, value in read("Ferry returns", *lines).items() if name != "title"}


def test_the_first_line_is_the_title() -> None:
    assert read("Ferry returns", "", "It is back.", "", "It sailed at nine.") == {
        "title": "Ferry returns",
        "body_text": "It is back.\n\nIt sailed at nine.",
    }


@pytest.mark.parametrize("between", [[], [""], ["26 June 2024 18:44"], ["By the sea", "Pier 4"]])
def test_a_title_that_comes_again_is_told_once(between: list[str]) -> None:
    article = read("Ferry returns", *between, "Ferry returns", "It is back.")  # N80

    assert article["title"] == "Ferry returns"
    assert "Ferry returns" not in article["body_text"]
    assert article["body_text"].endswith("It is back.")


@pytest.mark.parametrize("section", ["Harbour", "N", "Économie", "Новини", "T" * 20])
def test_a_section_that_is_glued_to_the_title_is_read(section: str) -> None:
    assert read(f"{section}Ferry returns", "Ferry returns", "It is back.") == {
        "title": "Ferry returns",
        "section": section,
        "body_text": "It is back.",
    }


@pytest.mark.parametrize("prefix", ["harbour", "The ", "H2", "T" * 21, "«"])
def test_what_is_no_section_is_left_alone(prefix: str) -> None:
    assert read(f"{prefix}Ferry returns", "Ferry returns", "It is back.") == {
        "title": f"{prefix}Ferry returns",
        "body_text": "Ferry returns\nIt is back.",
    }


@pytest.mark.parametrize("title", ["Is it back?", "It is back!", "“Back”, he said", "x" * 200])
def test_a_title_may_ask_and_shout(title: str) -> None:
    assert read(title, "It is back.")["title"] == title  # N84


@pytest.mark.parametrize(
    "lines",
    [
        *(["The ferry is back.", "It sailed at nine."], ["渡船が戻った。", "乗客は喜んだ。"]),
        *(["x" * 201, "It is back."], ["Ferry returns"]),
    ],
    ids=["stop", "ideographic", "long", "alone"],
)
def test_what_is_no_title_is_body(lines: list[str]) -> None:
    assert read(*lines) == {"body_text": "\n".join(lines), "warnings": ["W_NO_TITLE"]}  # N84


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("26 June 2024 18:44", {"published_at_local": "2024-06-26T18:44:00"}),
        ("2024-06-26", {"published_at_local": "2024-06-26"}),
        ("Wed, 26 Jun 2024 18:44:00 GMT", {"published_at": "2024-06-26T18:44:00Z"}),
    ],
)
def test_a_line_that_is_a_date_is_the_date(line: str, expected: dict[str, str]) -> None:
    below = read("Ferry returns", line, "It is back.")  # N81
    above = read(line, "Ferry returns", "It is back.")

    assert below == above == {"title": "Ferry returns", "body_text": "It is back."} | expected


@pytest.mark.parametrize(
    "line",
    [
        # what only may be a date
        *("Updated 26 June 2024", "26 June 2024, Gdynia", "1559496000", "2024", "06/07/2024"),
        # what gives no credit
        *("Photographs show the pier.", "The source: a captain", "Sourced: no", "Photo:", "©"),
        # what the closed list has only as a last line
        "Read more",
    ],
)
def test_a_line_that_is_nothing_else_is_body(line: str) -> None:
    assert under_the_title(line, "It is back.") == {"body_text": f"{line}\nIt is back."}


@pytest.mark.parametrize(
    "last", ["Read more about ferries.", "No comments", "Comments are free.", "Advertisements"]
)
def test_no_line_that_is_not_of_the_closed_list_is_cut(last: str) -> None:
    assert under_the_title("It is back.", last) == {"body_text": f"It is back.\n{last}"}


@pytest.mark.parametrize(
    "trailing",
    [
        *(["Related content"], ["RELATED STORIES:", "", "Read more"]),
        ["Advertisement", "Share this article", "Comments"],
        ["See also", "Read also", "Related articles"],
    ],
)
def test_what_pages_print_below_an_article_is_cut(trailing: list[str]) -> None:
    assert under_the_title("It is back.", "", *trailing) == {"body_text": "It is back."}  # N83


def test_far_below_a_title_is_body_and_so_is_a_date() -> None:
    lines = [f"Line {i}." for i in range(2, 10)]

    assert "Ferry returns" in under_the_title(*lines[:3], "Ferry returns", "Five.")["body_text"]
    assert "published_at_local" in under_the_title(*lines, "26 June 2024", "Back.")
    assert "published_at_local" not in under_the_title(*lines, "More.", "26 June 2024", "Back.")


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        *(("Image source: Jane Doe", "Jane Doe"), ("Images source: © Jane Doe", "Jane Doe")),
        *(("IMAGE SOURCE: JANE DOE", "JANE DOE"), ("Photo: Jane Doe", "Jane Doe")),
        *(("Photo by Jane Doe", "Jane Doe"), ("Credit: Jane Doe", "Jane Doe")),
        *(("Source: Jane Doe", "Jane Doe"), ("© Jane Doe", "Jane Doe")),
    ],
)
def test_a_line_of_credit_belongs_to_the_image(line: str, credit: str) -> None:
    assert under_the_title("It is back.", "", "The ferry at pier 4", line, "", "More.") == {
        "images": [{"caption": "The ferry at pier 4", "credit": credit}],
        "body_text": "It is back.\n\nMore.",
    }  # N82


@pytest.mark.parametrize(
    ("lines", "images", "body"),
    [
        # a caption that comes twice is told once
        (["Back.", *["At sea"] * 2, "Photo: AP", "More."], [("At sea", "AP")], "Back.\n\nMore."),
        # every credit is read
        (
            ["At sea", "Photo: Ida Marsh", "", "It blows.", "", "Ashore", "Photo: AP"],
            [("At sea", "Ida Marsh"), ("Ashore", "AP")],
            "It blows.",
        ),
        # a caption above each of its credits belongs to them all
        ([*["At sea", "© Jane", ""] * 3, "It blows."], [("At sea", "Jane")] * 3, "It blows."),
    ],
)
def test_every_credit_has_its_caption(
    lines: list[str], images: list[tuple[str, str]], body: str
) -> None:
    assert under_the_title(*lines) == {
        "images": [{"caption": caption, "credit": credit} for caption, credit in images],
        "body_text": body,
    }


@pytest.mark.parametrize("count", [100, 101, 103])
def test_credits_beyond_a_hundred_stay_text_with_their_captions(count: int) -> None:
    pairs = [(f"The ferry at pier {n}", f"Photo: Jane Doe{n}") for n in range(count)]

    article = read("Ferry returns", *(line for pair in pairs for line in (*pair, "")), "More.")

    assert article["images"] == [
        {"caption": caption, "credit": credit.removeprefix("Photo: ")}
        for caption, credit in pairs[:100]
    ]
    assert article["body_text"].split() == " ".join([*map(" ".join, pairs[100:]), "More."]).split()
    assert article.get("warnings", []) == ["W_FIELD_TYPE"] * (count > 100)


@pytest.mark.parametrize(
    "document",
    [
        {"content": "Ferry returns\nIt is back."},
        {"text": "", "content": "Ferry returns\nIt is back."},
        {"text": ["no text"], "content": "Ferry returns\nIt is back."},
        {"text": "Ferry returns\nIt is back.", "content": "Other words."},
        {"text": "Ferry returns\r\nIt is back.\r\n"},
    ],
)
def test_the_text_is_found_where_it_is(document: Any) -> None:
    article = accept(document)

    assert (article["title"], article["body_text"]) == ("Ferry returns", "It is back.")


def test_every_word_of_an_ordinary_text_is_kept() -> None:
    body = ["Fish & chips <3 cost 5 €.", "Use <x> & </x>, he said.", "Café – “yes” … no?"]

    assert under_the_title(*body)["body_text"].split() == " ".join(body).split()


def test_no_rule_is_a_fault_of_ours_on_a_text_of_one_kind_of_line() -> None:
    for line in ("Photo: x", "26 June 2024", "Read more", "© x", "A", "."):
        for count in (1, 2, 3, 11):
            verdict = judge({"text": "\n".join([line] * count)})
            assert getattr(verdict, "fault", None) is None


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"status": "canceled", "id": "a-1"}, {"status": "canceled", "source_id": "a-1"}),
        ({"status": "embargoed"}, {"status": "withheld"}),
        ({"embargoed": "2026-06-01T06:00:00Z"}, {"embargoed_until": "2026-06-01T06:00:00Z"}),
        ({"embargo": "next week"}, {"status": "withheld"}),
    ],
)
def test_a_text_that_may_not_be_shown_says_so(told: Any, expected: Any) -> None:
    article = accept({"text": "Ferry returns\n\nThe ferry is back.", **told})

    assert {name: article.get(name) for name in expected} == expected
