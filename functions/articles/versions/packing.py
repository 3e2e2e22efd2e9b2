"""An article as it is stored: the metadata as a map, the body compressed, and both small enough."""

import gzip
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from articles.catalogue import Code
from articles.problems import Problem, Rejected
from articles.versions.identity import canonical_json, content_hash

if TYPE_CHECKING:  # publish only unpacks
    from articles.article import Article

# DynamoDB refuses an item over 400 KB. JSON is a little longer than DynamoDB's own count, and the
# other attributes of an item are few and short.
MAX_BODY_BYTES = 300 * 1024
MAX_ITEM_BYTES = 380 * 1024


class Packed(NamedTuple):
    """The attributes of an item: `article` (canonical, less the body), `body`, `content_hash`."""

    metadata: dict[str, Any]
    body: bytes | None
    content_hash: str


def pack(article: "Article") -> Packed:
    """Pack an article; the body is gzipped JSON, `{"text"?, "html"?}`, for any language to read.

    Raises Rejected with E_TOO_LARGE.
    """
    metadata = article.as_json()
    hashed = content_hash(metadata)
    body = {it: metadata.pop(f"body_{it}") for it in ("text", "html") if f"body_{it}" in metadata}
    # mtime=0: the same body gives the same bytes.
    packed = gzip.compress(canonical_json(body).encode(), mtime=0) if body else b""
    size = len(canonical_json(metadata).encode()) + len(packed)
    if len(packed) > MAX_BODY_BYTES or size > MAX_ITEM_BYTES:
        problem = Problem.of(
            Code.E_TOO_LARGE,
            "article",
            size=size,
            limit=MAX_ITEM_BYTES,
            body=len(packed),
            body_limit=MAX_BODY_BYTES,
        )
        raise Rejected(problem)
    return Packed(metadata, packed or None, hashed)


def unpack_body(packed: Any) -> dict[str, str]:  # noqa: ANN401 - boto3's Binary has no type
    """Unpack the attribute `body`: the article's fields `body_text` and `body_html`."""
    body = json.loads(gzip.decompress(bytes(packed))) if packed else {}
    return {f"body_{name}": text for name, text in body.items()}
