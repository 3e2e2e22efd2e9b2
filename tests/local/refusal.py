"""How a request that AWS refuses is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Item = dict[str, Any]


def refusal(call: Callable[..., Any], **asked: Any) -> tuple[str, str]:
    """Make a call that must fail; gives the error's code and message."""
    with pytest.raises(ClientError) as caught:
        call(**asked)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]
