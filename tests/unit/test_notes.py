"""What is noted of one record: each problem once, and of one kind only so many."""

from articles.catalogue import Code
from articles.metadata.notes import MAX_OF_A_KIND, Notes

from .build import RECEIVED


def test_of_one_kind_so_many_problems_are_noted_and_one_says_that_there_are_more() -> None:
    notes = Notes(RECEIVED)
    for number in range(MAX_OF_A_KIND + 5):
        notes.at(f"/tags/{number}")(Code.W_FIELD_TYPE, "not_tag", value=str(number))

    messages = [problem.message for problem in notes.warnings]
    assert len(messages) == MAX_OF_A_KIND + 1
    assert "more problems of this kind" in messages[-1]


def test_a_problem_that_is_noted_again_is_not_one_more() -> None:
    notes = Notes(RECEIVED)
    for number in [*range(MAX_OF_A_KIND), 0, 1, 2]:
        notes.at(f"/tags/{number}")(Code.W_FIELD_TYPE, "not_tag", value=str(number))

    assert len(notes.warnings) == MAX_OF_A_KIND
    assert not any("more problems" in problem.message for problem in notes.warnings)
