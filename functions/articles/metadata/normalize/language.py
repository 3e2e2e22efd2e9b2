"""Declared languages as BCP 47 tags (N50-N53)."""

import re
from functools import lru_cache

from articles.catalogue import Code
from articles.metadata.normalize.text import NOTHING
from articles.metadata.notes import Note
from articles.metadata.rules import follows
from articles.quoting import shown
from articles.values import Json, as_list

# N52: the names that sites write instead of a tag.
NAMES = {
    name: tag
    for tag, names in {
        "ar": "arabic العربية",
        "bg": "bulgarian български",
        "ca": "catalan català",
        "cs": "czech čeština česky",
        "da": "danish dansk",
        "de": "german deutsch",
        "el": "greek ελληνικά",
        "en": "english",
        "es": "spanish español castellano",
        "et": "estonian eesti",
        "fa": "persian farsi فارسی",
        "fi": "finnish suomi",
        "fr": "french français francais",
        "he": "hebrew עברית",
        "hi": "hindi हिन्दी",
        "hr": "croatian hrvatski",
        "hu": "hungarian magyar",
        "id": "indonesian",
        "it": "italian italiano",
        "ja": "japanese 日本語",
        "ko": "korean 한국어",
        "lt": "lithuanian lietuvių",
        "lv": "latvian latviešu",
        "nl": "dutch nederlands",
        "no": "norwegian norsk",
        "pl": "polish polski",
        "pt": "portuguese português",
        "ro": "romanian română",
        "ru": "russian русский",
        "sk": "slovak slovenčina",
        "sl": "slovenian slovenščina",
        "sr": "serbian srpski српски",
        "sv": "swedish svenska",
        "th": "thai ไทย",
        "tr": "turkish türkçe",
        "uk": "ukrainian українська",
        "vi": "vietnamese",
        "zh": "chinese 中文",
    }.items()
    for name in names.split()
}
# What most tags are made of is canonical as it is: `langcodes` need not be loaded for it.
LANGUAGES = frozenset(NAMES.values()) | {"nb", "nn"}
REGIONS = frozenset(
    "AE AR AT AU BE BG BR CA CH CL CN CO CZ DE DK EE EG ES FI FR GB GR HK HR HU ID IE IL IN IR IT "
    "JP KR LT LU LV MA MX NG NL NO NZ PE PH PK PL PT RO RS RU SA SE SG SI SK TH TR TW UA US VE VN "
    "ZA".split()
)
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "x-default", "unknown"})


@follows("N50-N53")
def language(value: Json, note: Note) -> str | None:
    """Read a language as a BCP 47 tag in canonical case; the first of a list."""
    for item in as_list(value):
        if isinstance(item, str) and item.strip() in NOTHING:
            continue
        found = _tag(item) if isinstance(item, str) and len(item) < 100 else None
        if found is None:
            note(Code.W_LANGUAGE, value=shown(item))
        return found
    return None


@lru_cache(maxsize=512)
def _tag(text: str) -> str | None:
    for piece in re.split(r"[,;/]", text):
        cut = re.split(r"[.@]", piece.strip())[0].replace("_", "-")  # es_AR.UTF-8
        if name := NAMES.get(cut.lower()):
            return name
        if cut and cut.lower() not in _NO_LANGUAGE and (tag := _standard(cut)):
            return tag
    return None


def _standard(tag: str) -> str | None:
    primary, dash, region = tag.partition("-")
    if primary.lower() in LANGUAGES and (not dash or region.upper() in REGIONS):
        return primary.lower() + dash + region.upper()
    # Imported on use: it takes 40 ms of a cold start, a seventh of what boto3 does.
    import langcodes

    try:
        standard = langcodes.standardize_tag(tag)
    except ValueError:  # its own error is one
        return None
    primary = standard.split("-")[0]
    return standard if primary not in _NO_LANGUAGE and langcodes.tag_is_valid(standard) else None
