"""Times that stand in a byline and are none of its names (N101): nothing is read from them.

A date is known by its form, whatever the language of its month: `22 Dec 2016`, `1 de diciembre de
2017`, `March 11, 2015`.
"""

import re

_YEAR = r"(?:19|20)\d\d"
_DAY = r"\d{1,2}(?:\.|st|nd|rd|th|er|º|ª)?"
_WORD = r"[^\W\d_]{3,12}\.?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_HALF = r"(?:[ap]m\b|[ap]\.m\.|uhr\b)"
_UNIT = r"[^\W\d_]{1,10}\.?"
# Sorted by how they begin, which is fast, and without groups that capture: Python 3.11 fails on
# these in the possessive loop below.
_FROM_DIGITS = "|".join(
    (
        rf"{_DAY} (?:de |of |d['’])?{_WORD},? (?:de |del )?{_YEAR}",
        rf"\d{{1,2}}(?:\.|st|nd|rd|th)? {_MONTH}",
        r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:T[\d:.+Z-]{2,30})?(?!\d)",
        r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d\d)?\d\d(?!\d)",
        r"\d{4} ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?",
        rf"\d{{1,2}}:\d\d(?::\d\d)?(?!\d)(?: ?{_HALF})?",
        rf"\d{{1,2}}(?:[.h]\d\d)? ?{_HALF}",
        r"\d{1,2}h\d\d(?!\d)",
        rf"\d{{1,3}} ?{_UNIT} (?:ago|geleden|siden|sedan|temu|fa|atrás|назад)\b",
        r"\d{1,3} ?min(?:ute)?s? ?-?read\b",
    )
)
_FROM_WORDS = "|".join(
    (
        rf"{_WORD} {_DAY},? {_YEAR}",
        rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b",
        rf"(?:an?|one|two|three|a few|several) {_UNIT} ago\b",
        rf"(?:il y a|vor|hace|há) (?:environ |etwa )?(?:\d{{1,3}}|une?|einer|einem) ?{_UNIT}",
        rf"f[oö]r \d{{1,3}} {_UNIT} s(?:edan|iden)\b",
        r"(?:just now|yesterday|gestern)\b",
    )
)
_TIME = rf"(?<!\d)(?=\d)(?:{_FROM_DIGITS})|\b(?=[^\W\d_])(?:{_FROM_WORDS})"
# The words of an edition, before its time; `on` and its like only in lower case: `Duc Le`.
_EDITION = (
    r"(?i:(?:(?:last|first|originally|zuletzt|dernière) )?(?:updated?|modified|published|posted|"
    r"created|aktualisiert|veröffentlicht|erschienen|stand|publié|mis à jour|mise à jour|"
    r"actualizad[oa]|publicad[oa]|atualizad[oa]|pubblicato|aggiornato|bijgewerkt|gepubliceerd|"
    r"oppdatert|publisert|opdateret|udgivet|uppdaterad|publicerad|opublikowano|aktualizacja))"
)
_LINK = r"(?:on|On|ON|at|At|AT|am|um|den|vom|le|el|il|à|a las|kl\.?|the)"
_DAY_NAME = (
    r"(?i:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|"
    r"vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    r"segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|lunedì|martedì|mercoledì|"
    r"giovedì|venerdì|sabato|domenica|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|"
    r"mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag|måndag|tisdag|lördag|söndag|"
    r"poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela)"
)
_ZONE = r"(?:UTC|GMT|BST|IST|[ECMP][SD]?T|CES?T|[+-]\d\d:?\d\d)"
_FILLING = r" ,.:;|•·()–—-"

_STAMP = re.compile(_TIME, re.IGNORECASE)
_STAMPS = re.compile(
    rf"(?:[{_FILLING}]|(?:{_EDITION}|{_LINK}|{_DAY_NAME}|{_ZONE})(?!\w)|(?i:{_TIME}))++"
)
_BEFORE = re.compile(rf"(?:^|(?<=\s)){_EDITION}$|(?:^|(?<=\s)){_LINK}$")
_DAY_BEFORE = re.compile(rf"(?:^|(?<=\s)){_DAY_NAME}\.?$")


def is_stamp(text: str) -> bool:
    """Tell a text of nothing but times and their words: `Updated 10:30 am`."""
    return _STAMPS.fullmatch(text) is not None


def without_stamps(line: str) -> str:
    """Give what stands before the first time in a line, or after the times that it begins with."""
    stamp = _STAMP.search(line)
    if not stamp:
        return line
    if head := _without_words(line[: stamp.start()]):
        return head
    begin = _STAMPS.match(line)
    return line[begin.end() :].strip(_FILLING) if begin else line


def _without_words(head: str) -> str:
    """Take the words of a time off the end of what stands before it."""
    head = head.strip(" ,:;|•·–—-")
    for _ in range(5):
        ending = max(0, len(head) - 40)
        word = _BEFORE.search(head, ending) or _DAY_BEFORE.search(head, ending)
        if not word:
            break
        rest = head[: word.start()]
        # `Plácido Domingo 5 March` is a name, and so is what is left of it when it has two words.
        if word.re is _DAY_BEFORE and rest and rest[-2:-1] not in ",–—|-" and len(rest.split()) < 2:
            break
        head = rest.rstrip(" ,:;|•·–—-(")
    return head
