"""N40 to N46: names are split where it is sure, and never rewritten."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.article import Author
from articles.metadata.normalize.people import authors, byline

from .build import a_note, a_note_of, accept, noted


def names(found: tuple[Author, ...] | None) -> list[str]:
    return [author.name for author in found or ()]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # letter case is the name's own
        *((it, [it]) for it in ("bell hooks", "50 Cent", "danah boyd", "JANE DOE")),
        ("Ngũgĩ wa Thiong'o", ["Ngũgĩ wa Thiong'o"]),
        ("毛利 正", ["毛利 正"]),
        # N40
        *((it, ["Jane Doe"]) for it in ("By Jane Doe", "by  Jane Doe", "Written by Jane Doe")),
        ("Text: Jane Doe", ["Jane Doe"]),
        ("BY JANE DOE", ["JANE DOE"]),
        ("Von Max Müller", ["Max Müller"]),
        ("Por Ana Díaz", ["Ana Díaz"]),
        ("Av Kari Berg", ["Kari Berg"]),
        *((it, [it]) for it in ("Von der Leyen", "von der Leyen", "Da Silva", "Byron Katie")),
        # N41
        ("Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe & John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe; John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe | John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe\nJohn Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe, John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe, John Roe and Ann Poe", ["Jane Doe", "John Roe", "Ann Poe"]),
        ("Jane Doe, John Roe, and Ann Poe", ["Jane Doe", "John Roe", "Ann Poe"]),
        ("Max Müller und Eva Klein", ["Max Müller", "Eva Klein"]),
        ("Ana Díaz y Luis Gil", ["Ana Díaz", "Luis Gil"]),
        ("Anne Roy et Luc Petit", ["Anne Roy", "Luc Petit"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Santiago Ramón y Cajal", ["Santiago Ramón y Cajal"]),
        ("Frank Gaffney, Jr.", ["Frank Gaffney, Jr."]),
        ("Frank Gaffney, Jr., Jane Doe", ["Frank Gaffney, Jr.", "Jane Doe"]),
        ("John Roe, III", ["John Roe, III"]),
        ("Amanda Anders", ["Amanda Anders"]),  # `and` within a name
        # N41a
        ("Jane Doe, Senior Correspondent", ["Jane Doe"]),
        ("Jane Doe, in Paris", ["Jane Doe"]),
        ("Jane Doe, MD", ["Jane Doe"]),
        # N42
        *((it, ["Jane Doe"]) for it in ("Jane Doe, Reuters", "Jane Doe/AFP", "Jane Doe / dpa")),
        ("Jane Doe/AFP/dpa", ["Jane Doe"]),
        ("Radina Gigova and Reuters, CNN", ["Radina Gigova"]),
        (["Jane Doe", "Reuters", "John Roe"], ["Jane Doe", "John Roe"]),
        ("AP/Reuters", ["AP", "Reuters"]),
        # who is in brackets, and what stands on lines of its own
        ("Jane Doe (with John Roe and Ann Poe)", ["Jane Doe", "John Roe", "Ann Poe"]),
        ("Jane Doe (Wellington)", ["Jane Doe (Wellington)"]),
        ("By\n\tJane Doe\nand\nJohn Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe\nSenior Correspondent", ["Jane Doe"]),
        # N43
        ("Jane Doe22 Dec 2016651", ["Jane Doe"]),
        ("Jane Doe - Apr 16, 2015 8:02 pm UTC", ["Jane Doe"]),
        *((it, []) for it in ("June 2, 2015", "https://news.example/jane", "www.facebook.com")),
        *((it, []) for it in ("news.example", "desk@news.example", "26 June 2024", "None")),
        ("x" * 101, []),
        ("x" * 100, ["x" * 100]),
        # N45
        (["Jane Doe", "JANE DOE"], ["Jane Doe"]),
        (["Jane Doe", "John Roe", "Jane Doe John Roe"], ["Jane Doe", "John Roe"]),
        (["Anna Berg", "Anna Bergman"], ["Anna Berg", "Anna Bergman"]),
        # without entities and tags (N6)
        ("Se&aacute;n O&#8217;Neill", ["Seán O’Neill"]),
        ('<a rel="author">Jane Doe</a>', ["Jane Doe"]),
        # N44, N46: objects
        ({"name": "Jane Doe"}, ["Jane Doe"]),
        ({"firstname": "Jane", "middlename": "Q.", "lastname": "Doe"}, ["Jane Q. Doe"]),
        ({"first_name": "Jane", "last_name": "Doe"}, ["Jane Doe"]),
        ({"name": ["Jane Doe", "John Roe"]}, ["Jane Doe", "John Roe"]),
        ([{"name": "Jane Doe"}, "John Roe"], ["Jane Doe", "John Roe"]),
        # what stands beside a name
        ("Jane Doe, and John Roe", ["Jane Doe", "John Roe"]),
        ("Frank Gaffney, Jr., and Mary Major", ["Frank Gaffney, Jr.", "Mary Major"]),
        ("jane@e.example (Jane Doe)", ["Jane Doe"]),
        ("Jane Doe, jane@e.example", ["Jane Doe"]),
        ("By", []),
        # N101: dates and times, with their words
        ("By Jane Doe\n March 11, 2015 3:46 PM", ["Jane Doe"]),
        ("April 28, 2019 at 6:01 am Updated April 29, 2019 at 3:33 pm", []),
        ("Von Christian Muster am 26. Januar 2018 13:42 Uhr", ["Christian Muster"]),
        ("Jane Doe, Montag, 5. März 2024, um 10:30 Uhr", ["Jane Doe"]),
        ("Jane Doe Tue Nov 19 2019 03:05:46 GMT+0000 (UTC)", ["Jane Doe"]),
        ("Jane Doe | Updated: Mar 28, 2020, 06:15 PM IST", ["Jane Doe"]),
        ("Last Updated: March 5, 2024, Jane Doe", ["Jane Doe"]),
        ("Updated 10:30 am, By Jane Doe", ["Jane Doe"]),
        ("Posted on March 5, 2020 by Jane Doe", ["Jane Doe"]),
        ("Jane Doe, 28.03.2020", ["Jane Doe"]),
        ("Jane Doe 1 day ago", ["Jane Doe"]),
        ("Jane Doe, 2 hours ago", ["Jane Doe"]),
        ("Anne Roy il y a 3 heures", ["Anne Roy"]),
        ("毛利 正 2018年1月26日", ["毛利 正"]),
        ("Updated", []),
        # who is called like a month, a day or a word of a date
        ("Theresa May, 5 May 2020", ["Theresa May"]),
        ("Plácido Domingo 5 March 2015", ["Plácido Domingo"]),
        ("Duc Le 22 Dec 2016", ["Duc Le"]),
        ("James Last 5 March 2015", ["James Last"]),
        ("Blink 182", ["Blink 182"]),
        # places
        ("Markus M. Muster, London, Beat Beispiel", ["Markus M. Muster", "Beat Beispiel"]),
        ("Jane Doe, London and John Roe, Paris", ["Jane Doe", "John Roe"]),
        ("Jane Doe in London and John Roe in New York", ["Jane Doe", "John Roe"]),
        ("Jane Doe, Port of Spain, Trinidad and Tobago", ["Jane Doe"]),
        ("Reuters, New Delhi", ["Reuters"]),
        ("Jack London", ["Jack London"]),
        ("Hilton, Paris", ["Hilton, Paris"]),
        ("Jane Doe, Jordan Peele", ["Jane Doe", "Jordan Peele"]),
        # addresses
        ("Jane Doe @jane", ["Jane Doe"]),
        ("Jane Doe (@jane)", ["Jane Doe"]),
        ("Jane Doe https://news.example/jane", ["Jane Doe"]),
        ("Jane Doe [email\xa0protected]", ["Jane Doe"]),
        *((it, [it]) for it in ("christian.muster", "anna.schmidt", "J.K.Rowling")),
        # N40: who did what
        ("Words by Jane Doe", ["Jane Doe"]),
        ("Story and photos by Jane Doe", ["Jane Doe"]),
        ("Reporting by Jane Doe in London; Editing by John Roe", ["Jane Doe", "John Roe"]),
        ("(Reporting by Jane Doe; Writing by John Roe)", ["Jane Doe", "John Roe"]),
        ("Text und Fotos: Anna Berg", ["Anna Berg"]),
        # joined by a word of another language (N41)
        ("Ana Silva e João Costa", ["Ana Silva", "João Costa"]),
        ("ANA SILVA E JOÃO COSTA", ["ANA SILVA", "JOÃO COSTA"]),
        ("Kari Berg og Ola Moe", ["Kari Berg", "Ola Moe"]),
        ("Jan Jansen en Piet Smit", ["Jan Jansen", "Piet Smit"]),
        ("Åsa Berg och Ulla Moe", ["Åsa Berg", "Ulla Moe"]),
        ("Anna Nowak i Jan Kowalski", ["Anna Nowak", "Jan Kowalski"]),
        ("João Pereira e Silva", ["João Pereira e Silva"]),
        ("Robert James E Lee Smith", ["Robert James E Lee Smith"]),
    ],
)
def test_names_are_as_they_were_written(value: Any, expected: list[str]) -> None:
    found, _ = noted(authors, value)

    assert names(found) == expected


@pytest.mark.parametrize("name", ["Smith, John", "von der Leyen, Ursula", "Müller, Max"])
def test_two_pieces_that_may_be_one_name_stay_one(name: str) -> None:
    found, codes = noted(authors, name)  # N41a

    assert (names(found), codes) == ([name], ["W_AUTHOR_UNSPLIT"])


def organization(name: str) -> Author:
    return Author(name=name, type="organization")


JANE: Any = {"name": "Jane Doe"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Associated Press", organization("Associated Press")),
        ("NTB", organization("NTB")),
        ("By The Economist", organization("The Economist")),
        ("The Courier", organization("The Courier")),
        ("Jane Doe, AP", Author(**JANE, affiliation="AP")),
        ("Jane Doe, The Courier", Author(**JANE, affiliation="The Courier")),
        ("Jane Doe <jane@news.example>", Author(**JANE, email="jane@news.example")),
        ({**JANE, "role": "editor"}, Author(**JANE, role="editor")),
        (
            {**JANE, "url": "mailto:jane@a.example?subject=Hi"},
            Author(**JANE, email="jane@a.example"),
        ),
        (
            {**JANE, "url": "https://news.example/jane", "affiliation": {"name": "X"}},
            Author(**JANE, url="https://news.example/jane", affiliation="X"),
        ),
        ({"name": "Desk", "@type": "Organization"}, organization("Desk")),
        ({"name": "24horas.cl", "type": "organization"}, organization("24horas.cl")),
        ({**JANE, "type": "person"}, Author(**JANE, type="person")),
    ],
)
def test_what_is_known_of_an_author_stays(value: Any, expected: Author) -> None:
    assert authors(value, a_note_of("The Courier")) == (expected,)  # N42, N43, N46


def test_the_byline_stays_verbatim_beside_the_names() -> None:
    article = accept({"title": "Ferry", "text": "Six.", "byline": "By  Jane Doe, in Paris"})  # N40

    assert (article["byline"], article["authors"]) == ("By Jane Doe, in Paris", [JANE])


def test_a_list_of_names_is_no_byline() -> None:
    assert noted(byline, ["Jane Doe", "John Roe"]) == (None, [])


@pytest.mark.parametrize(
    "value",
    [
        *("a" + " " * 100_000 + "b", "a" * 100_000, "a@" + "a." * 50_000, "A B, " * 5_000),
        *("A B" + "/AP" * 5_000, "A B" + " (with C D)" * 5_000, "jan 1" * 20_000),
        *([f"a b{i}" for i in range(20_000)], "updated on " * 10_000 + "5 May 2020"),
        *("10:30 " * 20_000, "words and text and " * 6_000, "a b und " * 12_000),
        *("a b, London, " * 8_000, "{" * 100_000, "the " * 25_000, "a." * 50_000 + "zz/x"),
    ],
    ids=(
        "blanks word email commas agencies brackets dates many updated times credits joined places "
        "json the hosts"
    ).split(),
)
def test_a_hostile_byline_is_read(value: Any) -> None:
    """What backtracks takes hours here, and ends the run that way."""
    found, codes = noted(authors, value)

    assert len(found or ()) <= 100
    assert codes or found


BEE, MANY = "Ann Bee", [f"Ann Bee{n}" for n in range(101)]


@pytest.mark.parametrize(
    ("most", "one_more"),
    [
        ([BEE] * 1_000, [BEE] * 1_001),
        ("; ".join([BEE] * 1_000), "; ".join([BEE] * 1_001)),
        ([{"name": BEE}] * 1_000, [{"name": BEE}] * 1_001),
        ([BEE, {"name": BEE}] * 500, [BEE, {"name": BEE}] * 501),
        ({"name": [BEE] * 20}, {"name": [BEE] * 21}),
        ([{"name": [BEE] * 20}] * 50, [{"name": [BEE] * 20}] * 51),
        (BEE.ljust(32_768), BEE.ljust(32_769)),
    ],
    ids=["texts", "byline", "objects", "both", "names of one", "names of many", "long byline"],
)
def test_a_long_list_of_names_is_told_where_it_is_too_long(most: Any, one_more: Any) -> None:
    assert noted(authors, most) == ((Author(name=BEE),), [])
    assert noted(authors, one_more) == ((Author(name=BEE),), ["W_FIELD_TYPE"])


@pytest.mark.parametrize(
    ("value", "kept", "codes"),
    [
        (MANY, MANY[:100], ["W_FIELD_TYPE"]),  # N88
        # names that come again are none too many
        (MANY[:100] + MANY[:50], MANY[:100], []),
        ([*MANY[:100], BEE.upper() + "7", "Reuters"], MANY[:100], []),
        # of one object twenty
        ([{"name": MANY[:20]}, {"name": MANY[20:40]}, MANY[40]], MANY[:41], []),
        ([{"name": MANY[:21]}, {"name": "Cem Day"}], [*MANY[:20], "Cem Day"], ["W_FIELD_TYPE"]),
        # texts until they are too long together
        ([BEE, "x" * 32_761, "Tom Reyes"], [BEE], ["W_AUTHOR", "W_FIELD_TYPE"]),
    ],
)
def test_of_many_names_the_first_ones_stay(value: Any, kept: list[str], codes: list[str]) -> None:
    found, told = noted(authors, value)

    assert (names(found), told) == (kept, codes)


def test_how_much_of_a_byline_was_read_is_told() -> None:
    note = a_note()

    found = authors(f"{BEE}; Cem Day{' ' * 32_768}; Eli Fox", note)

    assert names(found) == [BEE, "Cem Day"]
    assert [it.message for it in note.notes.problems] == [
        "The byline has 32,793 characters; only the first 32,768 were read."
    ]


def test_of_several_authors_only_one_who_is_described_without_a_name_is_told() -> None:
    value = [{"name": BEE}, {"@id": "#x"}, {"@type": "Person"}, {"role": "editor"}, {"name": " "}]

    assert noted(authors, value) == ((Author(name=BEE),), ["W_AUTHOR"])


@pytest.mark.parametrize(
    "value",
    [
        *("https://news.example/jane", "www.facebook.com", "26 June 2024", "x" * 101),  # N43
        *({"a": 9}, "March 11, 2015 3:46 PM", "Published 2 hours ago", "um 10:30 Uhr", "12345"),
        *("twitter.com/jane", "@jane", "courier.co.uk", "Courier.example", "[email\xa0protected]"),
        *('{"name": "Jane Doe"}', '["Jane Doe", "John Roe"]', '{"name": "Jane Doe", '),
        "{{ author }}",
    ],
)
def test_what_is_no_name_is_told_once(value: Any) -> None:
    assert noted(authors, value) == (None, ["W_AUTHOR"])  # N101


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Jane Doe, The Guardian", [("Jane Doe", "The Guardian")]),
        ("Jane Doe, New York Times", [("Jane Doe", "New York Times")]),
        ("Jane Doe | USA Today", [("Jane Doe", "USA Today")]),
        ("Jane Doe | The Example Courier", [("Jane Doe", "The Example Courier")]),
        ("Von Amara Diallo, dpa", [("Amara Diallo", "dpa")]),
        ("Jane Doe, Reuters, London", [("Jane Doe", "Reuters")]),
        ("Jane Doe (Reuters) - Updated 10:30 am", [("Jane Doe", "Reuters")]),
        ("Jane Doe (Reuters), John Roe (AFP)", [("Jane Doe", "Reuters"), ("John Roe", "AFP")]),
        ("REUTERS/Jane Doe", [("Jane Doe", "REUTERS")]),
        ("AFP, Jane Doe", [("Jane Doe", "AFP")]),
        ("JANE DOE The Associated Press", [("JANE DOE", "The Associated Press")]),
        ("Jane Doe for Reuters", [("Jane Doe", "Reuters")]),
        ("Jane Doe, Daily Post", [("Jane Doe", "Daily Post")]),
        ("Forbes, Steve", [("Forbes, Steve", None)]),
        ("Jane Doe, Forbes", [("Jane Doe", "Forbes")]),
    ],
)
def test_an_outlet_is_where_those_before_it_work(value: str, expected: list[Any]) -> None:
    found = authors(value, a_note_of("The Daily Post"))  # N42

    assert [(author.name, author.affiliation) for author in found or ()] == expected


def test_a_photographer_and_an_editor_have_their_role() -> None:
    found, codes = noted(authors, "Text: Anna Berg, Fotos: Max Moe, edited by Jane Doe; Foto: dpa")

    assert [(author.name, author.role) for author in found or ()] == [
        ("Anna Berg", None),
        ("Max Moe", "photographer"),
        ("Jane Doe", "editor"),
    ]
    assert codes == ["W_AUTHOR"]  # N101: whose picture it is did not write


PIECES = [
    *("Ann Bell", "Smith", "Reuters", "The Guardian", "London", "christian.muster", "Jr.", "The "),
    *(" in ", ", ", " and ", " e ", "/", " | ", "\n", "(", ")", " - ", " for ", "{", "am ", " on "),
    *("By ", "Von ", "Story by ", "Edited by ", "Photos: ", "Updated ", "10:30 am", "5 May 2020"),
    *("1 day ago", " @x ", "www.a.com", "a.com/x", "x@y.example"),
]


@given(text=st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_whatever_a_byline_has_a_name_is_one_line_without_an_address(text: str) -> None:
    found, codes = noted(authors, text)

    assert set(codes) <= {"W_AUTHOR", "W_AUTHOR_UNSPLIT"}
    for author in found or ():
        assert author.name == " ".join(author.name.split())
        assert 0 < len(author.name) <= 100
        assert not {"x@y.example", "www.a.com", "a.com/x", "@x"} & set(author.name.split())
