"""N18, N20 to N27, N102 and N104: what web pages say about an article in schema.org's words."""

from typing import Any

import pytest

from articles.records import linked_data
from articles.records.linked_data import article_nodes

from .build import accept, judge, refuse

CONTEXT = "https://schema.org"
E, A = "https://e.example/", "https://e.example/a.jpg"


def node(**members: Any) -> dict[str, Any]:
    return {"@context": CONTEXT, "@type": "NewsArticle", "headline": "Ferry returns", **members}


def read(**members: Any) -> dict[str, Any]:
    return accept(node(url="https://courier.example/ferry", **members))


def nodes(document: Any) -> list[tuple[str, Any]]:
    """Give the pointer and the members of each article of a document."""
    return list(article_nodes(document) or [])


def titles(document: Any) -> list[tuple[str, Any]]:
    """Give the pointer and the headline of each article of a document."""
    return [(pointer, article["headline"]) for pointer, article in nodes(document)]


@pytest.mark.parametrize(
    "kind",
    [
        *("Article", "NewsArticle", "BlogPosting", "LiveBlogPosting", "Report", "TechArticle"),
        *("schema:NewsArticle", "http://schema.org/NewsArticle", "https://schema.org/Article"),
        *(["Article", "NewsArticle"], ["WebPage", "BreadcrumbList", "Article"]),
    ],
)
def test_articles_are_known_by_their_type(kind: Any) -> None:
    assert titles(node(**{"@type": kind})) == [("", "Ferry returns")]  # N20
    assert accept(node(url="https://courier.example/ferry", **{"@type": kind}))["shape"] == "jsonld"


@pytest.mark.parametrize("kind", ["WebPage", "VideoObject", "Articles", None, 7, [], {}])
def test_what_is_no_article_is_refused(kind: Any) -> None:
    assert article_nodes(node(**{"@type": kind})) == []
    listed = {"status": "ok", "articles": [{"@type": kind, "name": "Ferry"}]}
    assert refuse(listed) == [("E_NOT_ARTICLE", "/@type")]


@pytest.mark.parametrize(
    "value",
    [
        *({"title": "Ferry returns"}, [{"title": "Ferry returns"}, "x", None], [], "x", None),
        {"@context": "https://www.w3.org/ns/activitystreams", "type": "Article"},
    ],
)
def test_what_is_no_linked_data_is_left_to_others(value: Any) -> None:
    assert article_nodes(value) is None


@pytest.mark.parametrize(
    "context", ["http://schema.org/", ["https://schema.org"], {"@vocab": "http://schema.org/"}]
)
def test_the_context_of_schema_org_makes_linked_data(context: Any) -> None:
    document = {"@context": context, "type": "NewsArticle", "headline": "Ferry returns"}

    assert titles(document) == [("", "Ferry returns")]


def test_articles_are_found_in_lists_and_graphs_and_as_what_a_page_is_about() -> None:
    document = [
        {"@type": "BreadcrumbList"},
        node(headline="A"),
        {"@graph": [{"@type": "WebPage"}, node(headline="B"), [node(headline="C")]]},
        {"@type": "WebPage", "mainEntity": node(headline="D")},
    ]
    places = ["/1", "/2/@graph/1", "/2/@graph/2/0", "/3/mainEntity"]

    assert titles(document) == list(zip(places, "ABCD", strict=True))


def test_a_record_of_another_format_in_a_list_is_not_lost() -> None:
    other = {"title": "Pier closes", "text": "It is closed."}

    assert nodes([node(), other, None, {}]) == [("/0", node()), ("/1", other)]


def test_nodes_with_one_identifier_are_one_article() -> None:
    first = node(**{"@id": "https://courier.example/#a", "description": ""})
    second = {**first, "description": "At six.", "headline": "B"}

    assert nodes([first, second]) == [("/0", {**first, "description": "At six."})]


def test_nodes_of_one_page_are_one_article_unless_they_differ() -> None:
    page = "https://courier.example/ferry"

    assert len(nodes([node(mainEntityOfPage={"@id": page}), node(mainEntityOfPage=page)])) == 1
    for name in ("url", "@id"):
        differ = [node(**{"mainEntityOfPage": page, name: f"{E}{it}"}) for it in "ab"]
        assert len(nodes(differ)) == 2


@pytest.mark.parametrize("page", [True, "Article", {}, None, 7])
def test_what_names_no_page_joins_no_articles(page: Any) -> None:
    assert len(nodes([node(mainEntityOfPage=page), node(mainEntityOfPage=page)])) == 2


def test_references_are_resolved_inside_the_document() -> None:
    author = {"@id": "#amara", "name": "Amara", "affiliation": {"@id": "#courier"}}
    courier = {"@id": "#courier", "@type": "Organization", "name": "The Example Courier"}
    image = {"@id": "#ferry", "url": A}
    article = node(
        author={"@id": "#amara"}, publisher={"@id": "#courier"}, image=[{"@id": "#ferry"}]
    )

    [(_, found)] = nodes({"@graph": [article, author, courier, image]})

    assert (found["publisher"], found["image"]) == (courier, [image])
    assert found["author"] == {**author, "affiliation": courier}


def test_a_reference_without_a_node_is_dropped_silently() -> None:
    names = ("author", "publisher", "image", "copyrightHolder")
    [(_, article)] = nodes(node(url=A, **{it: {"@id": "#x"} for it in names}))

    assert accept(article) == accept(node(url=A))


def test_references_in_a_circle_end() -> None:
    loop = [
        {"@id": "#a", "affiliation": {"@id": "#b"}},
        {"@id": "#b", "affiliation": {"@id": "#a"}},
    ]

    assert titles([node(author={"@id": "#a"}), *loop]) == [("/0", "Ferry returns")]


def test_references_to_large_nodes_add_no_more_than_so_much(monkeypatch: Any) -> None:
    monkeypatch.setattr(linked_data, "MAX_ADDED", 1_000)
    large = {"@id": "#big", "name": "x" * 400}
    articles = [node(author={"@id": "#big"}, url=f"https://e.example/{n}") for n in range(9)]

    names = [it["author"].get("name") for _, it in nodes([large, *articles])]

    assert [bool(name) for name in names] == [True] * 2 + [False] * 7


@pytest.mark.parametrize(
    ("members", "title", "subtitle"),
    [
        ({"name": "B", "alternativeHeadline": "C"}, "Ferry returns", "C"),
        ({"headline": "", "name": "B", "alternativeHeadline": "C"}, "B", "C"),
        ({"headline": None, "alternativeHeadline": "C"}, "C", None),
        ({"headline": {"@value": "F", "@language": "en"}}, "F", None),
    ],
)
def test_the_title_is_the_best_headline(members: Any, title: str, subtitle: Any) -> None:
    article = read(**members)  # N22

    assert (article["title"], article.get("subtitle")) == (title, subtitle)


@pytest.mark.parametrize(
    ("members", "url"),
    [
        ({"url": f"{E}1", "mainEntityOfPage": f"{E}2"}, "1"),
        ({"url": {"@id": f"{E}1"}}, "1"),
        ({"url": [f"{E}1"]}, "1"),
        ({"mainEntityOfPage": f"{E}2", "@id": f"{E}3"}, "2"),
        ({"mainEntityOfPage": {"@id": f"{E}2", "url": f"{E}9"}}, "2"),
        ({"mainEntityOfPage": {"@id": "#page", "url": f"{E}2"}}, "2"),
        ({"mainEntityOfPage": True, "@id": f"{E}3"}, "3"),
        ({"@id": "#article", "isPartOf": {"@id": f"{E}4"}}, "4"),
        ({"isPartOf": [{"name": "Blog"}, {"@id": f"{E}4"}]}, "4"),
        # N102
        ({"mainEntityOfPage": {"type": "WebPage", "id": f"{E}2"}}, "2"),
        ({"mainEntityOfPage": {"@id": "//e.example/2"}}, "2"),
        ({"url": "//e.example/1"}, "1"),
        ({"id": f"{E}3"}, "3"),
        ({"@id": f"{E}3", "id": f"{E}9"}, "3"),
    ],
)
def test_the_address_is_the_first_that_is_one(members: Any, url: str) -> None:
    assert accept(node(**members))["url"] == f"{E}{url}"  # N23


@pytest.mark.parametrize("page", ["Article", "/2020/01/10/ferry", "8003098"])
def test_a_page_without_a_host_is_no_address(page: str) -> None:
    article = accept(node(mainEntityOfPage=page))

    assert "url" not in article
    assert article["warnings"] == ["W_URL"]  # N31


@pytest.mark.parametrize(
    ("members", "known_as"),
    [
        ({"identifier": "ferry-7", "@id": "https://e.example/#a"}, "ferry-7"),
        ({"identifier": {"@type": "PropertyValue", "value": 77}}, "77"),
        ({"identifier": [{"value": "a"}, "b"]}, "a"),
        ({"@id": "https://doi.example/10.1"}, "https://doi.example/10.1"),
        ({"@id": "#article"}, None),
        ({"@id": "_:b0"}, None),
        ({"id": "ferry-7"}, "ferry-7"),  # N102
        ({"id": 77}, "77"),
    ],
)
def test_the_identifier_is_one_outside_the_document(members: Any, known_as: str | None) -> None:
    assert read(**members).get("source_id") == known_as  # N23


@pytest.mark.parametrize(
    ("members", "names"),
    [
        ({"author": "By Amara Diallo"}, ["Amara Diallo"]),
        ({"author": ["Amara Diallo, Tomas Reyes"]}, ["Amara Diallo", "Tomas Reyes"]),
        ({"author": {"name": ["Amara Diallo", "Tomas Reyes"]}}, ["Amara Diallo", "Tomas Reyes"]),
        ({"author": {}, "creator": {"name": "Lena Voss"}}, ["Lena Voss"]),
        ({"author": {"@list": [{"name": "Lena Voss"}]}}, ["Lena Voss"]),
        ({"author": {"givenName": "Lena", "familyName": "Voss"}}, ["Lena Voss"]),
        # N102
        ({"author": {"@type": "Person", "name": {"@type": "Person", "name": "Bo"}}}, ["Bo"]),
        ({"author": {"@type": "Person", "name": [{"@value": "Bo", "@language": "en"}]}}, ["Bo"]),
        ({"author": [{"type": "Person", "name": {"name": ["Bo", "Ida"]}}]}, ["Bo", "Ida"]),
        ({"author": {"name": {"givenName": "Lena", "familyName": "Voss"}}}, ["Lena Voss"]),
    ],
)
def test_authors_are_read_in_every_form(members: Any, names: list[str]) -> None:
    assert [author["name"] for author in read(**members)["authors"]] == names  # N24


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        *(("Person", "Lena Voss", "person"), (["Person"], "Lena Voss", "person")),
        ("schema:NewsMediaOrganization", "Lena Voss", "organization"),
        *(("Robot", "Lena Voss", None), (7, "Lena Voss", None)),
        ("Person", "Reuters", "organization"),  # N42
    ],
)
def test_authors_are_people_or_organizations(kind: Any, name: str, expected: str | None) -> None:
    [author] = read(author={"@type": kind, "name": name})["authors"]  # N46

    assert author.get("type") == expected


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"image": A}, {"url": A}),
        ({"image": [A, A]}, {"url": A}),
        (
            {"image": {"contentUrl": A, "creditText": "L", "width": "8 px"}},
            {"url": A, "credit": "L", "width": 8},
        ),
        ({"image": {"@list": [A]}}, {"url": A}),
        ({"image": {}, "thumbnailUrl": A}, {"url": A}),
    ],
)
def test_images_are_read_in_every_form(members: Any, found: Any) -> None:
    assert read(**members)["images"] == [found]  # N25


@pytest.mark.parametrize(("language", "tag"), [(["en", "fr"], "en"), ({"name": "deutsch"}, "de")])
def test_a_language_may_be_an_object(language: Any, tag: str) -> None:
    assert read(inLanguage=language)["language"] == tag  # N26


def test_a_member_in_its_own_spelling_comes_first() -> None:
    own, other = {"dateModified": "2012-07-25"}, {"datemodified": "2012-07-24"}  # N18

    for members in ({**own, **other}, {**other, **own}):
        assert read(**members)["modified_at_local"] == "2012-07-25"


@pytest.mark.parametrize(
    ("body", "text", "is_html"),
    [
        ("One.\n\nTwo &amp; three.", "One.\n\nTwo & three.", False),
        ("An <b>old</b> ferry.\nIt sails.", "An old ferry.\nIt sails.", False),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo.", True),
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;", "One.\n\nTwo.", True),
        ("a < b & c", "a < b & c", False),
        ("An &lt;b&gt;old&lt;/b&gt; ferry.<br/><br/>It.", "An old ferry.\n\nIt.", False),
    ],
)
def test_the_body_is_text_unless_it_has_blocks(body: str, text: str, *, is_html: bool) -> None:
    article = read(articleBody=body)  # N27, N61

    assert (article["body_text"], "body_html" in article) == (text, is_html)


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"text": "It sails."}, "It sails."),
        ({"articleBody": "One.", "text": "Two."}, "One."),
        # N104: as the document has them
        (
            {"liveBlogUpdate": [{"articleBody": "Two."}, {"@type": "x", "text": "One."}, "Nil."]},
            "Two.\n\nOne.\n\nNil.",
        ),
        ({"liveBlogUpdate": {"articleBody": "<p>One.</p>", "published": "true"}}, "One."),
        ({"liveBlogUpdate": {"@list": [{"articleBody": "One."}, {"headline": "x"}]}}, "One."),
        ({"liveblogupdate": [{"text": "x", "draft": True}, {"text": "One."}]}, "One."),
        ({"liveBlogUpdate": [{"articleBody": "x", "published": False}]}, None),
        ({"articleBody": "Now.", "liveBlogUpdate": [{"articleBody": "x"}]}, "Now."),
        ({"liveBlogUpdate": [7, None, {}, [{}]]}, None),
    ],
)
def test_a_body_may_lie_in_updates(members: Any, text: str | None) -> None:
    assert read(**members).get("body_text") == text


def test_updates_and_authors_may_be_references_by_a_plain_identifier() -> None:
    update = {"id": "#u1", "type": "BlogPost", "articleBody": "One."}
    author = {"id": "#amara", "type": "Person", "name": "Amara"}
    live = node(url=A, author={"id": "#amara"}, liveBlogUpdate=[{"id": "#u1"}])
    # the number of a database names no node
    other = node(url=E, author={"id": "5", "name": "Bo"}, image={"id": "5", "url": A})

    [(_, article), (_, apart)] = nodes({"@graph": [live, update, author, other]})

    assert (article["liveBlogUpdate"], article["author"]) == ([update], author)
    assert apart["author"] == {"id": "5", "name": "Bo"}


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("Brooklyn,Government,Housing", "Brooklyn"),  # N102
        (",Brooklyn,", "Brooklyn"),
        *((it, it) for it in ("Arts, Books", "Arts,Books, Film", "Top 1,000", ",")),
        (["Arts, Books", "Film"], "Arts, Books"),
    ],
)
def test_a_section_is_the_first_of_a_list_in_a_text(section: Any, expected: str) -> None:
    assert read(articleSection=section)["section"] == expected


@pytest.mark.parametrize("holder", ["Courier", {"name": "Courier"}, [{"name": "Courier"}]])
def test_rights_are_read(holder: Any) -> None:
    rights = read(copyrightHolder=holder, license={"@id": "https://e.example/l"})["rights"]

    assert rights == {"holder": "Courier", "license_url": "https://e.example/l"}  # N27


@pytest.mark.parametrize("name", ["@id", "name", "@graph", "mainEntity"])
def test_values_of_any_type_are_survived(name: str) -> None:
    names = (
        "author image publisher isPartOf mainEntityOfPage keywords license inLanguage url "
        "identifier articleSection articleBody description copyrightHolder wordCount"
    )
    deep: Any = [[]]
    for _ in range(30):
        deep = [deep]
    values: list[Any] = [True, 7, "x", [[]], [None], {"@id": 7}, {"@value": [{}]}, [[7]], deep]
    for value in values:
        everything = dict.fromkeys([*names.split(), name], value)
        for _, article in article_nodes(node(**everything)) or []:
            problems = getattr(judge(article), "problems", ())
            assert "E_INTERNAL" not in [str(problem.code) for problem in problems], value
