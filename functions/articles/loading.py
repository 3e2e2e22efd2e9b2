"""What a function loads before its first event: all of it stays, so none of it is garbage.

Python's collector walks everything that was loaded so far, again and again as it grows.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def for_good() -> Iterator[None]:
    """Look for no garbage in what is loaded or built in here, neither now nor later."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:  # else whoever disabled it enables it again
            gc.enable()
