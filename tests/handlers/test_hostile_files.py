"""No file makes the functions talk to anybody but AWS, start a process, or open a file."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# In a process of its own: an audit hook can never be taken off again.
TRY = """
import os, pathlib, pickle, socket, subprocess, sys, urllib.request
from tests import sealed
sealed.main([])
seal = sealed.Seal()
for attempt in sys.argv[1:]:
    with seal.closed():
        try:
            exec(attempt)
        except PermissionError as error:
            print(error)
        else:
            print("allowed", attempt)
"""
ATTEMPTS = [
    "urllib.request.urlopen('http://127.0.0.1:9')",
    "socket.create_connection(('127.0.0.1', 9))",
    "socket.getaddrinfo('a.example', 80)",
    "socket.gethostbyname('a.example')",
    "subprocess.run(['true'])",
    "os.system('true')",
    "os.posix_spawn('/bin/true', ['true'], {})",
    "pickle.loads(b\"cos\\nsystem\\n(S'id'\\ntR.\")",
    "open('/etc/passwd')",
    "pathlib.Path('written').write_text('a')",
    "os.open('written', os.O_CREAT)",
    "os.remove('written')",
]


@pytest.fixture(scope="module")
def told() -> list[str]:
    """Give what the process prints: of the files a line of JSON, then one for each attempt."""
    command = [sys.executable, "-B", "-c", TRY, *ATTEMPTS]  # which writes no bytecode either
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return ended.stdout.splitlines()


def test_no_hostile_file_makes_the_functions_reach_for_anything(told: list[str]) -> None:
    facts = json.loads(told[0])

    assert facts["broken"] == []
    assert sum(facts["outcomes"].values()) == facts["files"] > 600
    assert all(facts["outcomes"][it] > 30 for it in ("accepted", "partial", "rejected"))


def test_whoever_reached_for_something_would_be_noticed(told: list[str]) -> None:
    assert len(told[1:]) == len(ATTEMPTS)
    assert [it for it in told[1:] if it.startswith("allowed")] == []
