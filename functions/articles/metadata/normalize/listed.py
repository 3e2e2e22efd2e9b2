"""Lists that are data: text files beside this module, which say where they come from."""

import re
from pathlib import Path


def listed(file: str) -> frozenset[str]:
    """Read the entries of a list, casefolded: they are divided by `;` and lines, `#` comments."""
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    entries = re.split(r"[;\n]", re.sub(r"(?m)^#.*", "", text))
    return frozenset(entry.strip().casefold() for entry in entries) - {""}
