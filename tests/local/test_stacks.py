"""A stack of somebody else beside the service: its functions, its rules, and what cannot be run."""

import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from textwrap import dedent

import pytest

from articles_local import EmbeddedAws, TemplateError

from .bus import send
from .conftest import embedded

FUNCTION = """
Resources:
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: code/
      Handler: echo.handler
      Runtime: python3.13
"""
TEMPLATE = f"""{FUNCTION}
      FunctionName: !Ref AWS::StackName
      Environment: {{Variables: {{SINK: !Ref Sink}}}}
  Source:
    Type: AWS::SQS::Queue
  Sink:
    Type: AWS::SQS::Queue
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {{EventSourceArn: !GetAtt Source.Arn, FunctionName: !Ref Echo}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: articles-test
      EventPattern: {{source: [articles]}}
      Targets: [{{Id: queue, Arn: !GetAtt Source.Arn, RoleArn: !GetAtt Role.Arn}}]
  Role:
    Type: AWS::IAM::Role
    Properties: {{AssumeRolePolicyDocument: {{}}}}
Outputs:
  Sink: {{Value: !Ref Sink}}
  Role: {{Value: !GetAtt Role.Arn}}
"""
ECHO = """
    import os, boto3
    from words import WORD

    def handler(event, _):
        for record in event["Records"]:
            boto3.client("sqs").send_message(QueueUrl=os.environ["SINK"], MessageBody=WORD)
"""


@pytest.fixture
def aws() -> Iterator[EmbeddedAws]:
    with embedded(StringIO()) as running:
        yield running


def application(folder: Path, word: str) -> Path:
    """Write an application that answers each event with a word of its own module."""
    (folder / "code").mkdir(parents=True)
    (folder / "code/words.py").write_text(f"WORD = {word!r}")
    (folder / "code/echo.py").write_text(dedent(ECHO))
    (folder / "template.yaml").write_text(TEMPLATE)
    return folder / "template.yaml"


def test_two_stacks_get_the_events_of_their_rules_and_see_only_their_own_modules(
    aws: EmbeddedAws, tmp_path: Path
) -> None:
    words = ("quay", "harbour")
    stacks = {
        word: aws.deploy(template=application(tmp_path / word, word), stack=word, parameters={})
        for word in words
    }

    for source in ("articles", "weather"):
        send(aws, source)
    aws.drain()

    for word, outputs in stacks.items():
        assert outputs.keys() == {"Sink"}  # no role is created
        answers = aws.client("sqs").receive_message(QueueUrl=outputs["Sink"])["Messages"]
        assert [it["Body"] for it in answers] == [word]
    assert "words" not in sys.modules
    assert not any(str(tmp_path) in it for it in sys.path)


def test_a_stack_that_is_deleted_stops_nobody_else(aws: EmbeddedAws, tmp_path: Path) -> None:
    outputs = {
        word: aws.deploy(template=application(tmp_path / word, word), stack=word, parameters={})
        for word in ("stays", "goes")
    }

    aws.client("cloudformation").delete_stack(StackName="goes")
    send(aws, "articles")
    aws.drain()

    sink = outputs["stays"]["Sink"]
    [answer] = aws.client("sqs").receive_message(QueueUrl=sink)["Messages"]
    assert answer["Body"] == "stays"


TO_A_FUNCTION = f"""{FUNCTION}
  Rule:
    Type: AWS::Events::Rule
    Properties: {{EventPattern: {{source: [a]}}, Targets: [{{Id: a, Arn: !GetAtt Echo.Arn}}]}}
"""


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("Resources: [", "no template that SAM can read"),
        ("[]", "no template that SAM can read"),
        ("Resources: {A: {Type: AWS::Serverless::Function, Properties: {}}}", "Handler"),
        (TO_A_FUNCTION, "Rule sends events to a function; here, only to a queue"),
    ],
    ids=["no YAML", "no template", "no handler", "to a function"],
)
def test_a_template_that_cannot_be_run_says_why(
    aws: EmbeddedAws, tmp_path: Path, template: str, fault: str
) -> None:
    (tmp_path / "template.yaml").write_text(template)

    with pytest.raises(TemplateError, match=fault):
        aws.deploy(template=tmp_path / "template.yaml", stack="other", parameters={})


def test_a_name_that_is_taken_is_named(aws: EmbeddedAws, tmp_path: Path) -> None:
    template = application(tmp_path / "quay", "quay")

    with pytest.raises(TemplateError, match="articles-test cannot be created here"):
        aws.deploy(template=template, stack="articles-test", parameters={})
