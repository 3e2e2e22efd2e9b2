"""No file makes the functions talk to anybody but AWS, start a process, or open a file."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# In a process of its own: an audit hook can never be taken off again.
TRY = """
import os, pathlib, pickle, socket, subprocess, sys, urllib.request
from tests.sealed import Seal
seal = Seal()
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


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-B", *arguments]  # which writes no bytecode either
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_hostile_file_makes_the_functions_reach_for_anything() -> None:
    ended = run("-m", "tests.sealed")

    told = json.loads(ended.stdout.splitlines()[-1])
    assert (told["broken"], ended.returncode) == ([], 0)
    assert sum(told["outcomes"].values()) == told["files"] > 900
    assert all(told["outcomes"][it] > 50 for it in ("accepted", "partial", "rejected"))


def test_whoever_reached_for_something_would_be_noticed() -> None:
    noticed = run("-c", TRY, *ATTEMPTS).stdout.splitlines()

    assert len(noticed) == len(ATTEMPTS)
    assert [it for it in noticed if it.startswith("allowed")] == []
