from hypothesis import HealthCheck, settings

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
