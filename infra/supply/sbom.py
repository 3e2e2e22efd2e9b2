"""Writes what is in the Lambda zip as a CycloneDX SBOM, and fails on a license that is not allowed.

`make sbom`. What is installed says versions, licenses and what needs what;
functions/requirements.txt says which of it is deployed, and the hashes of the files it may be
installed from. The same inputs give the same bytes: no time and no serial number is in it.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, NoReturn

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
DEPLOYED = ROOT / "functions" / "requirements.txt"
ALLOWED = Path(__file__).with_name("licenses.toml")
VERSION = "1.6"


def sbom(installed: Json, deployed: Json, read: dict[str, Json]) -> Json:
    """Reduce the SBOM of an environment to what is deployed, and complete it.

    `read` has the licenses that packages do not declare. Raises LookupError for what is deployed
    in another version than the installed one.
    """
    found = {(_name(it), it["version"]): it for it in installed["components"]}
    components = []
    for wanted in deployed["components"]:
        component = dict(found[_name(wanted), wanted["version"]])
        if by_hand := read.get(_name(component)):
            license_ = {"id": by_hand["license"], "acknowledgement": "concluded"}
            component.setdefault("licenses", [{"license": license_}])
        component["externalReferences"] += wanted["externalReferences"]
        components.append(component)
    kept = {it["bom-ref"] for it in [*components, installed["metadata"]["component"]]}
    dependencies = [
        {"ref": it["ref"], "dependsOn": [ref for ref in it.get("dependsOn", ()) if ref in kept]}
        for it in installed["dependencies"]
        if it["ref"] in kept
    ]
    return {**installed, "components": components, "dependencies": dependencies}


def licenses(component: Json) -> list[str]:
    named = (it.get("license", it) for it in component.get("licenses", ()))
    return [it.get("expression") or it.get("id") or it["name"] for it in named]


def refused(bom: Json, allowed: dict[str, str]) -> list[str]:
    """Name the components of which a license is missing, or not allowed."""
    return [
        f"{it['name']}: {', '.join(licenses(it)) or 'no license'}"
        for it in bom["components"]
        if not licenses(it) or set(licenses(it)) - allowed.keys()
    ]


def _name(component: Json) -> str:
    return re.sub(r"[-_.]+", "-", component["name"]).lower()


def _made(*arguments: str | Path) -> Json:
    program = Path(sys.executable).with_name("cyclonedx-py")
    options = ["--output-reproducible", "--spec-version", VERSION]
    made = subprocess.run([program, *arguments, *options], stdout=subprocess.PIPE, check=True)  # noqa: S603
    bom: Json = json.loads(made.stdout)
    return bom


def _invalid(text: str) -> object:
    """Return what the schema of CycloneDX says against a text, if anything."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.from_version(VERSION)).validate_str(text)


def _fail(reason: str) -> NoReturn:
    sys.exit(f"No SBOM was written: {reason}")


def main() -> None:
    python, target = Path(sys.argv[1]), Path(sys.argv[2])
    rules = tomllib.loads(ALLOWED.read_text("utf-8"))
    try:
        bom = sbom(
            _made("environment", "--pyproject", ROOT / "pyproject.toml", python),
            _made("requirements", DEPLOYED),
            rules["read"],
        )
    except LookupError as error:
        _fail(f"{error} is not installed in {python}; run `make setup`.")
    text = json.dumps(bom, indent=2, sort_keys=True) + "\n"
    if wrong := _invalid(text):
        _fail(f"it would be invalid: {wrong}")
    for it in bom["components"]:
        print(f"{it['name']:24}{it['version']:12}{' and '.join(licenses(it))}")  # noqa: T201
    if not_allowed := refused(bom, rules["allowed"]):
        _fail(f"{ALLOWED.name} does not allow {'; '.join(not_allowed)}.")
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, "utf-8")
    print(f"{target}: {len(bom['components'])} packages, CycloneDX {VERSION}")  # noqa: T201


if __name__ == "__main__":
    main()
