"""Words that hold an article back, in members that nobody else reads (N91).

An embargo, a draft or a deletion must never go out because its member has not the name that the
format gives it: these names are known in every shape, and in every spelling.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from articles.catalogue import Code
from articles.metadata.draft import Draft
from articles.metadata.normalize import dates
from articles.metadata.normalize.dates import Moment
from articles.metadata.normalize.status import Status, known_status
from articles.metadata.notes import Note, Notes, Taken
from articles.metadata.rules import follows
from articles.metadata.spelling import folded
from articles.metadata.unread import Member
from articles.quoting import shown
from articles.values import Document, Json, first, whole

_YES = frozenset({"true", "yes", "1"})
_NO = frozenset({"false", "no", "0"})
_NEVER = _NO | {"none", "null", "never"}
_SEVERITY: tuple[Status | None, ...] = (None, "usable", "withheld", "canceled")
# Wherever on Earth a wall clock hangs, by then it has passed.
_WESTERNMOST = timedelta(hours=12)


def _is(value: Json, words: frozenset[str]) -> bool:
    said = first(value)
    return isinstance(said, str | int | float) and str(whole(said)).strip().casefold() in words


def _flag(held: Status, *, when: frozenset[str]) -> Callable[[Json, Note], Status | None]:
    """Read a member that is true or false; `held` is the status when it says `when`."""

    def read(value: Json, _: Note) -> Status | None:
        return held if _is(value, when) else "usable" if _is(value, _YES | _NEVER) else None

    return read


def _deletion(value: Json, note: Note) -> Status | None:
    """Read that something was deleted: true, or when it was."""
    if (said := _flag("canceled", when=_YES)(value, note)) is not None:
        return said
    if dates.peek(value) is None:
        return None
    return "canceled" if dates.deadline(value, note) else "usable"  # 0000-00-00 is never


def _visibility(value: Json, note: Note) -> Status | None:
    if _is(value, frozenset({"hidden"})):
        return "withheld"
    return "usable" if _is(value, frozenset({"public"})) else known_status(value, note)


_STATUSES: Mapping[str, Callable[[Json, Note], Status | None]] = {
    **dict.fromkeys(("draft", "isdraft"), _flag("withheld", when=_YES)),
    **dict.fromkeys(("published", "ispublished"), _flag("withheld", when=_NO)),
    "visibility": _visibility,
    **dict.fromkeys(
        ("state", "status", "poststatus", "workflowstate", "publicationstatus", "pubstatus"),
        known_status,
    ),
    **dict.fromkeys(
        ("deleted", "isdeleted", "deletedat", "retracted", "killed", "removed"), _deletion
    ),
}
_EMBARGOES = frozenset(
    f"{embargo}{when}"
    for embargo in ("embargo", "embargoed")
    for when in ("", "until", "date", "at", "time")
)
# Times at which a system publishes: in the past, they hold nothing back.
_SCHEDULES = frozenset({"releaseat", "publishat", "scheduledat", "publishon"})


@follows("N91")
def hold(document: Document, unread: Iterable[Member], draft: Draft, notes: Notes) -> set[str]:
    """Hold an article back as its unread members say; returns the pointers of those that were read.

    A member that should say it and does not (`state: "Active"`) holds nothing back: W_UNREAD.
    """
    read: set[str] = set()
    for member in [*unread, *_switches(document)]:
        name = folded(member.names[-1]) if len(member.names) == 1 else ""
        note = notes.at(member.pointer)
        if name in _EMBARGOES or name in _SCHEDULES:
            notes.field = "embargoed"
            read.add(member.pointer)
            _embargo(member.value, draft, note, is_schedule=name in _SCHEDULES)
        elif said := _STATUSES.get(name):
            notes.field = "status"
            if (status := said(member.value, note)) is not None:
                read.add(member.pointer)
                _degrade(status, member, draft, note)
            else:
                note(Code.W_UNREAD, "status", name=member.pointer, value=shown(member.value))
    return read


def _switches(document: Document) -> Iterable[Member]:
    """Return what says `published: false` where a date is read."""
    for name, value in document.items():
        is_named = len(name) == len("published") and name.casefold() == "published"
        if is_named and _is(value, frozenset({"false"})):
            yield Member((name,), value)


def _degrade(status: Status, member: Member, draft: Draft, note: Note) -> None:
    if _SEVERITY.index(status) <= _SEVERITY.index(draft.status) or status == "usable":
        return
    draft.status = status
    note(Code.W_STATUS_ALIAS, "member", name=member.pointer, meaning=status)
    note.notes.taken["status"] = Taken(member.pointer, hold)


def _embargo(value: Json, draft: Draft, note: Note, *, is_schedule: bool) -> None:
    if _is(value, _NEVER):
        return
    found = dates.embargo(value, note)
    if found is None or (is_schedule and _has_passed(found, note.received)):
        return
    known = draft.embargoed
    if known is None or (known.instant and (not found.instant or found.instant > known.instant)):
        draft.embargoed = found
        note.notes.taken["embargoed"] = Taken(note.path, hold)


def _has_passed(found: Moment, now: datetime) -> bool:
    if found.instant:
        return found.instant <= now
    if not found.local:
        return False
    wall = datetime.fromisoformat(found.local).replace(tzinfo=now.tzinfo)
    day = timedelta(days=0 if "T" in found.local else 1)
    return wall + day + _WESTERNMOST <= now
