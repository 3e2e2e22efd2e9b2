"""What AWS refuses is one sentence, which says what to do next."""

from unittest.mock import patch

import boto3
import pytest

from tests.aws.border import Border

from .conftest import Articles

KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
SIGNED_IN = KEYS | {"AWS_DEFAULT_REGION": "eu-west-1"}
DENIED = "User: arn:aws:iam::1:user/x is not authorized to perform: cloudformation:DescribeStacks"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (("ExpiredToken", 403, ""), "The AWS credentials have expired: sign in again"),
        (("InvalidClientTokenId", 403, ""), "AWS does not know these credentials: check"),
        (("RequestTimeTooSkewed", 403, ""), "its clock is wrong: set it."),
        (("AccessDenied", 403, DENIED), "does not allow cloudformation:DescribeStacks: ask for a"),
        (("AccessDeniedException", 400, ""), "does not allow DescribeStacks: ask for a policy"),
        (("Throttling", 400, "Rate exceeded"), "AWS failed: An error occurred (Throttling)"),
    ],
)
def test_aws_refuses(
    border: Border, articles: Articles, fault: tuple[str, int, str], says: str
) -> None:
    code, status, message = fault
    border.clear()
    border.fail("DescribeStacks", code, status=status, says=message)
    done = articles("list", **SIGNED_IN)

    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)
    assert says in done.err


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"AWS_ACCESS_KEY_ID": ""}, "There are no AWS credentials (Unable to locate credentials):"),
        ({"AWS_PROFILE": "x"}, "AWS_PROFILE is x, which no AWS configuration has: unset"),
        ({"AWS_DEFAULT_REGION": ""}, "There is no AWS region: set AWS_DEFAULT_REGION"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "AWS_ENDPOINT_URL is http://127.0.0.1:9: run"),
    ],
)
def test_what_is_lacking_here(articles: Articles, environment: dict[str, str], says: str) -> None:
    nothing = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null"}
    nothing |= {"AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_MAX_ATTEMPTS": "1"}
    variables = SIGNED_IN | nothing | environment
    with patch.object(boto3, "DEFAULT_SESSION", None):  # as in a process of its own
        done = articles("list", **{name: value for name, value in variables.items() if value})

    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)
    assert says in done.err
