"""ninjs 1.x, 2.x and 3.x (N18, N37, N44, N57, N60, N61, N66a, N67-N71)."""

from typing import Any

import pytest

from .build import accept, judge, refuse

A_URI = "urn:lantern:7"
WRITTEN = "2026-02-11T06:40:00Z"
NINJS_1 = {"uri": A_URI, "headline": "Bridge closes"}
NINJS_2 = {"uri": A_URI, "headlines": [{"value": "Bridge closes"}]}
NINJS_3 = {**NINJS_2, "versionCreated": WRITTEN}
TOPIC = "http://cv.example/topic/"
SIZES = {
    "small": {"href": "https://img.example/s.jpg", "width": 200, "height": 100},
    "large": {"href": "https://img.example/l.jpg", "width": 2000, "height": 1000},
}
LARGE = {"url": "https://img.example/l.jpg", "width": 2000, "height": 1000}


def with_associations(associations: Any) -> Any:
    return accept({**NINJS_1, "associations": associations}).get("images")


@pytest.mark.parametrize(
    ("document", "shape"),
    [
        *((NINJS_1, "ninjs-1"), (NINJS_2, "ninjs-2"), (NINJS_3, "ninjs-3")),
        ({"uri": A_URI, "pubstatus": "canceled"}, "ninjs-1"),
        ({"uri": A_URI, "headline_web": "Bridge closes"}, "ninjs-1"),
        ({"guid": A_URI, "headline": "Bridge closes", "type": "text"}, "ninjs-1"),
        ({"uri": A_URI, "headline": "B", "altids": {"itemid": "7"}}, "ninjs-1"),
        ({"title": "B", "uri": A_URI, "standard": {"version": "2.1"}}, "ninjs-2"),
        ({"title": "B", "standard": {"version": "3.0"}}, "ninjs-3"),
        ({"uri": A_URI, "headline": "B", "copyrightHolder": "Lantern"}, "ninjs-3"),
        ({"guid": "7", "title": "B", "link": "https://lantern.example/b"}, "rss"),
    ],
)
def test_the_names_of_the_fields_tell_the_version(document: Any, shape: str) -> None:
    assert accept(document)["shape"] == shape


@pytest.mark.parametrize("other", [{"uri": "nyt://article/7"}, {"guid": {"rendered": "7"}}])
def test_others_have_an_uri_or_a_guid_too(other: Any) -> None:
    shape = judge({**other, "title": "Bridge closes", "type": "post", "text": "Monday."}).shape

    assert shape is None or shape.name != "ninjs-1"


@pytest.mark.parametrize(
    ("uri", "url"),
    [
        ("https://lantern.example/7", "https://lantern.example/7"),
        ("http://lantern.example/7?a=1#top", "http://lantern.example/7?a=1#top"),
        *((it, None) for it in ("http://PA_API/7", "urn:lantern:7", 7)),
    ],
)
def test_an_uri_that_is_a_web_address_is_the_address_too(uri: Any, url: str | None) -> None:
    article = accept({**NINJS_1, "uri": uri})  # N37

    assert (article["source_id"], article.get("url")) == (str(uri), url)
    assert "warnings" not in article


@pytest.mark.parametrize("minimal", [NINJS_1, NINJS_2, NINJS_3])
def test_a_first_publication_counts_before_creation_and_version(minimal: Any) -> None:
    names = ["firstPublished", "firstCreated", "versionCreated"]
    names = names if minimal is NINJS_3 else [name.lower() for name in names]
    dates = [(name, f"2026-02-0{day}T08:00:00Z") for day, name in enumerate(names, start=1)]

    for first, (_, published) in enumerate(dates):
        article = accept({**minimal, **dict(dates[first:])})  # N18
        assert article["published_at"] == published
        assert article["modified_at"] == "2026-02-03T08:00:00Z"


@pytest.mark.parametrize(
    ("headlines", "title", "subtitle"),
    [
        ({"headline": "A", "title": "slug"}, "A", None),
        ({"headline_web": "W", "headline_main": "M"}, "M", "W"),
        ({"headline": "", "headline_web": "W", "headline_b": "B"}, "W", "B"),
        ({"headline": "A", "headline_main": "A"}, "A", None),
        ({"title": "T", "slugline": "s"}, "T", None),
        ({"headlines": [{"role": "a", "value": "K"}, {"role": "main", "value": "A"}]}, "A", "K"),
        ({"headlines": [{"value": "A"}, {"value": "B"}], "title": "T"}, "A", "B"),
        ({"headlines": ["A", None, {"value": 7}, {"value": "B"}]}, "B", None),
    ],
)
def test_the_main_headline_is_the_title(headlines: Any, title: str, subtitle: str | None) -> None:
    article = accept({"uri": A_URI, **headlines})  # N66a

    assert (article["title"], article.get("subtitle")) == (title, subtitle)


HTML = "<p>Closed.</p>"


@pytest.mark.parametrize(
    ("body", "text", "html"),
    [
        *(({it: "Closed."}, "Closed.", None) for it in ("body_text", "body_main", "body_xhtml")),
        ({"body_rich": HTML}, "Closed.", HTML),
        ({"body_text": "Shut.", "body_html": HTML}, "Shut.", HTML),
        ({"body_text": "Fish &amp; chips"}, "Fish &amp; chips", None),
        ({"bodies": [{"value": HTML}]}, "Closed.", HTML),
        ({"bodies": [{"contenttype": "text/vnd.IPTC.NITF", "value": "<nitf/>"}]}, None, None),
        (
            {
                "bodies": [
                    {"contentType": "application/xhtml+xml", "value": HTML},
                    {"contentType": "text/plain", "value": "Shut."},
                ]
            },
            "Shut.",
            HTML,
        ),
        (
            {"bodies": [{"contenttype": "text/html", "value": f"<title>B</title>{HTML}"}]},
            "Closed.",
            HTML,
        ),
    ],
)
def test_bodies_are_read_as_what_they_are(body: Any, text: str | None, html: str | None) -> None:
    article = accept({**NINJS_1, **body})  # N61

    assert (article.get("body_text"), article.get("body_html")) == (text, html)


def test_a_word_count_of_nothing_is_none() -> None:
    bodies = [{"contentType": "text/plain", "value": "Closed for a week.", "wordCount": 0}]

    assert accept({**NINJS_3, "bodies": bodies})["word_count"] == 4  # N65


def test_people_in_the_news_are_not_its_authors() -> None:
    people = [{"name": "The Mayor", "rel": "about"}, {"name": "Ada Frost", "rel": "author"}]

    assert accept({**NINJS_2, "people": people})["authors"] == [{"name": "Ada Frost"}]
    assert "authors" not in accept({**NINJS_2, "people": people[:1]})


ROADS = {"name": "Roads"}


@pytest.mark.parametrize(
    ("subjects", "tags"),
    [
        ({**ROADS, "scheme": "s/", "code": "7", "rel": "about"}, {"scheme": "s/", "code": "7"}),
        ([{**ROADS, "uri": f"{TOPIC}7"}], {"scheme": TOPIC, "code": "7"}),
        ([{**ROADS, "literal": "a", "uri": f"{TOPIC}7"}], {"scheme": TOPIC, "code": "a"}),
        ([{**ROADS, "literal": "seven"}], {"code": "seven"}),
        ([ROADS], {}),
    ],
)
@pytest.mark.parametrize(("minimal", "name"), [(NINJS_1, "subject"), (NINJS_2, "subjects")])
def test_subjects_have_codes_in_many_forms(
    subjects: Any, tags: Any, minimal: Any, name: str
) -> None:
    found = accept({**minimal, name: subjects, "keywords": ["", "mill"]})["tags"]

    assert found == [{**ROADS, **tags}, {"name": "mill"}]  # N57


@pytest.mark.parametrize("renditions", [SIZES, list(SIZES.values())])
def test_of_a_picture_the_largest_rendition_is_taken(renditions: Any) -> None:
    picture = {"type": "picture", "renditions": renditions}

    assert with_associations({"main": picture}) == [LARGE]  # N60
    assert with_associations([picture]) == [LARGE]


def test_captions_and_credits_go_by_the_names_of_any_version() -> None:
    told = {**LARGE, "caption": "The mill", "credit": "Ada Frost"}
    picture = {"type": "picture", "renditions": SIZES}
    old = {**picture, "description_text": "The mill", "byline": "Ada Frost"}
    new = {**picture, "descriptions": [{"value": "The mill"}], "by": "Ada Frost"}

    assert with_associations([old]) == with_associations([new]) == [told]


@pytest.mark.parametrize(
    "renditions",
    [None, {}, {"a": None, "b": {"href": 7}}, [{"href": "a", "mimetype": "video/mp4"}]],
)
def test_a_picture_without_an_image_is_told(renditions: Any) -> None:
    associations = {"none": {"type": "picture", "renditions": renditions}}
    both = associations | {"main": {"type": "picture", "renditions": SIZES}}

    article = accept({**NINJS_1, "associations": associations})
    assert (article.get("images"), article["warnings"]) == (None, ["W_FIELD_TYPE"])
    article = accept({**NINJS_1, "associations": both})
    assert (article["images"], article["warnings"]) == ([LARGE], ["W_FIELD_TYPE"])


@pytest.mark.parametrize("association", [None, "p1", {"type": "video", "renditions": SIZES}])
def test_what_is_no_picture_gives_no_image(association: Any) -> None:
    assert with_associations({"main": association}) is None


@pytest.mark.parametrize("minimal", [NINJS_1, NINJS_2, NINJS_3])
def test_rights_are_read_in_either_spelling(minimal: Any) -> None:
    names = "copyrightHolder copyrightNotice usageTerms rightsInfo linkedRights"
    names = names if minimal is NINJS_3 else names.lower()
    holder, notice, terms, info, linked = names.split()
    document = {**minimal, holder: "Lantern", notice: "© 2026", terms: ["No archive.", "No sale."]}
    document[info] = {linked: "https://lantern.example/terms"}

    assert accept(document)["rights"] == {
        "holder": "Lantern",
        "notice": "© 2026",
        "usage_terms": "No archive. No sale.",
        "license_url": "https://lantern.example/terms",
    }  # N67
    assert "rights" not in accept({**minimal, holder: "", notice: "", terms: ""})


@pytest.mark.parametrize(
    ("minimal", "name"),
    [(NINJS_1, "embargoed"), (NINJS_2, "embargoed"), (NINJS_3, "embargoedUntil")],
)
def test_an_embargo_is_kept_or_withholds(minimal: Any, name: str) -> None:
    article = accept({**minimal, name: "2026-03-05T09:00:00+01:00"})
    assert (article["embargoed_until"], article["status"]) == ("2026-03-05T08:00:00Z", "usable")

    assert accept({**minimal, name: "Next Monday"})["status"] == "withheld"  # N69


@pytest.mark.parametrize("minimal", [NINJS_1, NINJS_2, NINJS_3])
def test_pictures_and_events_are_no_articles(minimal: Any) -> None:
    for kind in ("picture", "audio", "video", "graphic", "event", "planning", "component"):
        assert refuse({**minimal, "type": kind}) == [("E_NOT_ARTICLE", "/type")]  # N71
    for other in ("text", "composite", "story", "advisory", "", None, 7):
        assert accept({**minimal, "type": other})["title"] == "Bridge closes"
