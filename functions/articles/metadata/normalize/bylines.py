"""Authors from the text of a byline (N40-N43, N100, N101). When in doubt, a name is left alone.

Letter case never changes: `bell hooks` and `50 Cent` are names.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, pairwise
from typing import Any, TypeVar

from articles.article import Author
from articles.catalogue import Code
from articles.metadata.normalize import dates
from articles.metadata.normalize.agencies import MAX_NAME, is_outlet, is_publisher
from articles.metadata.normalize.listed import listed
from articles.metadata.normalize.stamps import is_stamp, without_stamps
from articles.metadata.normalize.text import NOTHING, plain_line, unescape
from articles.metadata.notes import Kind, Note
from articles.quoting import shown
from articles.values import Json, first

T = TypeVar("T")

MAX_AUTHORS = 100
# How many names are examined in all, including duplicates and what is not a name.
MAX_READ = 1_000
MAX_BYLINE = 32_768
_MAX_AGENCIES = 5

# What joins two names in the languages of the trade.
AND = "and|und|et|y|e|og|en|och|i"

_DOMAINS = frozenset(" ".join(listed("domains.txt")).split())
_PLACES = listed("places.txt")

_BYLINE = re.compile(r"(?:by\s*:?|text:|written by)(?:\s+|$)", re.IGNORECASE)
_BYLINE_OR_PARTICLE = re.compile(r"(?:von|por|par|da|av|af|door)\s+", re.IGNORECASE)
# N101: what somebody did, before a name; alone it may be a role (N46).
_ROLES = {"edit": "editor", "photo": "photographer", "foto": "photographer", "bild": "photographer"}
_WORK = (
    r"(?:words?|story|stories|report(?:ed|ing)?|text[eo]?|articles?|written|writing|compiled|"
    r"posted|published|updated|created|produced|interviews?|analysis|opinion|review(?:ed)?|research|"
    r"edit(?:ed|ing|or)|photo(?:s|graphs?|graphy|graphed|grapher)?|fotos?|bild(?:er)?|pictures|"
    r"videos?|illustrat(?:ed|ions?)|graphics|translated|authors?|autora?|auteur|reporter)"
)
_BY = frozenset({"by", "von", "por", "par"})  # one of these words, or `:`, is in every credit
_CREDIT = re.compile(
    rf"(?<!\w)(?=[\w&])(?:(?:{AND}|&)\s{{1,9}})?(?:(?:additional|further|last|original|\w{{3,20}}ly)\s{{1,9}})?"
    rf"(?P<work>{_WORK}(?:\s{{0,9}}(?:,|&|\b(?:{AND})\b)\s{{0,9}}{_WORK}){{0,2}})"
    r"(?:\s{1,9}(?:by|von|por|par)\b\s{0,9}:?|(?<!ed)\s?:)(?:\s{1,9}|$)",
    re.IGNORECASE,
)
_SEGMENTS = re.compile(r"[;|\n]")
_SUFFIX = r"(?:Jr\.?|Sr\.?|II|III|IV|M\.?D\.?|Ph\.?D\.?|Esq\.?)(?!\w)"
_COMMA = re.compile(rf"\s*,\s*+(?!{_SUFFIX})")
_DEGREE = re.compile(r",\s*M\.?D\.?$")
_ALL_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_IN_BRACKETS = re.compile(r"\s*\(([^()]*)\)$")
_WITH = re.compile(r"(?:with|avec|mit|con)\s+", re.IGNORECASE)
# What stands between a name and its agency: `Jane Doe/AFP`, `Jane Doe (AFP)`, `Jane Doe for AFP`.
_BEFORE_OUTLET = re.compile(
    r"[,;/|(]|(?<=\s)(?:[-–—]+|for|from|of|via|with|avec|con|für|mit|para|pour)(?=\s)|"
    r"(?<=\s)(?=the\s)",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)
_LEADING_AND = re.compile(rf"^(?:&|{AND})\s+", re.IGNORECASE)
_OUTER_AND = re.compile(r"^(?:and|&)(?:\s+|$)|(?<=\s)(?:and|&)$", re.IGNORECASE)
# In lower case, or where all is in capitals: in `Robert Lee E Jones` it is an initial.
_FOREIGN_AND, _FOREIGN_AND_IN_CAPITALS = (
    re.compile(rf"(?<!\S)(\S+\s+\S+)\s+(?:{words})\s+(?=\S+\s+\S+)") for words in (AND, AND.upper())
)
_JOB = re.compile(
    r"\b(?:analyst|bureau chief|columnist|contributor|correspondent|critic|editor|fellow|"
    r"journalist|photographer|producer|professor|reporter|staff|writer)s?\b|"
    r"^(?:in|at|for|from|special to)\s",
    re.IGNORECASE,
)
_IN_PLACE = re.compile(r"\s(?=(?:in|i|en|à)\s)")
_IN = re.compile(r"^(?:in|i|en|à)\s")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS = re.compile(rf"://|^www\.|^@|{_EMAIL.pattern}", re.IGNORECASE)
# Also as it is hidden from robots.
_EMAIL_IN = re.compile(rf"[(\[<]?{_EMAIL.pattern}[)\]>]?|\[email\sprotected\]")
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+([a-z]{2,})", re.IGNORECASE)
_JSON = re.compile(r"\s*(?:\{|\[\s*[\[{\"'])")


def authors_in(texts: Iterable[Any], note: Note, kind: Kind | None = None) -> list[Author]:
    """Find the people in the texts of one byline; agencies are their affiliation (N42).

    `kind` is what the source says of them, if it does.
    """
    found: list[Author] = []
    pieces = chain.from_iterable(_parts(text, note, kind) for text in _capped(texts, note))
    for piece, role in first_of(MAX_READ, pieces, partial(too_many, note)):
        email = email_in(piece)
        written = _EMAIL_IN.sub("", piece) if email or "[" in piece else piece
        name = plain_line(written, note).strip(" ,<>-–")
        if name[-1:] == ")" and "(" not in name:
            name = name[:-1].rstrip(" ,")
        if email and (bracketed := _ALL_IN_BRACKETS.fullmatch(name)):
            name = bracketed[1].strip()  # `ida@a.example (Ida Marsh)`, as RSS has it
        known = _known_kind(name, note, is_first=not found)
        bare = name if known else _without_addresses(name)
        # Whose picture it is did not write: `Text: Anna Berg, Foto: dpa`.
        is_author = known != "organization" or not role
        if is_author and (known or _is_name(bare, kind)):
            type_ = known or ("organization" if kind == "organization" else None)
            found.append(Author(name=bare, email=email, role=role, type=type_))
        elif said := name or piece.strip(" ,<>-–"):
            note(Code.W_AUTHOR, "not_a_name", value=shown(said))
    return _affiliated(found)


def _known_kind(name: str, note: Note, *, is_first: bool) -> Kind | None:
    """N42, N100: what the publisher, an agency or an outlet is; nothing is known of others."""
    if is_publisher(name, note):
        return note.notes.outlet_kind or "organization"
    # Behind a name, whatever begins so is an outlet: `Jane Doe | The Example Courier`.
    is_title = not is_first and len(name) <= MAX_NAME and name[:4].casefold() == "the "
    return "organization" if is_title or is_outlet(name, note) else None


def _affiliated(found: list[Author]) -> list[Author]:
    """N42: an agency is no author beside people, but where those before it work."""
    agencies = [author.name for author in found if author.type == "organization"]
    if len(agencies) in (0, len(found)):
        return found
    agency, follows_agency = agencies[-1], False
    people: list[Author] = []
    for author in reversed(found):
        if author.type != "organization":
            people.append(replace(author, affiliation=agency))
        elif not follows_agency:
            agency = author.name
        follows_agency = author.type == "organization"
    return people[::-1]


def _capped(texts: Iterable[str], note: Note) -> Iterator[str]:
    """Return the texts of a byline until they are too long together: cutting them up costs time."""
    left = MAX_BYLINE
    for text in texts:
        if len(text) > left:
            note(Code.W_FIELD_TYPE, "byline_too_long", size=len(text), limit=MAX_BYLINE)
        if left:
            yield text[:left]
        left = max(0, left - len(text))


def _parts(text: str, note: Note, kind: Kind | None) -> Iterator[tuple[str, str | None]]:
    """Cut a byline into names, each with its role, if it says one (N40-N43, N101)."""
    # The word may stand on a line of its own, so it goes before the lines are cut.
    text = unescape(text).strip()
    if match := _BYLINE.match(text):
        text = text[match.end() :]
    whole = plain_line(text, note) if len(text) <= 10 * MAX_NAME else text
    if kind == "organization" or is_outlet(whole, note) or _JSON.match(whole):
        yield text, None
        return
    for role, credited in _credits(text):
        unsigned, agencies = _signed(credited, note)
        first, *others = _SEGMENTS.split(unsigned)
        # Only what is written: `;;;;` is a long list of nothing.
        segments = [" ".join(it.split()) for it in (first, *filter(None, others))]
        for segment in (segments[0], *filter(_may_name, segments[1:])):
            if undated := without_stamps(segment):
                yield from ((piece, role) for piece in _pieces(undated, note))
            elif segment:
                yield segment, None
        yield from ((agency, role) for agency in agencies)


def _credits(text: str) -> Iterator[tuple[str | None, str]]:
    """Cut a text before every `Story by`, `Edited by`, `Photos:`; give the role of each part."""
    role, start = None, 0
    may_have_credits = ":" in text or not _BY.isdisjoint(text.casefold().split())
    for credit in _CREDIT.finditer(text) if may_have_credits else ():
        if before := text[start : credit.start()].strip(" ,;.(–—-"):
            yield role, before
        work = credit["work"].casefold()
        role = next((_ROLES[stem] for stem in _ROLES if re.fullmatch(rf"{stem}\w*", work)), None)
        start = credit.end()
    yield role, text[start:]


def _pieces(segment: str, note: Note) -> list[str]:
    """Cut a byline at commas, `and` and before its agencies (N40-N42)."""
    segment = _without_byline_word(segment, note)
    if (match := _IN_BRACKETS.search(segment)) and (others := _WITH.match(match[1])):
        segment = f"{segment[: match.start()]} and {match[1][others.end() :]}"
    segment, agencies = _signed(segment, note)
    source, slash, rest = segment.partition("/")
    if slash and is_outlet(source.strip(), note):  # REUTERS/Jane Doe
        segment = f"{source}, {rest}"
    parts = [part for part in _COMMA.split(segment) if part]
    if len(parts) == 2 and _is_one_name(parts[0], parts[1], note):
        note(Code.W_AUTHOR_UNSPLIT, value=shown(segment))
        return [segment, *agencies]
    names: list[str] = []
    for before, written in pairwise(["", *parts]):
        part, signed = _signed(written, note)
        names += _behind(before, part, note) if before else _at_and(part, note)
        names += signed
    return [*names, *agencies]


def _behind(before: str, part: str, note: Note) -> list[str]:
    """N41a, N101: what stands behind a name may be a job or a place, which is no name."""
    part = _LEADING_AND.sub("", part)
    if _JOB.search(part):
        return []
    has_place = " " in before or is_outlet(before, note) or _is_place(before) or _JOB.search(before)
    if has_place and _is_place(part):
        return []
    names = _at_and(part, note)
    return names[1:] if has_place and _is_place(names[0]) else names


def _signed(segment: str, note: Note) -> tuple[str, list[str]]:
    """Take the agencies off the end of a segment (N42): `Jane Doe/AFP/dpa`, `Jane Doe (AP)`."""
    agencies: list[str] = []
    while len(agencies) < _MAX_AGENCIES and not is_outlet(segment, note):
        for mark in _BEFORE_OUTLET.finditer(segment, max(0, len(segment) - MAX_NAME - 2)):
            tail = segment[mark.end() :].strip(" )")
            if is_outlet(tail, note):
                agencies.insert(0, tail)
                segment = segment[: mark.start()].rstrip(" ,")
                break
        else:
            break
    return segment, agencies


def _at_and(name: str, note: Note) -> list[str]:
    name = _DEGREE.sub("", name).strip()
    if is_outlet(name, note):  # The Post and Courier
        return [name]
    foreign = _FOREIGN_AND_IN_CAPITALS if name.isupper() else _FOREIGN_AND
    names = map(_without_place, _AND.split(_OUTER_AND.sub("", name)))
    return [it.strip() for part in names for it in foreign.sub(r"\1;", part).split(";")]


def _without_place(name: str) -> str:
    """N101: `Jane Doe in London` is Jane Doe."""
    link = _IN_PLACE.search(name)
    if link and " " in name[: link.start()] and _is_place(name[link.end() :]):
        return name[: link.start()]
    return name


def _is_one_name(first: str, second: str, note: Note) -> bool:
    """N41a: `Smith, John` and `von der Leyen, Ursula` are one name each."""
    for it in (first, second):
        if it in NOTHING or _ADDRESS.search(it) or not any(map(str.isalpha, it)):
            return False
    if _AND.search(f"{first}, {second}") or _LEADING_AND.match(second) or is_outlet(second, note):
        return False
    if _JOB.search(second) or (_is_place(second) and (" " in first and not first[0].islower())):
        return False
    if is_outlet(first, note):  # but not the family name of `Forbes, Steve`
        return first.istitle() and " " not in first + second and not _is_place(second)
    return any(" " not in part or part[0].islower() for part in (first, second))


def _without_byline_word(text: str, note: Note) -> str:
    if match := _BYLINE.match(text):
        return text[match.end() :]
    if match := _BYLINE_OR_PARTICLE.match(text):
        rest = text[match.end() :]
        # `Von Max Müller` is a byline; `von der Leyen, Ursula` and `Da Silva` are names.
        upper = [word[0].isupper() for word in rest.partition(",")[0].split()]
        if (upper[:1] == [True] and sum(upper) > 1) or is_outlet(rest, note):
            return rest
    return text


def _without_addresses(name: str) -> str:
    """N43, N101: `Jane Doe @jane` and `Jane Doe https://news.example/jane` are Jane Doe."""
    if not ("@" in name or "/" in name or "www." in name.lower()):
        return name
    return " ".join(word for word in name.split() if not _is_address(word.strip("()[]<>,")))


def _is_address(word: str) -> bool:
    """Tell the address of a page, or of somebody in a network, from a word with a slash in it."""
    if "://" in word or word.casefold().startswith(("www.", "@", "/")):
        return True
    host, slash, _ = word.partition("/")
    return bool(slash) and _is_host(host)


def _is_host(name: str) -> bool:
    """Tell a host from a user name: `news.example`, but not `christian.muster` (N101)."""
    host = _HOST.fullmatch(name)
    return host is not None and host[1].casefold() in _DOMAINS


def _is_name(name: str, kind: Kind | None) -> bool:
    """N43, N101: an address, a time, JSON, a nothing or a whole sentence is no name."""
    if not name or name in NOTHING or len(name) > MAX_NAME or "{" in name or _JSON.match(name):
        return False
    if name.casefold().startswith("www.") or dates.parse(name):
        return False
    if kind == "organization":  # 20 Minutes, 24horas.cl
        return True
    return any(map(str.isalpha, name)) and not _is_host(name) and not is_stamp(name)


def _may_name(line: str) -> bool:
    """N41a, N101: a line behind a name may be a job, a place or a time."""
    return not (_JOB.search(line) or _is_place(line) or is_stamp(line))


def _is_place(text: str) -> bool:
    return len(text) <= MAX_NAME and _IN.sub("", text).casefold() in _PLACES


def email_in(value: Json) -> str | None:
    text = first(value)
    match = _EMAIL.search(text) if isinstance(text, str) and "@" in text else None
    return match.group() if match else None


def first_of(count: int, items: Iterable[T], on_more: Callable[[], None]) -> Iterator[T]:
    """Return the first items; the others are not even looked at, and `on_more` notes that."""
    for index, item in enumerate(items):
        if index == count:
            on_more()
            return
        yield item


def too_many(note: Note) -> None:
    note(Code.W_FIELD_TYPE, "too_many_authors", limit=MAX_AUTHORS)
