from pathlib import Path

import pytest
from pydantic import ValidationError

import ingest
from articles.settings import IngestSettings, PublishSettings, ReleaseSettings, Settings

SECRET = "wJalrXUtnFEMI-not-a-real-key"

WHOLE = {
    "STAGE": "dev",
    "INBOX_BUCKET": "inbox",
    "ARCHIVE_BUCKET": "archive",
    "ARTICLES_TABLE": "articles",
    "RECEIPTS_TABLE": "receipts",
    "UPLOADS_QUEUE_URL": "https://sqs.example/uploads",
    "BULK_QUEUE_URL": "https://sqs.example/bulk",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.example/dead",
    "MAX_RECEIVES": "5",
    "KEEP_RECEIPTS_DAYS": "90",
    "FEEDS_FILE": "feeds.toml",
    "KEEP_UPLOADS_DAYS": "400",
    "KEEP_OVERWRITTEN_DAYS": "30",
    "EVENT_BUS": "bus",
    "PUBLISH_FAILURE_QUEUE_URL": "https://sqs.example/failures",
    "AWS_SECRET_ACCESS_KEY": SECRET,
}


def test_settings_are_the_environment_in_lower_case() -> None:
    settings = IngestSettings.from_env(WHOLE)

    assert (settings.stage, settings.inbox_bucket, settings.max_receives) == ("dev", "inbox", 5)


@pytest.mark.parametrize("name", ["feeds.toml", "/elsewhere/feeds.prod.toml"])
def test_a_feeds_file_is_among_the_code_unless_it_says_where(name: str) -> None:
    settings = ReleaseSettings.from_env(WHOLE | {"FEEDS_FILE": name})

    assert settings.feeds_file == Path(ingest.__file__).parent / name


@pytest.mark.parametrize("settings", [IngestSettings, PublishSettings, ReleaseSettings])
def test_all_missing_names_are_told_at_once_and_no_value_is(settings: type[Settings]) -> None:
    required = {name for name, field in settings.model_fields.items() if field.is_required()}
    environ = {"AWS_SECRET_ACCESS_KEY": SECRET, "PATH": "/a/path"}

    with pytest.raises(ValidationError) as error:
        settings.from_env(environ)

    told = str(error.value)
    assert {name for name in required if name in told} == required
    assert "stage" in required
    assert SECRET not in told + repr(error.value)
    assert "/a/path" not in told


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_RECEIVES", "0"), ("MAX_RECEIVES", "five"), ("MAX_INLINE_BYTES", "-1")]
)
def test_a_wrong_value_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name.lower()):
        IngestSettings.from_env(WHOLE | {name: value})
