"""What is checked of an article, and what its errors say."""

import pytest
from pydantic import ValidationError

from articles.article import Article

SECRET = "the text of an article"


def test_an_error_names_the_field_and_not_its_value() -> None:
    with pytest.raises(ValidationError) as raised:
        Article.read({"shape": [SECRET], "source": {"unknown": SECRET}, "word_count": SECRET})

    told = str(raised.value)
    assert SECRET not in told
    for name in ("shape", "source.unknown", "word_count"):
        assert name in told
