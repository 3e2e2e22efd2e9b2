"""The codes of problems, and every text about them: the one table of what uploaders read.

A code is a promise: it never changes its meaning. docs/codes.md is generated from this.
"""

from collections.abc import Mapping
from enum import StrEnum, auto
from typing import NamedTuple


class Code(StrEnum):
    """E_ rejects the record or the file; W_ is said about an accepted record."""

    @staticmethod
    def _generate_next_value_(name: str, *_: object) -> str:
        return name

    E_ENCODING = auto()
    E_JSON = auto()
    E_COMPRESSION = auto()
    E_UNREADABLE = auto()
    E_EMPTY = auto()
    E_TOPLEVEL = auto()
    E_TOO_LARGE = auto()
    E_UNKNOWN_SHAPE = auto()
    E_REQUIRED = auto()
    E_FEED = auto()
    E_INTERNAL = auto()
    E_NOT_ARTICLE = auto()
    E_UPSTREAM_ERROR = auto()
    E_FIELD_TYPE = auto()
    E_FIELD_VALUE = auto()
    E_NO_CONTENT = auto()
    W_DUPLICATE_KEY = auto()
    W_SURROGATE = auto()
    W_DATE = auto()
    W_DATE_SENTINEL = auto()
    W_DATE_RANGE = auto()
    W_DATE_ORDER = auto()
    W_URL = auto()
    W_AUTHOR = auto()
    W_AUTHOR_UNSPLIT = auto()
    W_LANGUAGE = auto()
    W_FIELD_TYPE = auto()
    W_STATUS_ALIAS = auto()
    W_MOJIBAKE = auto()
    W_NO_TITLE = auto()
    W_EMBARGO = auto()
    W_ASSUMED_TIMEZONE = auto()
    W_CONTROL = auto()
    W_BIDI = auto()
    W_INVISIBLE = auto()
    W_UNREAD = auto()
    W_ENVELOPE = auto()
    W_PLACEHOLDER = auto()
    W_SUPERSEDED = auto()
    W_STILL_STORED = auto()

    @property
    def rejects(self) -> bool:
        return self.startswith("E_")


class Entry(NamedTuple):
    """One row of the catalogue.

    `example` is an upload that gets the code, if a short one can; a test uploads it. `wordings` are
    the messages by reason, as templates of str.format whose fields are the facts of a problem.
    """

    meaning: str
    cause: str
    fix: str
    example: str
    wordings: Mapping[str, str]


def _not_json(
    fault: str, fix: str = "Fix it there, or generate the file with a JSON library."
) -> str:
    return f"Not JSON at line {{line}}, column {{column}}, at {{found}}: {fault}. {fix}"


_IN_PYTHON = "Write it with a JSON library: in Python with json.dumps, not with str or print."
_ONLY_THE_JSON = "Send only the JSON in it."

# Of a value that cannot be used: what is wrong with it, and what to send instead.
_UNUSABLE = {
    "not_text": ("{value} is not a string", "Send the field as a string."),
    "not_identifier": ("{value} is not an identifier", "Send a string or a number."),
    "not_address": ("{value} is not a URL", "Send a string."),
    "not_word_count": ("{value} is not a word count", "Send a positive integer."),
    "not_author": ("{value} is not an author", "Send a name, or an object with a name."),
    "not_author_name": ("{value} is not the name of an author", "Send a string."),
    "not_tag": ("{value} is not a tag", "Send a string, or an object with a name or a code."),
    "tag_without_name": ("The tag {value} has neither a name nor a code", "Send one of them."),
    "no_rights": (
        "{value} has no recognized rights field",
        "Send a string, or an object with holder, notice, usage_terms or license_url.",
    ),
    "no_publisher": (
        "{value} has no recognized publisher field",
        "Send a name, or an object with name, id or domain.",
    ),
    "image_without_address": ("The image {value} has no URL", "Send its URL."),
    "picture_without_image": ("The picture {value} has no image", "Send a rendition with its URL."),
    "title_too_long": ("The title has {size:,} characters; the limit is {limit:,}", "Shorten it."),
    "address_too_long": ("The URL has {size:,} bytes; the limit is {limit:,}", "Shorten it."),
    "identifier_too_long": (
        "The identifier has {size:,} bytes; the limit is {limit:,}",
        "Shorten it.",
    ),
    "identifier_far_too_long": (
        "The identifier has {size:,} characters; the limit is {limit:,} bytes",
        "Shorten it.",
    ),
    "tag_too_long": ("A tag has more than {limit:,} characters", "Shorten it."),
    "too_many_places": (
        "None of the first {limit:,} values found for {field} can be used",
        "Send the field once.",
    ),
}
# Where the record cannot do without the value, it is rejected; otherwise the value is dropped.
_REJECTED = {reason: f"{what}. {fix}" for reason, (what, fix) in _UNUSABLE.items()}
_DROPPED = {reason: f"{what}; it was dropped. {fix}" for reason, (what, fix) in _UNUSABLE.items()}

CATALOGUE: Mapping[Code, Entry] = {
    Code.E_ENCODING: Entry(
        meaning="The bytes are not UTF-8.",
        cause="An export in Latin-1 or UTF-16, a file cut in the middle of a character, or a file "
        "that is not text.",
        fix="Save the file as UTF-8, with at most one byte order mark.",
        example='{"title": "Caf\\xe9"} in Latin-1',
        wordings={
            "default": "Byte {position} (0x{byte:02x}, line {line}) is not UTF-8. "
            "Save the file as UTF-8.",
            "wide": "The file is in {encoding}. Save it as UTF-8.",
            "binary": "The file is {found}, not JSON. Send the article, with the address of its "
            "pictures and documents.",
        },
    ),
    Code.E_JSON: Entry(
        meaning="The text is not JSON as RFC 8259 defines it, is nested more than 100 levels deep, "
        "or contains a number that does not fit in a double.",
        cause="JSON assembled by hand, a trailing comma, NaN, an upload that was cut short, a "
        "Markdown fence, CSV, XML or JavaScript in place of JSON, several lists in one file.",
        fix="Do what the message says: it gives the line, the column and the text there, and names "
        "usual mistakes.",
        example='{"title": "Ferry",}',
        wordings={
            "expected_value": _not_json("expected a value"),
            "expected_name": _not_json("expected a name in double quotes"),
            "expected_colon": _not_json("expected ':'"),
            "expected_comma": _not_json("expected ',' or a closing bracket"),
            "trailing_comma": _not_json("trailing comma"),
            "extra_data": _not_json("unexpected data after the end of the value"),
            "unterminated_string": _not_json(
                "unterminated string", "Close it, or upload the file again if it was cut short."
            ),
            "control_character": _not_json("unescaped control character in a string"),
            "escape": _not_json("invalid escape sequence"),
            "unicode_escape": _not_json("invalid \\uXXXX escape"),
            "too_deep": _not_json("nested more than {limit} levels deep"),
            "too_many_digits": _not_json("the number {value} has more than {limit} digits"),
            "number_too_large": _not_json("the number {value} does not fit in a double"),
            "not_a_value": _not_json(
                "{value} is not a JSON value",
                "Write null instead. In Python, json.dumps with allow_nan=False finds such values.",
            ),
            "undefined": _not_json(
                "undefined is not a JSON value", "Write null, or leave the member out."
            ),
            "python_word": _not_json(
                "{value} is Python; JSON has true, false and null", _IN_PYTHON
            ),
            "single_quotes": _not_json("JSON has double quotes, not single ones", _IN_PYTHON),
            "typographic_quotes": _not_json(
                "JSON has straight double quotes, not typographic ones",
                "Write it with a text editor or a JSON library, not with a word processor.",
            ),
            "escaped_quotes": _not_json(
                "the quotes outside strings are escaped", "Remove the backslashes before them."
            ),
            "comment": _not_json("JSON has no comments", "Remove it."),
            "cut_off": _not_json(
                "the text ends before its value does", "Upload it again if it was cut short."
            ),
            "several_lists": _not_json(
                "several lists one after the other", "Send one list, or one object per line."
            ),
            "several_objects": _not_json(
                "another object follows", "Put each on a line of its own."
            ),
            "comma_between": _not_json(
                "objects with a comma between them, but no list around them",
                "Put [ before the first and ] after the last, or send one object per line.",
            ),
            "fence": _not_json(
                "there is a Markdown fence around the JSON",
                "Send only what is between the fences.",
            ),
            "markdown": _not_json(
                "this looks like Markdown", 'Send it as JSON: {{"title": …, "text": …}}.'
            ),
            "csv": _not_json("this looks like CSV", "Convert it to JSON, one object per line."),
            "html": _not_json(
                "this is HTML, perhaps a server's error page", "Send the article as JSON."
            ),
            "xml": _not_json("this looks like XML", "Convert it to JSON, one object per article."),
            "guard": _not_json("a guard against scripts comes before the JSON", _ONLY_THE_JSON),
            "jsonp": _not_json(
                "there is a JavaScript call around the JSON (JSONP)", _ONLY_THE_JSON
            ),
            "script": _not_json("JavaScript comes before the JSON", _ONLY_THE_JSON),
            "encoded_twice": _not_json(
                "several strings that hold JSON: it was encoded twice",
                "Encode each object once.",
            ),
            "other": _not_json("{fault}"),
        },
    ),
    Code.E_COMPRESSION: Entry(
        meaning="The compressed file is incomplete, is compressed twice, or is not gzip, bzip2 or "
        "zstd.",
        cause="An upload that was cut short, an archive (zip, 7z), a file name whose suffix does "
        "not match the compression.",
        fix="Send the file uncompressed, or compressed once; the message says what was found.",
        example="the first half of a gzip file",
        wordings={
            "foreign": "The file is in the format {format}, which is not supported. "
            "Send it uncompressed, or compressed with one of {supported}.",
            "other_suffix": "The name ends in {suffix}, but the file is compressed with {found}. "
            "Rename it to end in {expected}.",
            "not_compressed": "The name ends in {suffix}, but the file is not {claimed}: it begins "
            "with {start}. Compress it with {claimed}, or send it uncompressed.",
            "cut_off": "The compressed file is incomplete: its end is missing. Upload it again.",
            "broken": "The {format} data is damaged: {why}. Compress it again.",
            "twice": "The file is compressed twice; only one layer is supported. Compress it once.",
        },
    ),
    Code.E_UNREADABLE: Entry(
        meaning="S3 does not let the service read the file, because of how it was stored.",
        cause="An archive storage class such as GLACIER, a key of your own (SSE-C), or a KMS key "
        "of another account.",
        fix="Upload it again with the storage class STANDARD and without a key.",
        example="a file with the storage class GLACIER",
        wordings={
            "archive_class": "The file is in an archive storage class. "
            "Upload it again with the storage class STANDARD.",
            "customer_key": "The file is encrypted with a key of your own (SSE-C). "
            "Upload it again without a key.",
            "kms_key": "The file is encrypted with a KMS key that the service may not use. "
            "Upload it again without a key.",
        },
    ),
    Code.E_EMPTY: Entry(
        meaning="The file is empty, or contains an empty list.",
        cause="An export that ran before there was anything to export.",
        fix="Upload the file again once it has content.",
        example="[]",
        wordings={
            "file": "The file is empty. Upload it again once it has content.",
            "list": "The list is empty. Upload the file again once it has articles.",
            "feed": "The JSON Feed has no items. Upload it again once it has articles.",
        },
    ),
    Code.E_TOPLEVEL: Entry(
        meaning="The file contains a single number, string, boolean or null.",
        cause="JSON that was encoded twice.",
        fix="Send an object (one article), a list of objects, or one object per line.",
        example='"{\\"title\\": \\"Ferry\\"}"',
        wordings={
            "default": "The file contains a single value that is not an object. "
            "Send an object, or a list of objects.",
            "encoded_twice": "The file contains a string that holds JSON: it was encoded twice. "
            "Encode it once: an object, or a list of objects.",
        },
    ),
    Code.E_TOO_LARGE: Entry(
        meaning="The file, its decompressed content, a record, or a record's only title or "
        "identifier is over a limit.",
        cause="A whole archive in one record, a body in the place of a title, a file that "
        "decompresses to hundreds of times its size.",
        fix="Split the file, or shorten the field; the message gives the limit and the size.",
        example="a record of 9 MiB",
        wordings={
            **_REJECTED,
            "max_object_bytes": "The file has {actual:,} bytes; the limit is {limit:,}. Split it.",
            "max_packed_bytes": "The compressed file has {actual:,} bytes; the limit is {limit:,}. "
            "Split it.",
            "max_unpacked_bytes": "The file decompresses to at least {actual:,} bytes; "
            "the limit is {limit:,}. Split it.",
            "max_unpacked_ratio": "The file decompresses from {packed:,} bytes to at least "
            "{unpacked:,}; above {from_bytes:,}, the limit is {limit:,} times its size. "
            "Send it uncompressed, or split it.",
            "max_members": "The compressed file has at least {actual:,} nearly empty members; "
            "the limit is {limit:,}. Compress it as one.",
            "max_records": "The file has at least {actual:,} records; the limit is {limit:,}. "
            "Split it.",
            "max_record_bytes": "A record has at least {actual:,} bytes; the limit is {limit:,}. "
            "Shorten it.",
            "max_blank_lines": "The file has at least {actual:,} blank lines; "
            "the limit is {limit:,}. Remove them.",
            "max_values": "The file has about {actual:,} values; the limit is {limit:,}. Split it.",
            "values_of_a_record": "A record has about {actual:,} values; the limit is {limit:,}. "
            "Shorten it.",
            "white_space": "There are at least {actual:,} bytes of white space in a row; "
            "the limit is {limit:,}. Remove them.",
            "defaults": "The fields that apply to all articles of the file have {actual:,} bytes; "
            "the limit is {limit:,}. Repeat them in each article.",
            "not_objects": "A list in the file has more than {limit:,} items that are not objects. "
            "Send only the articles, as a list or one per line.",
            "outside_the_list": "The file has at least {actual:,} bytes outside its list of "
            "articles; the limit is {limit:,}. Send only the articles, as a list or one per line.",
            "article": "The article takes {size:,} bytes when stored, its body {body:,}; "
            "the limits are {limit:,} and {body_limit:,}. Shorten it.",
        },
    ),
    Code.E_UNKNOWN_SHAPE: Entry(
        meaning="No known format has these fields.",
        cause="A format or an envelope that is not supported, or names that no format has.",
        fix="Send at least a title with a text, a link or a date; docs/formats.md lists the "
        "formats and the names.",
        example='{"name": "Ferry", "story": "It leaves at six."}',
        wordings={
            "no_fields": "The record has no fields. "
            "Send at least a title with a text, a link or a date.",
            "no_title": "No known format has these fields: {names}. A title is missing: send it as "
            "title or headline, with a text, a link or a date.",
            "no_title_meant": "No known format has these fields: {names}. A title is missing: send "
            "it as title or headline. Perhaps rename {meant}.",
            "only_title": "No known format has these fields: {names}. There is a title, but no "
            "text, link, id or date: send one of them.",
            "only_title_meant": "No known format has these fields: {names}. There is a title, but "
            "no text, link, id or date. Perhaps rename {meant}.",
            "articles_at": "The record is no article, but there seem to be articles at {place}. "
            "Send that list alone.",
            "article_at": "The record is no article, but there seems to be one at {place}. "
            "Send that alone, or ask the operator to read it there (fields in feeds.toml).",
            "two_lists": "There seem to be articles both at {first} and at {second}. "
            "Send one list in a file of its own.",
        },
    ),
    Code.E_REQUIRED: Entry(
        meaning="A field or an identifier that the feed requires is missing, or the feed rejects "
        "records with this warning.",
        cause="A feed that requires more than the format does.",
        fix="Send the field that the message names, or ask the operator to change the feed.",
        example='{"title": null, "text": null, "status": "withheld"}',
        wordings={
            "field": "The feed {feed} requires the field {field}; this record has none.",
            "warning": "The feed {feed} rejects records with {code}: {warning}",
            "no_identity": "The feed {feed} identifies articles by {kinds}; "
            "this record has none of them.",
        },
    ),
    Code.E_FEED: Entry(
        meaning="The key does not name a feed of this service.",
        cause="A typing error in the key, or a feed that is not configured.",
        fix="Upload under incoming/<feed>/ with the name that the operator gave you.",
        example="the key incoming/Reuters!/a.json",
        wordings={
            "default": "The key names the feed {name}, which does not exist. Upload under "
            "incoming/<feed>/ with the name that the operator gave you: lower-case letters, "
            "digits and hyphens.",
        },
    ),
    Code.E_INTERNAL: Entry(
        meaning="The service failed on this record; the operator is alerted.",
        cause="A bug in the service.",
        fix="Upload the file again once the operator has fixed the fault.",
        example="none is known",
        wordings={
            "default": "The service failed on this record; nothing is known to be wrong with your "
            "file. Upload it again once the operator has fixed the fault.",
        },
    ),
    Code.E_NOT_ARTICLE: Entry(
        meaning="The record is well-formed, but it is not an article.",
        cause="A picture, a product, a list of sources, a page without an article.",
        fix="Leave it out; only articles are ingested.",
        example='[1, {"title": "Ferry", "id": "1"}]',
        wordings={
            "not_object": "The record is not an object. Send an article as an object with fields.",
            "linked_data": "The JSON-LD does not describe an article. "
            "Send a NewsArticle, or another type of article.",
            "item_type": "An item of type {type} is not an article. Leave it out.",
            "page_type": "Diffbot classified the page as {type}, not as an article. Leave it out.",
            "sources": "The file lists sources, not articles. Leave it out.",
            "schema": "The document is a JSON Schema, not an article. Leave it out.",
            "removed": "The API has removed the article. Leave it out.",
            "only_title": "The record has nothing but a title and an identifier. "
            "Send a text, a URL or a date as well.",
        },
    ),
    Code.E_UPSTREAM_ERROR: Entry(
        meaning="The file is an error response that an API returned instead of articles.",
        cause="An expired key or an exhausted quota of the API.",
        fix="Query the API again, and upload its response.",
        example='{"status": "error", "code": "apiKeyInvalid", "message": "No."}',
        wordings={
            "default": "The file is an API error response ({code}), not articles. "
            "Query the API again, and upload its response.",
        },
    ),
    Code.E_FIELD_TYPE: Entry(
        meaning="The only title, text or identifier has a type that cannot be used.",
        cause="A title that is an object or a number.",
        fix="Send the field as a string.",
        example='{"title": 7, "url": "https://a.example/"}',
        wordings=_REJECTED,
    ),
    Code.E_FIELD_VALUE: Entry(
        meaning="A field has a value that would be dangerous to guess at.",
        cause="A status that is not a standard one, a hidden character in an identifier.",
        fix="Send a value that the message names; if it names a hidden character, remove that.",
        example='{"title": "Ferry", "text": "Six.", "status": "on hold"}',
        wordings={
            "status": "The status {value} is not known. Send usable, withheld or canceled, or ask "
            "the operator to add the word for this feed (status in feeds.toml).",
            "hidden_character": "The identifier {value} contains a hidden character. Remove it.",
        },
    ),
    Code.E_NO_CONTENT: Entry(
        meaning="The record has neither a title nor a text.",
        cause="Empty fields.",
        fix="Send a title or a text; only a withheld or canceled notice may have neither.",
        example='{"title": "", "url": "https://a.example/"}',
        wordings={
            "default": "The record has neither a title nor a text. Send at least one of them.",
        },
    ),
    Code.W_DUPLICATE_KEY: Entry(
        meaning="A name occurs twice in one object; the last value is used.",
        cause="JSON assembled by hand.",
        fix="Send each name once.",
        example='{"title": "Ferry", "title": "Ferries", "id": "1"}',
        wordings={"default": "Duplicate name {name}; the last value is used."},
    ),
    Code.W_SURROGATE: Entry(
        meaning="An unpaired surrogate was replaced by U+FFFD.",
        cause="A text that was cut in the middle of an emoji.",
        fix="Cut texts between characters, not between UTF-16 code units.",
        example='{"title": "Ferry \\ud83d", "text": "Six."}',
        wordings={
            "default": "An unpaired surrogate was replaced by U+FFFD. "
            "Cut texts between characters, not between UTF-16 code units.",
        },
    ),
    Code.W_DATE: Entry(
        meaning="The value is not a recognized date; the field is absent.",
        cause="Words such as yesterday, numbers that have two readings (4/6/2016), a day that does "
        "not exist.",
        fix="Send RFC 3339, such as 2026-03-01T09:00:00Z.",
        example='{"title": "Ferry", "text": "Six.", "published_at": "yesterday"}',
        wordings={
            "default": "{value} is not a recognized date; the field was dropped. "
            "Send RFC 3339, such as 2026-03-01T09:00:00Z.",
        },
    ),
    Code.W_DATE_SENTINEL: Entry(
        meaning="The date is a placeholder for an unknown date; the field is absent.",
        cause="A database that writes 0001-01-01 or the Unix epoch when there is no date.",
        fix="Leave the field out when the date is not known.",
        example='{"title": "Ferry", "text": "Six.", "published_at": "0001-01-01T00:00:00Z"}',
        wordings={
            "default": "{value} is a placeholder for an unknown date; it was dropped. "
            "Leave the field out.",
        },
    ),
    Code.W_DATE_RANGE: Entry(
        meaning="The date is before 1600 or more than two days in the future; it was kept.",
        cause="A typing error in the year, or a date with another meaning.",
        fix="Check the year.",
        example='{"title": "Ferry", "text": "Six.", "published_at": "2199-01-01"}',
        wordings={
            "default": "{value} is before 1600 or more than two days in the future. "
            "Check the year.",
        },
    ),
    Code.W_DATE_ORDER: Entry(
        meaning="The article was modified an hour or more before it was published; both dates "
        "were kept.",
        cause="Dates that were swapped, or that are in different time zones.",
        fix="Check which date is which.",
        example='{"title": "Ferry", "text": "Six.", "published_at": "2025-01-02T00:00:00Z", '
        '"updated_at": "2025-01-01T00:00:00Z"}',
        wordings={
            "default": "Modified at {modified}, before it was published at {published}. "
            "Check which date is which.",
        },
    ),
    Code.W_URL: Entry(
        meaning="The value is not the absolute http or https URL of a page; it was dropped.",
        cause="A path without its host, a word, another scheme, the home page of the site.",
        fix="Send the full URL of the article's own page.",
        example='{"title": "Ferry", "text": "Six.", "url": "/news/ferry"}',
        wordings={
            "default": "{value} is not an absolute http or https URL; it was dropped. "
            "Send the full URL of the page.",
            "home_page": "{value} is the home page of a site, and does not identify the article. "
            "Send the URL of the article's own page.",
            "two_addresses": "{value} is more than one URL; it was dropped. Send one URL.",
            "example": "{value} is an example from a documentation; it was dropped. "
            "Send the URL of the article.",
        },
    ),
    Code.W_AUTHOR: Entry(
        meaning="An author's name is a URL, a date, missing or too long; it was dropped.",
        cause="The URL of a profile in place of a name.",
        fix="Send names only.",
        example='{"title": "Ferry", "text": "Six.", "author": "https://a.example/ida"}',
        wordings={
            "no_name": "The author {value} has no name; it was dropped. Send names.",
            "not_a_name": "{value} is not the name of an author; it was dropped. Send names only.",
        },
    ),
    Code.W_AUTHOR_UNSPLIT: Entry(
        meaning="The byline may be one name or two; it was kept as one.",
        cause="A name with its family name first.",
        fix="Send authors as a list.",
        example='{"title": "Ferry", "text": "Six.", "author": "Marsh, Ida"}',
        wordings={
            "default": "{value} may be one name or two; it was kept as one. "
            "Send authors as a list.",
        },
    ),
    Code.W_LANGUAGE: Entry(
        meaning="The language is neither a BCP 47 tag nor a known name; the field is absent.",
        cause="A word that is not the name of a language, or a tag such as und.",
        fix="Send a tag such as en or pt-BR.",
        example='{"title": "Ferry", "text": "Six.", "language": "klingonese"}',
        wordings={
            "default": "{value} is not a known language; it was dropped. Send a tag such as en-GB."
        },
    ),
    Code.W_FIELD_TYPE: Entry(
        meaning="A field, or an item of it, has a type that cannot be used, or is over a limit; "
        "it was dropped.",
        cause="An object where a string is expected.",
        fix="Send the field in the form that docs/formats.md shows.",
        example='{"title": "Ferry", "text": "Six.", "section": {"no": "text"}}',
        wordings={
            **_DROPPED,
            "html_too_complex": "The HTML is nested too deeply or has too many tags; only its text "
            "was kept. Simplify it.",
            "byline_too_long": "The byline has {size:,} characters; only the first {limit:,} were "
            "read.",
            "too_many_authors": "There are more than {limit:,} authors, or many duplicates; "
            "the rest were dropped.",
            "too_many_names": "An author has more than {limit:,} names; the rest were dropped.",
            "too_many_images": "There are more than {limit:,} images, or many duplicates; "
            "the rest were dropped.",
            "too_many_tags": "There are more than {limit:,} tags, or many duplicates; "
            "the rest were dropped.",
            "too_many_credits": "There are more than {limit:,} image credits; "
            "the rest were left in the text.",
        },
    ),
    Code.W_STATUS_ALIAS: Entry(
        meaning="The status is a synonym of usable, withheld or canceled; it was translated.",
        cause="The words of another system, or British spelling.",
        fix="Send usable, withheld or canceled.",
        example='{"title": "Ferry", "text": "Six.", "status": "cancelled"}',
        wordings={
            "default": "The status {value} was read as {meaning}. Send {meaning}.",
            "member": "The field {name} says that the article is {meaning}; its status was set so. "
            "Send the field status.",
        },
    ),
    Code.W_MOJIBAKE: Entry(
        meaning="The text looks like UTF-8 that was read as Latin-1; it was kept as it is.",
        cause="An export that decoded with the wrong encoding.",
        fix="Fix the export: only its author knows what the text was.",
        example='{"title": "Caf\u00c3\u00a9 opens", "text": "Six."}',
        wordings={
            "default": "The text looks like UTF-8 that was read as Latin-1; it was kept as it is. "
            "Fix the export.",
        },
    ),
    Code.W_NO_TITLE: Entry(
        meaning="The first line of the text is not a title; the article has none.",
        cause="A text whose first line is its first paragraph.",
        fix="Send the headline as the field title.",
        example='{"text": "The ferry leaves at six."}',
        wordings={
            "default": "The first line of the text does not look like a title. "
            "Send the headline as the field title.",
        },
    ),
    Code.W_EMBARGO: Entry(
        meaning="The end of the embargo is uncertain; the article is withheld until a correction.",
        cause="A local time without its offset, or words.",
        fix="Send the embargo with its offset, such as 2026-03-01T09:00:00+01:00.",
        example='{"title": "Ferry", "text": "Six.", "embargo": "2030-01-01 06:00"}',
        wordings={
            "default": "The end of the embargo is uncertain; the article is withheld. "
            "Send the embargo with its UTC offset, such as 2026-03-01T09:00:00+01:00.",
        },
    ),
    Code.W_ASSUMED_TIMEZONE: Entry(
        meaning="A time without a UTC offset was read in the feed's time zone.",
        cause="A system that writes local times.",
        fix="Nothing, if the time zone is right; otherwise send times with their offset.",
        example='{"title": "Ferry", "text": "Six.", "published_at": "2025-01-01 06:00"}',
        wordings={
            "default": "The date {field} has no UTC offset; it was read in the time zone {zone}.",
        },
    ),
    Code.W_CONTROL: Entry(
        meaning="Control characters were removed.",
        cause="Text copied from a terminal or a PDF.",
        fix="Send plain text.",
        example='{"title": "Ferry\\u0007", "text": "Six."}',
        wordings={"default": "Control characters were removed. Send plain text."},
    ),
    Code.W_BIDI: Entry(
        meaning="Characters that reverse the direction of the text were removed.",
        cause="A word processor, or an attempt to disguise a text.",
        fix="Leave them out; the marks RLM and LRM are allowed.",
        example='{"title": "Ferry \\u202egnp", "text": "Six."}',
        wordings={
            "default": "Characters that reverse the direction of the text were removed. "
            "Leave them out.",
        },
    ),
    Code.W_INVISIBLE: Entry(
        meaning="Invisible characters were removed, or a run of more than 30 combining marks was "
        "split.",
        cause="Tag characters or noncharacters, which can hide messages; marks piled up on one "
        "character.",
        fix="Leave them out.",
        example='{"title": "Ferry \\ufdd0", "text": "Six."}',
        wordings={
            "default": "Invisible characters were removed. Leave them out.",
            "marks": "A run of more than {limit} combining marks was split with U+034F. "
            "Shorten it.",
        },
    ),
    Code.W_UNREAD: Entry(
        meaning="A field that was not read looks like one that the article lacks.",
        cause="A name that the format does not have.",
        fix="Rename the field, or ask the operator to read it: feeds.toml has `fields` and "
        "`status` for each feed.",
        example='{"title": "Ferry", "link": "https://a.example/1", "went_live": "2025-01-02"}',
        wordings={
            "default": "The article has no {field}, and the field {name}, which was not read, "
            "looks like one. Rename it, or ask the operator to read it (fields in feeds.toml).",
            "status": "The field {name} was not read: {value} does not say whether the article "
            "may be published. If it does in your system, ask the operator to add the word "
            "(status in feeds.toml).",
        },
    ),
    Code.W_ENVELOPE: Entry(
        meaning="The file is an envelope of no known format; the list of articles in it was used.",
        cause="The answer of an API, or an export, around the articles.",
        fix="Nothing, if the message names the right list; otherwise send that list.",
        example='{"took": 3, "data": [{"title": "Ferry", "link": "https://a.example/1"}]}',
        wordings={
            "default": "The articles were read from {place}; nothing else of the file was read. "
            "If that is not right, send the list of articles alone.",
        },
    ),
    Code.W_PLACEHOLDER: Entry(
        meaning="The text is a placeholder of a paid plan; the field is absent.",
        cause="A news API whose plan does not include the text.",
        fix="Nothing; or use a plan that includes it.",
        example='{"title": "Ferry", "link": "https://a.example/1", '
        '"content": "ONLY AVAILABLE IN PAID PLANS"}',
        wordings={"default": "{value} is a placeholder, not a text; the field was dropped."},
    ),
    Code.W_SUPERSEDED: Entry(
        meaning="An earlier upload of the article has the later version, or cancels the article "
        "for good; this version was superseded.",
        cause="A correction with an older modification date than the stored version, with one "
        "before the upload of a version that has none, or with a lower version number.",
        fix="Send the article again with a later modification date, or without one.",
        example="a correction whose updated_at is before that of the version that is stored",
        wordings={
            "dated": "This version was modified at {own}, but an earlier upload is dated {stored}, "
            "which is later. Send a modification date after {stored}, or none.",
            "undated": "This version was modified at {own}, before the upload of the stored one, "
            "which counts from {stored}. Send a modification date after {stored}, or none.",
            "ahead": "This version counts from its upload at {own}, but an earlier upload is dated "
            "{stored}, which is later. Upload it again after {stored}.",
            "version": "This version is dated {time}, as is an earlier upload with a higher "
            "version number. Send a higher one, or a later modification date.",
            "kill": "An earlier upload canceled the article for good. "
            "If that was a mistake, ask the operator to revive the article.",
            "removed": "The article was removed for good by the operator. "
            "If that was a mistake, ask the operator to revive the article.",
        },
    ),
    Code.W_STILL_STORED: Entry(
        meaning="A replay could not read an article again that an earlier reading had stored.",
        cause="The rules or the settings of the feed have become stricter, or the upload is gone.",
        fix="Upload a version that is accepted, or one that withdraws the article.",
        example="an upload that was accepted and is replayed after its feed requires more fields",
        wordings={
            "record": "An earlier reading of this record is still stored as article {article}. "
            "Upload a version that is accepted, or one that withdraws it.",
            "upload": "What earlier readings of this upload stored stays as it is; "
            "articles that they name: {count}.",
        },
    ),
}

# For the last problem of a kind that is noted, of any code.
_OF_ANY = {"more": "There are more problems of this kind; they are not listed."}


def wording(code: Code, reason: str) -> str:
    """Return the template of a message."""
    return CATALOGUE[code].wordings.get(reason) or _OF_ANY[reason]
