"""Stories that tests of the articles table write."""

from typing import Any

from tests.newsroom import a_story

KILL = a_story(title="KILL", status="canceled", updated_at="2026-03-01T09:30:00Z")


def later(hour: int, **changes: Any) -> dict[str, Any]:
    """Write the story as it stood at an hour of the first of March."""
    return a_story(updated_at=f"2026-03-01T{hour:02}:00:00Z", **changes)
