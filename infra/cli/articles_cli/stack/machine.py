"""The state machine that replays millions of uploads, where `articles replay` would take too long.

template.yaml defines it, and has it where the parameter ReplayMachine is `true`.
"""

import json

from articles_cli.stack.deployment import Deployment
from articles_cli.terminal.exit_codes import WRONG_USAGE
from articles_cli.terminal.output import Output, fail


def start(out: Output, service: Deployment, prefix: str, run: int, *, send: bool) -> None:
    """Show what the machine would be told, and with `send` start an execution of it."""
    arn = service.outputs.get("ReplayMachineArn")
    if arn is None:
        fail("This stack has no state machine: deploy it with ReplayMachine=true.", WRONG_USAGE)
    said = {"prefix": prefix, "run": run}
    started = {}
    if send:
        answer = service.client("stepfunctions").start_execution(
            stateMachineArn=arn, input=json.dumps(said)
        )
        started["execution"] = answer["executionArn"]
    out.line(type="execution", machine=arn, input=said, **started)
    out.verbatim(f"{arn}: {json.dumps(said)}")
    if started:
        out.text(f"started: {started['execution']}")
        out.text(
            "When it has ended and the uploads queue is empty, start it once more with "
            f"--run {run + 1}: some versions lose to others that are put right after them."
        )
    else:
        out.text("Nothing was sent; --send does.")
