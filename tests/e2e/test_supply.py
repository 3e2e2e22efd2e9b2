"""The advisory check with its real tools and no network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .tools import ROOT, TOOLS, install_into

pytestmark = pytest.mark.e2e
NOWHERE = "http://127.0.0.1:9"


def test_without_a_network_nothing_is_called_clean() -> None:
    requirements = ROOT / "infra/supply/requirements.txt"
    tools = install_into(TOOLS / "audit", requirements, lambda: Path(sys.executable))
    env = os.environ | {"HTTPS_PROXY": NOWHERE, "HTTP_PROXY": NOWHERE, "NO_PROXY": ""}

    command = [tools / "python", ROOT / "infra/supply/audit.py"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    assert ended.returncode == 3, ended.stderr
    assert {line[:12].strip() for line in ended.stdout.splitlines()[:-1]} == {"NOT CHECKED"}
