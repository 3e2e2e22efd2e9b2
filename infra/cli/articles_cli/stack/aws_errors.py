"""What AWS refuses, or the way to it: a sentence that also says what to do next."""

import os
import re

from boto3.exceptions import Boto3Error
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own is no OSError
    CredentialRetrievalError,
    HTTPClientError,
    LoginError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

ERRORS = (Boto3Error, BotoCoreError, ClientError)
_UNREACHABLE = (ConnectionError, HTTPClientError)
_NOT_SIGNED_IN = (NoCredentialsError, PartialCredentialsError)
_NO_LONGER_SIGNED_IN = (CredentialRetrievalError, LoginError, SSOError, TokenRetrievalError)

_PROFILES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
_HERE = "or run `articles up` and set the variables that it prints, to stay on this machine"
_SIGN_IN_AGAIN = "sign in again, such as by `aws sso login`, and repeat the command"
_EXPIRED = f"The AWS credentials have expired: {_SIGN_IN_AGAIN}."
_UNKNOWN = "AWS does not know these credentials: check AWS_PROFILE and the AWS_… variables."
_SKEWED = "AWS takes no request of this machine, as its clock is wrong: set it."
_DENIED = "ask for a policy that allows it; `articles policy` prints those of a stack"
_SAID = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "AuthFailure": _UNKNOWN,
    "InvalidAccessKeyId": _UNKNOWN,
    "InvalidClientTokenId": _UNKNOWN,
    "InvalidToken": _UNKNOWN,
    "SignatureDoesNotMatch": _UNKNOWN,
    "UnrecognizedClientException": _UNKNOWN,
    "InvalidSignatureException": f"{_UNKNOWN} If they are right, the clock of this machine is not.",
    "RequestInTheFuture": _SKEWED,
    "RequestTimeTooSkewed": _SKEWED,
}
_ACTION = re.compile(r"not authorized to perform: ([\w:]+)")


def explained(error: Exception) -> str:
    """Say what went wrong, and what to do next."""
    why = str(error).rstrip(". ")
    if isinstance(error, ClientError):
        return _refused(error, why)
    if isinstance(error, NoRegionError):
        return f"There is no AWS region: set AWS_DEFAULT_REGION, such as eu-west-1, {_HERE}."
    if isinstance(error, ProfileNotFound):
        profile = error.kwargs["profile"]
        names = (it for it in _PROFILES if os.environ.get(it) == profile)
        variable = next(names, _PROFILES[-1])
        return f"{variable} is {profile}, which no AWS configuration has: unset it or name another."
    if isinstance(error, _NOT_SIGNED_IN):
        return f"There are no AWS credentials ({why}): sign in and set AWS_PROFILE, {_HERE}."
    if isinstance(error, _NO_LONGER_SIGNED_IN):
        return f"AWS gives no credentials ({why}): {_SIGN_IN_AGAIN}."
    if isinstance(error, _UNREACHABLE):
        return f"Could not reach AWS: {why}. {_where()}"
    return f"AWS failed: {why}."


def _refused(error: ClientError, why: str) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    if code in _SAID:
        return _SAID[code]
    if "AccessDenied" in code or code in ("403", "AuthorizationError", "UnauthorizedOperation"):
        named = _ACTION.search(why)
        action = named[1] if named else error.operation_name
        return f"AWS does not allow {action}: {_DENIED} ({why})."
    return f"AWS failed: {why}."


def _where() -> str:
    if endpoint := os.environ.get("AWS_ENDPOINT_URL"):
        return f"AWS_ENDPOINT_URL is {endpoint}: run `articles up` there, or unset it."
    return "Check the network, the proxy, and the region."
