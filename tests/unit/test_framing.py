import pytest

from articles.framing import frame
from articles.problems import Rejected


def test_an_object_is_one_record() -> None:
    [record] = frame(b'\n{"title": "Ferry"}').frames

    assert (record.record, record.at, record.value) == (0, None, {"title": "Ferry"})


def test_a_list_has_a_record_for_every_element() -> None:
    frames = frame(b'[{"title": "Ferry"}, 7, null]').frames

    assert [(f.record, f.at, f.value) for f in frames] == [
        (0, "/0", {"title": "Ferry"}),
        (1, "/1", 7),
        (2, "/2", None),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[]", "E_EMPTY"),
        (b"null", "E_TOPLEVEL"),
        (b"true", "E_TOPLEVEL"),
        (b"42", "E_TOPLEVEL"),
        (b'"a story"', "E_TOPLEVEL"),
    ],
)
def test_an_upload_that_can_hold_no_article_is_rejected(data: bytes, code: str) -> None:
    with pytest.raises(Rejected) as rejected:
        frame(data)

    assert [problem.code for problem in rejected.value.problems] == [code]


def test_a_fault_of_syntax_rejects_the_whole_list() -> None:
    with pytest.raises(Rejected) as rejected:
        frame(b'[{"title": "Good"},\n {"title": NaN}]')

    assert rejected.value.problems[0].line == 2


def test_what_is_said_about_the_writing_concerns_the_file() -> None:
    framed = frame(b'[{"a": 1, "a": 2}]')

    assert [warning.code for warning in framed.warnings] == ["W_DUPLICATE_KEY"]


def test_a_list_that_takes_too_long_to_store_is_refused_as_a_whole() -> None:
    assert len(list(frame(b"[" + b"{}," * 1_999 + b"{}]").frames)) == 2_000

    with pytest.raises(Rejected) as caught:
        frame(b"[" + b"{}," * 2_000 + b"{}]")

    assert caught.value.problems[0].code == "E_TOO_LARGE"
