"""The dashboard of template.yaml, and what its widgets show of metrics and of log lines."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from tests.template.stack import source, translate

from .alarms import Metric, Metrics, metric, substituted

Widget = dict[str, Any]
Row = dict[str, Any]
_MATH = re.compile(r"(?:(\d+) \* )?(\w+) / (\d+)")
_COUNTED = re.compile(r"(count|sum)\(([\w.*]+)\) as (\w+)")
_TEST = re.compile(r"ispresent\((?P<present>\w+)\)|(?P<name>\w+) = '(?P<value>\w+)'")


class Line(NamedTuple):
    """A line of a graph: of a metric, times `factor`, or of a query over metrics."""

    label: str
    color: str | None
    shown: Metric | str
    statistic: str
    factor: float = 1

    def points(self, metrics: Metrics, periods: Iterable[range]) -> list[tuple[int, float]]:
        """Give the value of each period of minutes, by its first; what is missing is left out."""
        values = ((it.start, self._value(metrics, it)) for it in periods)
        return [(minute, it * self.factor) for minute, it in values if it is not None]

    def _value(self, metrics: Metrics, minutes: range) -> float | None:
        if isinstance(self.shown, str):
            return metrics.queried(self.shown, minutes)
        return metrics.statistic(self.shown, self.statistic, minutes)


@cache
def body() -> dict[str, Any]:
    """Give what the dashboard shows; what it refers to goes by its name in the template."""
    [it] = _of_type("AWS::CloudWatch::Dashboard").values()
    found: dict[str, Any] = json.loads(substituted(it["DashboardBody"]["Fn::Sub"]))
    return found


def digest() -> str:
    """Tell one dashboard from another."""
    return hashlib.sha256(json.dumps(body(), sort_keys=True).encode()).hexdigest()


def widgets(kind: str) -> list[Widget]:
    """Give the properties of all widgets of a type."""
    return [it["properties"] for it in body()["widgets"] if it["type"] == kind]


def _of_type(kind: str) -> dict[str, dict[str, Any]]:
    return {name: it["Properties"] for name, it in _resources().items() if it["Type"] == kind}


@cache
def _resources() -> dict[str, Any]:
    resources: dict[str, Any] = translate(source())["Resources"]
    return resources


# ── Graphs ───────────────────────────────────────────────────────────────────────────────────────


def described(widget: Widget) -> list[tuple[list[str], dict[str, Any]]]:
    """Write out the metrics of a widget: what each repeats of the one above it, and its options.

    Metric math has no names.
    """
    found: list[tuple[list[str], dict[str, Any]]] = []
    above: list[str] = []
    for row in widget["metrics"]:
        options = row[-1] if isinstance(row[-1], dict) else {}
        names = [it for it in row if isinstance(it, str)]
        if names == ["..."]:
            names = above
        names = [above[n] if it == "." else it for n, it in enumerate(names)]
        above = names or above
        found.append((names, options))
    return found


def metric_of(names: list[str]) -> Metric:
    namespace, name, *dimensions = names
    return metric(
        f"{namespace} {name}", **dict(zip(dimensions[::2], dimensions[1::2], strict=True))
    )


def lines(widget: Widget) -> list[Line]:
    """Give the lines of a graph, named as CloudWatch names them: by what tells them apart."""
    rows = described(widget)
    by_id = {options["id"]: names for names, options in rows if "id" in options}
    is_of_one = len({names[1] for names, _ in rows if names}) == 1
    found = []
    for names, options in rows:
        color: str | None = options.get("color")
        statistic: str = options.get("stat") or widget["stat"]
        if not names:
            expression, label = options["expression"], options["label"]
            if math := _MATH.fullmatch(expression):
                shown, factor = metric_of(by_id[math[2]]), int(math[1] or 1) / int(math[3])
                found.append(Line(label, color, shown, statistic, factor))
            else:
                query, _, by = expression.partition(" GROUP BY ")
                found.append(Line(label or f"by {by}", color, query, "Sum"))
        elif options.get("visible", True):
            label = options.get("label", _told_apart(names) if is_of_one else names[1])
            found.append(Line(label, color, metric_of(names), statistic))
    return found


def _told_apart(names: list[str]) -> str:
    return " ".join(names[3::2])


# ── Logs ─────────────────────────────────────────────────────────────────────────────────────────


def groups(query: str) -> list[str]:
    return re.findall(r"SOURCE '(\w+)'", query)


def answer(query: str, logged: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Run a query as CloudWatch Logs Insights does, as far as the dashboard's queries go."""
    known = _of_type("AWS::Logs::LogGroup")
    names = {known[it]["LogGroupName"]["Fn::Sub"].rpartition("/")[2] for it in groups(query)}
    rows = [_flat(it) for it in logged if it["function_name"] in names]
    fields: list[str] = []
    for verb, _, what in (it.partition(" ") for it in query.split(" | ")):
        if verb == "fields":
            fields = what.split(", ")
        elif verb == "filter":
            rows = [it for it in rows if any(_holds(test, it) for test in what.split(" or "))]
        elif verb == "stats":
            rows = _counted(rows, what)
        elif verb == "sort":
            by = what.removesuffix(" desc")
            rows.sort(key=lambda it: it[by], reverse=True)
        elif verb == "limit":
            rows = rows[: int(what)]
        else:
            assert verb == "SOURCE", verb
    return [{name: it.get(name) for name in fields} for it in rows] if fields else rows


def _flat(line: Mapping[str, Any]) -> Row:
    inner = {
        f"{name}.{key}": it
        for name in line
        if isinstance(line[name], dict)
        for key, it in line[name].items()
    }
    return {**line, **inner}


def _holds(test: str, row: Row) -> bool:
    told = _TEST.fullmatch(test)
    assert told, test
    return told["present"] in row if told["present"] else row.get(told["name"]) == told["value"]


def _counted(rows: list[Row], what: str) -> list[Row]:
    counted, by = what.split(" by ")
    together: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        together.setdefault(tuple(row.get(it) for it in by.split(", ")), []).append(row)
    return [
        dict(zip(by.split(", "), key, strict=True))
        | {
            name: len(of) if how == "count" else sum(it.get(field, 0) for it in of)
            for how, field, name in _COUNTED.findall(counted)
        }
        for key, of in together.items()
    ]
