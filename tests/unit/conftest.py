import os

from hypothesis import HealthCheck, settings

# In CI the examples are the same in every run: a red build is about the change it tests.
settings.register_profile(
    "default",
    max_examples=60,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("default")
