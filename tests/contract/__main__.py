"""`python -m tests.contract`: record the examples of events in infra/events/examples."""

import json

from .recorded import EXAMPLES, run

EXAMPLES.mkdir(exist_ok=True)
for name, event in run().items():
    text = json.dumps(event, indent=2, ensure_ascii=False)
    (EXAMPLES / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
