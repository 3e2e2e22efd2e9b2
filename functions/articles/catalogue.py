"""What each code means, where it usually comes from, and what an uploader can do about it.

docs/codes.md is generated from this. `example` is an upload that gets the code, if a short one can;
a test uploads it.
"""

from typing import NamedTuple

from articles.problems import Code


class Entry(NamedTuple):
    """One row of the catalogue."""

    meaning: str
    cause: str
    mend: str
    example: str


CATALOGUE: dict[Code, Entry] = {
    Code.E_ENCODING: Entry(
        "The bytes are not UTF-8.",
        "An export in Latin-1 or UTF-16, a file cut inside a character, or no text at all.",
        "Save the file as UTF-8, with at most one byte order mark.",
        '{"title": "Caf\\xe9"} in Latin-1',
    ),
    Code.E_JSON: Entry(
        "The text is not JSON as RFC 8259 defines it, nests deeper than 100 levels, or holds a "
        "number that a double cannot hold.",
        "JSON put together by hand, a trailing comma, NaN, an upload that was cut short.",
        "Write the file with a JSON library; the message names the line and the column.",
        '{"title": "Ferry",}',
    ),
    Code.E_COMPRESSION: Entry(
        "The file is not whole, is packed twice, or is packed with something else than gzip, bzip2 "
        "or zstd.",
        "An upload that was cut short, an archive (zip, 7z), a name that promises another packing.",
        "Send the file plain, or packed once; the message names what was found.",
        "the first half of a gzip file",
    ),
    Code.E_UNREADABLE: Entry(
        "S3 will never let the service read the file, because of how it was stored.",
        "An archive class such as GLACIER, a key of your own (SSE-C), or a KMS key of another "
        "account.",
        "Upload it again with the storage class STANDARD and without a key.",
        "a file with the storage class GLACIER",
    ),
    Code.E_EMPTY: Entry(
        "There is nothing in the file.",
        "An export that ran before there was anything to export.",
        "Upload the file again once it has content.",
        "[]",
    ),
    Code.E_TOPLEVEL: Entry(
        "The file holds a single number, text or null.",
        "JSON that was encoded twice.",
        "Send an object (one article), a list, or one object a line.",
        '"{\\"title\\": \\"Ferry\\"}"',
    ),
    Code.E_TOO_LARGE: Entry(
        "The file, what it unpacks to, a record, or its only title or identifier is over a limit; "
        "the message names the limit and the size.",
        "A whole archive in one record, a text in the place of a title, a file that unpacks to "
        "hundreds of times its size.",
        "Split the file, or shorten the field; the message says which.",
        "a record of 9 MiB",
    ),
    Code.E_UNKNOWN_SHAPE: Entry(
        "No known format has these fields.",
        "A format that is not supported yet, or an envelope that is not known.",
        "Send at least a title with a text, an id or a link; docs/uploads.md lists the formats.",
        '{"name": "Ferry", "story": "It leaves at six."}',
    ),
    Code.E_REQUIRED: Entry(
        "A field or an identity that the feed requires is absent, or the feed rejects a warning.",
        "A feed that asks for more than the format does.",
        "Send the field that the message names, or ask the operator to change the feed.",
        '{"title": null, "text": null, "status": "withheld"}',
    ),
    Code.E_FEED: Entry(
        "The key names no feed of this service.",
        "A typing error in the key, or a feed that is not listed.",
        "Upload under incoming/<feed>/ with the name that the operator gave you.",
        "the key incoming/Reuters!/a.json",
    ),
    Code.E_INTERNAL: Entry(
        "A fault of ours on this record; the operator is alarmed.",
        "A bug.",
        "Nothing: the operator has the upload read again once the fault is mended.",
        "none that we know of",
    ),
    Code.E_NOT_ARTICLE: Entry(
        "The record is well formed, but it is not an article.",
        "A picture, a product, a list of sources, a page without an article.",
        "Leave it out; only articles are ingested.",
        '[1, {"title": "Ferry", "id": "1"}]',
    ),
    Code.E_UPSTREAM_ERROR: Entry(
        "The file is the error that an API answered with, saved in the place of its articles.",
        "An expired key or a spent quota of the API.",
        "Ask the API again, and upload what it answers then.",
        '{"status": "error", "code": "apiKeyInvalid", "message": "No."}',
    ),
    Code.E_FIELD_TYPE: Entry(
        "The only title, text or identifier has a type that cannot be read.",
        "A title as an object or a number.",
        "Send the field as a text.",
        '{"title": 7, "url": "https://a.example/"}',
    ),
    Code.E_FIELD_VALUE: Entry(
        "A field has a value that would be dangerous to guess about.",
        "A status in words of one's own, a hidden character in an identifier.",
        "Send one of the values that the message names.",
        '{"title": "Ferry", "id": "1", "status": "on hold"}',
    ),
    Code.E_NO_CONTENT: Entry(
        "The record has neither a title nor a text.",
        "Fields that are empty.",
        "Send a title or a text; only a withheld or canceled notice may have neither.",
        '{"title": "", "url": "https://a.example/"}',
    ),
    Code.W_DUPLICATE_KEY: Entry(
        "A name stands twice in one object; the last value was taken.",
        "JSON put together by hand.",
        "Send each name once.",
        '{"title": "Ferry", "title": "Ferries", "id": "1"}',
    ),
    Code.W_SURROGATE: Entry(
        "Half of a surrogate pair became U+FFFD.",
        "A text that was cut in the middle of an emoji.",
        "Cut texts at characters, not at UTF-16 code units.",
        '{"title": "Ferry \\ud83d", "id": "1"}',
    ),
    Code.W_DATE: Entry(
        "The value is not a date we read; the field is absent.",
        "Words such as yesterday, American numeric dates, a day that does not exist.",
        "Send RFC 3339, such as 2026-03-01T09:00:00Z.",
        '{"title": "Ferry", "id": "1", "published_at": "yesterday"}',
    ),
    Code.W_DATE_SENTINEL: Entry(
        "The date is a placeholder for an unknown one; the field is absent.",
        "A database that writes 0001-01-01 or the Unix epoch for nothing.",
        "Leave the field out when the date is not known.",
        '{"title": "Ferry", "id": "1", "published_at": "0001-01-01T00:00:00Z"}',
    ),
    Code.W_DATE_RANGE: Entry(
        "The date is before 1600 or more than two days in the future; it was kept.",
        "A typing error in the year, a date of another meaning.",
        "Check the year.",
        '{"title": "Ferry", "id": "1", "published_at": "2199-01-01"}',
    ),
    Code.W_DATE_ORDER: Entry(
        "The article was modified before it was published; both dates were kept.",
        "Dates in each other's place, or in two time zones.",
        "Check which date is which.",
        '{"title": "Ferry", "id": "1", "published_at": "2025-01-02T00:00:00Z", '
        '"updated_at": "2025-01-01T00:00:00Z"}',
    ),
    Code.W_URL: Entry(
        "The value is not an absolute http or https address; the field is absent.",
        "A path without its host, a word, another scheme.",
        "Send the full address of the page.",
        '{"title": "Ferry", "id": "1", "url": "/news/ferry"}',
    ),
    Code.W_AUTHOR: Entry(
        "An author's name is an address, a date or too long; it was dropped.",
        "A profile's address in the place of a name.",
        "Send names only.",
        '{"title": "Ferry", "id": "1", "author": "https://a.example/ida"}',
    ),
    Code.W_AUTHOR_UNSPLIT: Entry(
        "The byline may hold one name or two; it was kept as one.",
        "A name with its family name first.",
        "Send authors as a list.",
        '{"title": "Ferry", "id": "1", "author": "Marsh, Ida"}',
    ),
    Code.W_LANGUAGE: Entry(
        "The language is not a BCP 47 tag or a name we know; the field is absent.",
        "A word of one's own, or a tag such as und.",
        "Send a tag such as en or pt-BR.",
        '{"title": "Ferry", "id": "1", "language": "klingonese"}',
    ),
    Code.W_FIELD_TYPE: Entry(
        "A field, or a member of it, has a type that cannot be read, or is over a limit; it was "
        "dropped.",
        "An object where a text is expected.",
        "Send the field in the form that docs/uploads.md shows.",
        '{"title": "Ferry", "id": "1", "section": {"no": "text"}}',
    ),
    Code.W_STATUS_ALIAS: Entry(
        "The status is another word for one of the three; it was translated.",
        "The words of another system, or British spelling.",
        "Send usable, withheld or canceled.",
        '{"title": "Ferry", "id": "1", "status": "cancelled"}',
    ),
    Code.W_MOJIBAKE: Entry(
        "The text looks like UTF-8 that was read as Latin-1; it was kept as it is.",
        "An export that decoded with the wrong encoding.",
        "Mend the export: only its author knows what the text was.",
        '{"title": "Caf\u00c3\u00a9 opens", "id": "1"}',
    ),
    Code.W_NO_TITLE: Entry(
        "No line of the text is a title; the article has none.",
        "A text whose first line is its first paragraph.",
        "Send the headline as the field title.",
        '{"text": "The ferry leaves at six."}',
    ),
    Code.W_EMBARGO: Entry(
        "The end of the embargo is not known for sure; the article is withheld until a correction.",
        "A local time without its offset, or words.",
        "Send the embargo with its offset, such as 2026-03-01T09:00:00+01:00.",
        '{"title": "Ferry", "id": "1", "embargo": "2030-01-01 06:00"}',
    ),
    Code.W_ASSUMED_TIMEZONE: Entry(
        "A time without offset was read in the feed's time zone.",
        "A system that writes local times.",
        "Nothing, if the zone is right; else send times with their offset.",
        '{"title": "Ferry", "id": "1", "published_at": "2025-01-01 06:00"}',
    ),
    Code.W_CONTROL: Entry(
        "Control characters were removed.",
        "Text copied from a terminal or a PDF.",
        "Send plain text.",
        '{"title": "Ferry\\u0007", "id": "1"}',
    ),
    Code.W_BIDI: Entry(
        "Characters that reverse the direction of the text were removed.",
        "An attempt to disguise a text, or a word processor.",
        "Leave them out; the marks RLM and LRM may stay.",
        '{"title": "Ferry \\u202egnp", "id": "1"}',
    ),
    Code.W_INVISIBLE: Entry(
        "Invisible characters were removed, or a run of more than 30 combining marks was divided.",
        "Tag characters and noncharacters, which some hide messages in; text that is piled up.",
        "Leave them out.",
        '{"title": "Ferry \\ufdd0", "id": "1"}',
    ),
}
