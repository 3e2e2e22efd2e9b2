"""How an exception is logged: what it is and where it was raised, and never a whole document.

An error may quote the value it met (pydantic and botocore do), so its text is cut.
"""

import traceback
from typing import Any

TEXT_LOGGED = 200


def told(fault: BaseException) -> dict[str, Any]:
    """Give the members of a log line; text from outside has at most 200 characters."""
    frames = traceback.extract_tb(fault.__traceback__)
    return {
        "fault": type(fault).__name__,
        "cause": str(fault)[:TEXT_LOGGED],
        "raised_in": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
