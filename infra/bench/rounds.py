"""Rounds of measurements that take turns, so that other load on the machine meets all of them."""

import resource
import sys
import time
from collections.abc import Callable


def by_turns(rounds: int, **actions: Callable[[], float]) -> dict[str, list[float]]:
    """Return what each action measured in each round, after a warm-up round that does not count."""
    found: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(1 + rounds):
        for name, action in actions.items():
            value = action()
            if number:
                found[name].append(value)
        say(f"round {number} of {rounds}")
    return found


def cpu_ms(action: Callable[[], object], times: int = 1) -> float:
    """Return the CPU milliseconds that all threads of this process take for an action."""
    start = time.process_time()
    for _ in range(times):
        action()
    return (time.process_time() - start) / times * 1000


def children_seconds() -> float:
    """Return the CPU seconds of the child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def say(progress: str) -> None:
    sys.stderr.write(f"bench: {progress}\n")
