"""N57 and N102."""

from typing import Any

import pytest

from articles.article import Tag
from articles.metadata.normalize.tags import subjects, tags

from .build import noted


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ferries", ["Ferries"]),
        ("Ferries, Harbours;Weather", ["Ferries", "Harbours", "Weather"]),
        (["Ferries, Harbours;Weather"], ["Ferries", "Harbours", "Weather"]),
        (["Ferries, Harbours", "", None, "set()"], ["Ferries", "Harbours"]),
        # N102: several are a list already
        (["Washington, D.C.", "N,N-Dimethylaniline"], ["Washington, D.C.", "N,N-Dimethylaniline"]),
        (["Ferries; Harbours", {"name": "Weather"}], ["Ferries; Harbours", "Weather"]),
        # each place has its own list
        ([["A, B"], ["C, D", "E"]], ["A", "B", "C, D", "E"]),
        ([["A, B"], ["C; D"]], ["A", "B", "C", "D"]),
        ("#ferries, #weather", ["#ferries", "#weather"]),
        ("Fish &amp; chips; Caf&eacute;s", ["Fish & chips", "Cafés"]),
        ("b, a, B, c", ["b", "a", "c"]),
        (" , ;Ferries,, ", ["Ferries"]),
        ("C++", ["C++"]),
        ("<b>Ferries</b>", ["Ferries"]),
    ],
)
def test_keywords_are_split_and_told_once_in_their_order(value: Any, expected: list[str]) -> None:
    assert noted(tags, value) == (tuple(Tag(name=name) for name in expected), [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "Ferries"}, (Tag(name="Ferries"),)),
        (
            [{"name": "Ferries", "scheme": "desk", "code": "f1"}],
            (Tag(name="Ferries", scheme="desk", code="f1"),),
        ),
        ([{"code": "f1"}, {"code": 7}], (Tag(code="f1"), Tag(code="7"))),
        ([{"code": 20000587.0}, {"code": 1.5}], (Tag(code="20000587"), Tag(code="1.5"))),  # N98
        (
            [{"name": "May", "code": "person"}, {"name": "May", "code": "month"}],
            (Tag(name="May", code="person"), Tag(name="May", code="month")),
        ),
        ([{"name": "A, B"}], (Tag(name="A, B"),)),
    ],
)
def test_subjects_keep_their_scheme_and_code(value: Any, expected: tuple[Tag, ...]) -> None:
    assert noted(tags, value) == (expected, [])


def test_the_tags_beyond_the_limit_go() -> None:
    found, codes = noted(tags, [f"tag {i}" for i in range(501)])  # N88

    assert found == tuple(Tag(name=f"tag {i}") for i in range(500))
    assert codes == ["W_FIELD_TYPE"]


def test_many_faults_of_a_kind_are_told_in_a_few_words() -> None:
    """What compares each fault with all others takes hours here."""
    _, codes = noted(tags, list(range(50_000)))

    assert codes == ["W_FIELD_TYPE"] * 21


NAMES = [f"tag {n}" for n in range(501)]


@pytest.mark.parametrize(
    ("rule", "most", "one_more"),
    [
        (tags, ",".join(NAMES[:500]), ",".join(NAMES)),
        (tags, "a," * 5_000, "a," * 5_001),
        (tags, NAMES[:500] * 10, NAMES[:500] * 10 + NAMES[:1]),
        (subjects, [{"code": NAMES[:500]}], [{"code": NAMES}]),
        (subjects, [{"code": ["a"] * 5_000}], [{"code": ["a"] * 5_001}]),
        (subjects, ["a"] * 5_000, ["a"] * 5_001),
    ],
)
def test_too_many_tags_are_told_and_no_more_of_them_read(
    rule: Any, most: Any, one_more: Any
) -> None:
    kept, codes = noted(rule, most)

    assert (len(kept), codes) == (len(set(kept)), [])
    assert noted(rule, one_more) == (kept, ["W_FIELD_TYPE"])
