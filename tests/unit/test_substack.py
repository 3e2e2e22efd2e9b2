"""Posts of Substack; the rest is in the golden cases."""

from .build import accept


def test_the_beginning_of_a_post_for_subscribers_is_no_text() -> None:
    post = {"id": 1, "title": "Ferry returns", "publishedBylines": [], "body_html": None}
    article = accept({**post, "truncated_body_text": "The beginning…", "audience": "only_paid"})

    assert article["description"] == "The beginning…"
    assert not article.keys() & {"body_text", "body_html"}
