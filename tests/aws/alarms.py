"""The alarms of template.yaml over metrics: an evaluator, as CloudWatch has one.

An alarm is evaluated every minute over the periods that end then. A period without a value is
missing, and counts as `TreatMissingData` says; CloudWatch's longer look back for values that come
late is left out.
"""

import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from tests.template.stack import source, translate

Metric = tuple[str, frozenset[tuple[str, str]]]  # "namespace name", and dimensions
Alarm = dict[str, Any]
STAGE = "test"
_STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "p50": lambda values: _percentile(values, 50),
    "p99": lambda values: _percentile(values, 99),
}
_COMPARES: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
}
_QUERY = re.compile(
    r'SELECT SUM\((?P<name>\w+)\) FROM SCHEMA\("(?P<namespace>[\w/]+)", (?P<names>[\w, ]+)\) '
    r"WHERE (?P<by>\w+) = '(?P<value>[\w-]+)'"
)


def metric(name: str, **dimensions: str) -> Metric:
    return name, frozenset(dimensions.items())


def _percentile(values: list[float], percent: int) -> float:
    """Return the least value that so many in a hundred do not exceed."""
    return sorted(values)[-(-percent * len(values) // 100) - 1]


class Metrics:
    """Values by metric and by minute."""

    def __init__(self) -> None:
        self._values: dict[Metric, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))

    @property
    def sent(self) -> set[Metric]:
        return set(self._values)

    def add(self, of: Metric, minute: int, *values: float) -> None:
        self._values[of][minute] += values

    def add_printed(self, line: Mapping[str, Any], minute: int) -> None:
        """Add what a function printed in the embedded metric format."""
        for group in line["_aws"]["CloudWatchMetrics"]:
            [names] = group["Dimensions"]
            dimensions = {name: line[name] for name in names}
            for it in group["Metrics"]:
                of = metric(f"{group['Namespace']} {it['Name']}", **dimensions)
                self.add(of, minute, *line[it["Name"]])

    def statistic(self, of: Metric, statistic: str, minutes: range) -> float | None:
        """Give a statistic over a period; None when it is missing."""
        by_minute = self._values.get(of, {})
        values = [it for minute in minutes for it in by_minute.get(minute, ())]
        return _STATISTICS[statistic](values) if values else None

    def queried(self, query: str, minutes: range) -> float | None:
        """Sum up all metrics that a query selects."""
        asked = _QUERY.fullmatch(query.strip())
        assert asked, query
        name = f"{asked['namespace']} {asked['name']}"
        names = set(asked["names"].split(", "))
        selected = [
            of
            for of in self._values
            if of[0] == name
            and {it for it, _ in of[1]} == names
            and (asked["by"], asked["value"]) in of[1]
        ]
        return total(self.statistic(of, "Sum", minutes) for of in selected)


def total(values: Iterable[float | None]) -> float | None:
    there = [it for it in values if it is not None]
    return sum(there) if there else None


@cache
def alarms() -> dict[str, Alarm]:
    """Give the template's alarms; what they refer to goes by its name in the template."""
    resources = translate(source())["Resources"]
    return {
        name: _resolved(it["Properties"])
        for name, it in resources.items()
        if it["Type"] == "AWS::CloudWatch::Alarm"
    }


def _resolved(value: Any) -> Any:
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return STAGE if name == "Stage" else name
        case {"Fn::Sub": str(text)}:
            return substituted(text)
        case dict():
            return {name: _resolved(it) for name, it in value.items()}
        case list():
            return [_resolved(it) for it in value]
    return value


def substituted(text: str) -> str:
    """Put names for what the text of a Fn::Sub refers to: of `${Queue.Arn}`, that is Queue."""
    return re.sub(r"\$\{([\w:]+)[^}]*\}", lambda it: _resolved({"Ref": it[1]}), text)


def is_on(alarm: Alarm, metrics: Metrics, minute: int) -> bool:
    """Whether an alarm is on at the end of a minute."""
    needed = int(alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"])
    return sum(_breaches(alarm, it) for it in _datapoints(alarm, metrics, minute)) >= needed


def _breaches(alarm: Alarm, value: float | None) -> bool:
    if value is None:
        return bool(alarm["TreatMissingData"] == "breaching")
    return _COMPARES[alarm["ComparisonOperator"]](value, alarm["Threshold"])


def _datapoints(alarm: Alarm, metrics: Metrics, minute: int) -> Iterator[float | None]:
    stats = [it["MetricStat"] for it in alarm.get("Metrics", ()) if "MetricStat" in it]
    told = next((it for it in alarm.get("Metrics", ()) if it.get("ReturnData", True)), None)
    period = (alarm if told is None else told if "Period" in told else stats[0])["Period"] // 60
    for back in range(alarm["EvaluationPeriods"]):
        end = minute + 1 - back * period
        minutes = range(end - period, end)
        if told is None:
            yield metrics.statistic(_metric(alarm), alarm["Statistic"], minutes)
        elif told["Expression"] == "SUM(METRICS())":
            yield total(
                metrics.statistic(_metric(it["Metric"]), it["Stat"], minutes) for it in stats
            )
        else:
            yield metrics.queried(told["Expression"], minutes)


def _metric(described: Mapping[str, Any]) -> Metric:
    dimensions = {it["Name"]: it["Value"] for it in described["Dimensions"]}
    return metric(f"{described['Namespace']} {described['MetricName']}", **dimensions)
