"""What EventBridge delivers, and to whom, where moto differs; `limits` patches this into moto.

Patterns look into arrays of objects as EventBridge's matcher does (aws/event-ruler, "JSON Array
Matching"): an array stands for its elements, and no two conditions may be met in different elements
of one array. A condition can only be on a value: objects and arrays of objects do not `exist`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from moto.core.utils import unix_time
from moto.events.models import UNDEFINED, EventPattern, ReplayState, events_backends
from moto.sqs.exceptions import QueueDoesNotExist

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from moto.events.models import Archive, EventsBackend, Replay, Rule
    from moto.events.responses import EventsHandler

    from .request_limits import Json, Moto

    Condition = tuple[str, list[Any]]  # the name of a field, and what its value may be
    Where = dict[int, int]  # of each array around a value, the index of the element it is in
    Fields = dict[str, list[tuple[Any, Where]]]


def matches_event(_: Moto, pattern: EventPattern, event: Json) -> bool:
    rules = _rules(pattern.get_pattern(), "")
    asked = {it for rule in rules for name, _ in rule for it in _around(name)}
    fields: Fields = defaultdict(list)
    for name, value, where in _fields(event, "", {}, asked):
        fields[name].append((value, where))
    return any(_are_met(pattern, sorted(it, key=_name), fields, {}) for it in rules)


def parse(
    moto: Moto, input_template: str | None, input_paths_map: dict[str, str], event: Json
) -> Json:
    """Deliver the whole event, unless a target asks for something else of it.

    Moto leaves out `account`, and replaces what looks like `<id>` in an article.
    """
    if input_template:
        return dict(moto(input_template, input_paths_map, event))
    return {name: value for name, value in event.items() if name != "ingestion-time"}


def create_archive(moto: Moto, backend: EventsBackend, *said: object) -> Archive:
    """Create an archive; CloudFormation gives its pattern as an object."""
    written = (json.dumps(it) if isinstance(it, dict) else it for it in said)
    archive: Archive = moto(backend, *written)
    return archive


def replay_events(_: Moto, replay: Replay, archive: Archive) -> None:
    """Replay the events of the time that was asked for, to the rules that were asked for."""
    bus = events_backends[replay.account_id][replay.region].describe_event_bus(
        archive.event_bus_name
    )
    wanted = replay.destination.get("FilterArns")
    rules = [rule for rule in bus.rules.values() if not wanted or rule.arn in wanted]
    for event in archive.events:
        if float(replay.event_start_time) <= float(event["time"]) < float(replay.event_end_time):
            for rule in rules:
                rule.send_to_targets({**event, "replay-name": replay.name})
    replay.state = ReplayState.COMPLETED
    replay.end_time = unix_time()


def send_to_targets(moto: Moto, rule: Rule, event: Json, transform_input: bool = True) -> None:  # noqa: FBT001, FBT002 - as moto calls it
    """Send an event to the targets of a rule, unless the rule is switched off.

    A queue that is gone costs this rule its event, and nobody else.
    """
    if rule.state != "DISABLED":
        with suppress(QueueDoesNotExist):
            moto(rule, event, transform_input)


def try_pattern(_: Moto, handler: EventsHandler) -> tuple[str, dict[str, Any]]:
    """Say whether an event matches a pattern, which moto does not answer."""
    pattern = EventPattern.load(handler._get_param("EventPattern"))  # noqa: SLF001 - as moto does
    is_met = pattern.matches_event(json.loads(handler._get_param("Event")))  # noqa: SLF001
    return handler._create_response({"Result": is_met})  # noqa: SLF001


def _name(condition: Condition) -> str:
    return condition[0]


def _around(name: str) -> Iterator[str]:
    """Give the names of the objects around a field, and its own."""
    return accumulate(name.split("."), "{}.{}".format)


def _rules(pattern: Json, prefix: str) -> list[list[Condition]]:
    """Write a pattern as rules without `$or`, of which one must match: lists of conditions."""
    rules: list[list[Condition]] = [[]]
    for name, value in pattern.items():
        if name == "$or":
            either = [rule for choice in value for rule in _rules(choice, prefix)]
        elif isinstance(value, dict):
            either = _rules(value, f"{prefix}{name}.")
        else:
            either = [[(f"{prefix}{name}", value)]]
        rules = [[*rule, *more] for rule in rules for more in either]
    return rules


def _fields(
    node: object, name: str, where: Where, asked: set[str]
) -> Iterator[tuple[str, Any, Where]]:
    """Find the values that are asked for, each with its place in the arrays around it."""
    if isinstance(node, dict):
        for key, member in node.items():
            path = f"{name}.{key}" if name else key
            if path in asked:
                yield from _fields(member, path, where, asked)
    elif isinstance(node, list):
        for index, item in enumerate(node):
            is_leaf = not isinstance(item, dict | list)
            there = where if is_leaf else {**where, id(node): index}
            yield from _fields(item, name, there, asked)
    else:
        yield name, node, where


def _are_met(
    pattern: EventPattern, conditions: Sequence[Condition], fields: Fields, where: Where
) -> bool:
    """Whether values meet all conditions, none in another element of an array than `where`."""
    if not conditions:
        return True
    (name, filters), *others = conditions
    found = [
        (value, there)
        for value, there in fields.get(name, [])
        if all(where.get(array, index) == index for array, index in there.items())
    ]
    return any(
        pattern._does_item_match_filters(value, filters)  # noqa: SLF001 - moto knows the operators
        and _are_met(pattern, others, fields, where | there)
        for value, there in found or [(UNDEFINED, {})]
    )
