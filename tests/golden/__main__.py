"""`python -m tests.golden [--rewrite]`: record the golden cases.

Without `--rewrite` only missing expectations are written. With it all are, which is refused unless
articles.article.RULES was raised: golden output that moves is a new version of the rules.
"""

import os
import sys

from articles.article import RULES

from . import CASES, RULES_FILE, digest, expected, outcome, record, recorded, rewrite, write_missing


def main() -> str | None:
    if "CI" in os.environ:
        return "Golden cases are recorded by people, never in CI."
    rules, digests = recorded() if RULES_FILE.exists() else (0, {})
    write_missing()
    moved = [
        case.name
        for case in CASES
        if case.name in digests
        and (outcome(case) != expected(case) or digest(case) != digests[case.name])
    ]
    if moved and rules >= RULES:
        return f"{', '.join(moved)} moved: raise articles.article.RULES above {rules} first."
    if "--rewrite" in sys.argv[1:]:
        rewrite()
    record(RULES)
    return None


sys.exit(main())
