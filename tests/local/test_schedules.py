"""A service of its own: what runs on a schedule only if a parameter says so."""

from io import StringIO

from .conftest import embedded


def test_a_schedule_that_a_parameter_switches_on_runs() -> None:
    log = StringIO()
    with embedded(log, ReconcileEvery="rate(1 day)") as aws:
        aws.drain()

    assert '"function": "articles-reconcile-test"' in log.getvalue()
