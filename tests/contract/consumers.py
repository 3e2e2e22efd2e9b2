"""`make contract`: what other people's tools make of the schemas, and what programs make of that.

They need the network once, and some Node.js: the name of this file keeps them out of `make test`.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from articles_contract.schemas import schemas
from tests.e2e.tools import ROOT, TOOLS, install_into, run

from . import stories
from .recorded import EXAMPLES, announced, examples

CONTRACT = ROOT / "infra" / "contract"
CONSUMERS = CONTRACT / "consumers"
EVENTS = EXAMPLES.parent
SCHEMAS = schemas()
SUBSCRIBING = (ROOT / "docs/subscribing.md").read_text(encoding="utf-8")
# The handler that docs/subscribing.md shows, and what it leaves to its reader.
SUBSCRIBER = {
    "handler.ts": re.findall(r"```ts\n(.*?)```", SUBSCRIBING, re.DOTALL)[0],
    "yours.ts": """\
import type { Item, Version } from "./reader.js";
export const held = new Map<string, Version>();
export async function show(_item: Item, _body: { text?: string }) {}
export async function hide(_id: string) {}
""",
}
STRICT = ["--strict", "--module", "esnext", "--moduleResolution", "bundler"]


@pytest.fixture(scope="session")
def python() -> Path:
    """Install the generator of models; return the programs' folder."""
    return install_into(
        TOOLS / "models", CONTRACT / "requirements.txt", lambda: Path(sys.executable)
    )


@pytest.fixture(scope="session")
def node() -> Path:
    """Install the tools of package.json; return the folder of its node_modules."""
    if not shutil.which("npm"):
        pytest.fail("needs Node.js, 20.17 or newer, with npm on PATH", pytrace=False)
    folder, lock = TOOLS / "node", (CONTRACT / "package-lock.json").read_text(encoding="utf-8")
    installed = folder / "installed.txt"
    if not (installed.is_file() and installed.read_text(encoding="utf-8") == lock):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(CONTRACT / name, folder)
        run(["npm", "ci"], cwd=folder)
        installed.write_text(lock, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with a folder `schemas` that holds the schemas alone."""
    (tmp_path / "schemas").mkdir()
    for name in SCHEMAS:
        shutil.copy(EVENTS / f"{name}.json", tmp_path / "schemas")
    return tmp_path


def said(command: Sequence[str | Path], text: str, **options: Any) -> str:
    """Run a program on a text; return what it prints."""
    ended = subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, **options
    )
    assert ended.returncode == 0, ended.stderr
    return str(ended.stdout)


def script(node: Path, name: str, text: str, *arguments: Path, **options: Any) -> str:
    """Run a script of the consumers on a text; return what it prints."""
    code = (CONSUMERS / f"{name}.mjs").read_text(encoding="utf-8")
    command = ["node", "--input-type=module", "--eval", code, "--", *map(str, arguments)]
    return said(command, text, cwd=node, **options)  # where its packages are


@pytest.mark.parametrize("options", [[], ["--no-additionalProperties"]], ids=["open", "closed"])
def test_typescript_of_the_schemas_compiles_and_refuses_mistakes(
    node: Path, folder: Path, options: list[str]
) -> None:
    programs = node / "node_modules" / ".bin"
    run([programs / "json2ts", "-i", folder / "schemas", "-o", folder, *options])
    shutil.copy(CONSUMERS / "consumer.ts", folder)
    literals = ",\n".join(json.dumps(it) for it in examples().values())
    (folder / "examples.ts").write_text(
        f'import type {{ Event }} from "./consumer";\nexport const all: Event[] = [{literals}];\n'
    )

    run([programs / "tsc", *STRICT, "--noEmit", folder / "consumer.ts", folder / "examples.ts"])

    for name, schema in SCHEMAS.items():
        written = (folder / f"{name}.d.ts").read_text(encoding="utf-8")
        types = re.findall(r"^export \w+ (\w+)", written, re.MULTILINE)
        assert sorted(types) == sorted([name, *schema["$defs"]])


def test_python_of_the_schemas_reads_the_events_and_refuses_others(
    python: Path, folder: Path
) -> None:
    generate = "--input schemas --input-file-type jsonschema --output events --formatters builtin"
    models = ["--output-model-type", "pydantic_v2.BaseModel"]
    run([python / "datamodel-codegen", *generate.split(), *models], cwd=folder)
    events = [*examples().values(), *announced()]
    amp = json.loads(json.dumps(events[0]))
    amp["data"]["article"]["is_amp"] = True
    nameless = {name: it for name, it in events[0].items() if name != "type"}
    lines = [*events, amp, nameless]

    told = said(
        [python / "python", CONSUMERS / "consumer.py"],
        "\n".join(map(json.dumps, lines)),
        env={"PYTHONPATH": str(folder)},
    )

    *read, last, refused = map(json.loads, told.splitlines())
    assert [it.get("type", it) for it in read] == [it["type"] for it in events]
    assert (last["type"], last["is_amp"]) == ("ArticleCreated", True)
    assert refused == {"refused": ["union_tag_not_found"]}
    written = "".join(it.read_text(encoding="utf-8") for it in (folder / "events").glob("*.py"))
    assert "RootModel" not in written


def test_a_javascript_validator_finds_the_schemas_by_what_the_events_name(
    node: Path, folder: Path
) -> None:
    events = [*examples().values()]
    files = [folder / "schemas" / f"{name}.json" for name in SCHEMAS]

    wrong = json.loads(script(node, "validate", json.dumps(events), *files))
    assert wrong == [[]] * len(events)

    late = [{**it, "time": "yesterday"} for it in events]
    wrong = json.loads(script(node, "validate", json.dumps(late), *files))
    assert wrong == [["/time"]] * len(events)


def test_the_reader_in_typescript_shows_what_the_one_in_python_shows(
    node: Path, folder: Path
) -> None:
    programs = node / "node_modules" / ".bin"
    (typing,) = re.findall(r"^npx json-schema-to-typescript (.*)$", SUBSCRIBING, re.MULTILINE)
    options = [str(folder) if it == "my-subscriber" else it for it in shlex.split(typing)]
    run([programs / "json2ts", *options])
    shutil.copy(ROOT / "infra/reader/reader.ts", folder)
    for name, code in SUBSCRIBER.items():
        (folder / name).write_text(code, encoding="utf-8")
    for name in ("node_modules", "package.json"):
        (folder / name).symlink_to(node / name)
    to = ["--target", "es2022", "--types", "node", "--outDir", str(folder), "handler.ts"]
    run([programs / "tsc", *STRICT, *to], cwd=folder)
    run([programs / "tsc", "--strict", "--module", "nodenext", *to], cwd=folder)

    with stories.told() as (aws, events):
        env = os.environ | aws.environment
        answer = script(node, "reading", json.dumps(events), folder / "reader.js", env=env)
        here = [stories.shown(aws, it) for it in events]

    read = json.loads(answer)
    assert [it["shown"] for it in read] == here
    assert [it["title"] for it in here if it] == ["Ferry returns", "Headline only"]
    assert (here[0] or {})["body"]["html"] == "<p>At <b>dawn</b>.</p>"
    assert [bool(it["error"]) for it in read] == [False, False, False, False, True]
    assert not any(it["again"] for it in read)


def test_asyncapis_own_parser_has_nothing_against_the_document(node: Path) -> None:
    document = (EVENTS / "asyncapi.json").read_text(encoding="utf-8")

    told = json.loads(script(node, "asyncapi", document))

    assert told == {"messages": [*SCHEMAS], "diagnostics": []}
