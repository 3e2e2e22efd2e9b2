"""Uploads by a form (POST Object): moto takes any; here, S3's rules for its policy hold."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.s3.exceptions import S3ClientError

from .request_limits import size_of

if TYPE_CHECKING:
    from moto.s3.responses import S3Response

    from .request_limits import Json, Moto

SECRET = "embedded"  # noqa: S105 - of every client of the embedded AWS
# Form fields that need no condition.
_FREE = frozenset({"x-amz-signature", "file", "policy", "bucket"})


def bucket_response_post(moto: Moto, handler: S3Response, request: object, bucket: str) -> Any:  # noqa: ANN401 - as moto's
    """Judge a form, and give the version of what it has stored, as S3 does."""
    form = {name.lower(): value for name, value in handler.form_data.items()}
    if "key" not in form:  # another request with this method
        return moto(handler, request, bucket)
    form["key"] = key = handler.querystring["key"][0]  # with the name of the file in it
    _judge(form | {"bucket": bucket}, size_of(handler.body))
    status, headers, body = moto(handler, request, bucket)
    stored = handler.backend.get_object(bucket, key)
    return status, {**headers, "x-amz-version-id": stored and stored.version_id}, body


def _judge(form: Json, size: int) -> None:
    try:
        policy = json.loads(base64.b64decode(form["policy"]))
        expires = datetime.fromisoformat(policy["expiration"])
    except (KeyError, ValueError, binascii.Error):
        raise S3ClientError("AccessDenied", "Access Denied") from None
    if not hmac.compare_digest(_signature(form), form.get("x-amz-signature", "")):
        raise S3ClientError("SignatureDoesNotMatch", "The request signature does not match.")
    if expires < datetime.now(UTC):
        raise _refusal("Policy expired.")
    named = set(_FREE)
    for condition in policy["conditions"]:
        match [*condition.items()] if isinstance(condition, dict) else [tuple(condition)]:
            case [("content-length-range", least, most)]:
                _check_size(size, least, most)
                continue
            case [("starts-with", name, prefix)]:
                holds = form.get(_field(name), "").startswith(prefix)
            case [("eq", name, value)] | [(name, value)]:
                holds = form.get(_field(name)) == value
            case _:
                raise S3ClientError("InvalidPolicyDocument", f"Invalid Policy: {condition}")
        if not holds:
            raise _refusal(f"Policy Condition failed: {json.dumps(condition)}")
        named.add(_field(name))
    if extra := sorted(form.keys() - named):
        raise _refusal(f"Extra input fields: {', '.join(extra)}")


def _field(name: str) -> str:
    return name.removeprefix("$").lower()


def _check_size(size: int, least: int, most: int) -> None:
    if size > most:
        raise S3ClientError("EntityTooLarge", "Your proposed upload exceeds the maximum size.")
    if size < least:
        raise S3ClientError("EntityTooSmall", "Your proposed upload is below the minimum size.")


def _refusal(why: str) -> S3ClientError:
    return S3ClientError("AccessDenied", f"Invalid according to Policy: {why}")


def _signature(form: Json) -> str:
    """Sign the policy as its credential says (Signature Version 4)."""
    _, *scope = form.get("x-amz-credential", "").split("/")
    key = f"AWS4{SECRET}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, form["policy"].encode(), "sha256").hex()
