import gc
import os

from hypothesis import HealthCheck, settings

# What tests import and start is large and stays: it need not be searched for garbage so often.
gc.set_threshold(10_000, 20, 20)

# Every run tries the same examples: a red build is about the change it tests.
# The random inputs are those of `make fuzz`.
settings.register_profile(
    "default",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("default")


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int:
    """Give `-n auto`: one more than processors, as tests often wait for programs they start."""
    return (os.cpu_count() or 1) + 1
