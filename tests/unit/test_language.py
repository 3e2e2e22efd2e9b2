"""N50 to N53."""

from itertools import product
from typing import Any

import langcodes
import pytest

from articles.metadata.normalize.language import LANGUAGES, REGIONS, language

from .build import accept, noted


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # N50
        *((it, it) for it in ("en", "nb-NO", "es-419")),
        ("EN", "en"),
        ("en_US", "en-US"),
        ("en-us", "en-US"),
        ("pt-br", "pt-BR"),
        ("zh_hans_cn", "zh-Hans-CN"),
        ("sr-latn", "sr-Latn"),
        ("es_AR.UTF-8", "es-AR"),
        ("ca_ES@valencia", "ca-ES"),
        (" de ", "de"),
        # N51
        ("eng", "en"),
        ("ger", "de"),
        ("deu", "de"),
        ("fra", "fr"),
        ("zho", "zh"),
        ("haw", "haw"),
        # N52
        ("English", "en"),
        *((it, "de") for it in ("deutsch", "German", "deutsch, german", "klingonish, german")),
        ("français", "fr"),
        ("Русский", "ru"),
        # N5
        (["", "None", "pl", "de"], "pl"),
    ],
)
def test_a_language_is_a_tag_in_canonical_case(value: Any, expected: str) -> None:
    assert noted(language, value) == (expected, [])


@pytest.mark.parametrize(
    "value",
    [
        *("und", "mul", "zxx", "UND", "x-default", "unknown", "the usual", "q", "12", "xx-yy-zz-1"),
        *("e" * 200, 7, True, {"name": "English"}),
    ],
)
def test_what_names_no_language_is_dropped(value: Any) -> None:
    assert noted(language, value) == (None, ["W_LANGUAGE"])  # N53


def test_the_language_of_a_feed_fills_in_and_never_overrules() -> None:
    article = {"title": "Prom wraca", "id": 1, "text": "Six."}  # N86

    assert accept(article, language="pl")["language"] == "pl"
    assert accept(article | {"language": "de"}, language="pl")["language"] == "de"


def test_a_usual_tag_is_as_langcodes_has_it() -> None:
    tags = LANGUAGES | {f"{tag}-{region}" for tag, region in product(LANGUAGES, REGIONS)}
    odd = {it for it in tags if langcodes.standardize_tag(it) != it}
    assert odd | {it for it in tags if not langcodes.tag_is_valid(it)} == set()
