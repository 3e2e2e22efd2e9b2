"""The commands of sam on the pages and in the pipeline, by the help of the real SAM CLI."""

import subprocess

import pytest

from tests.template.test_pipeline import commands, options

from .tools import install

pytestmark = pytest.mark.e2e


def test_every_command_of_sam_exists_with_its_options() -> None:
    sam = install("sam") / "sam"
    for name, *rest in commands("sam"):
        help_text = subprocess.run(
            [sam, name, "--help"], capture_output=True, text=True, check=True
        ).stdout
        assert [it for it in options(rest) if f"--{it}" not in help_text] == [], name
