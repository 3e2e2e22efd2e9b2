"""Reports in moto's S3; boto3 writes one that is long in more than one request."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from articles.catalogue import Code
from articles.problems import ReportedProblem
from articles.storing.receipts import Receipt, Record
from articles.storing.reports import Reports
from tests.aws.records import REGION


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.Session("test", "test", region_name=REGION).client("s3")
        client.create_bucket(Bucket="archive")
        yield client


def receipt(*records: Record) -> Receipt:
    return Receipt(
        key="incoming/courier/a.json",
        version="1",
        run=0,
        feed="courier",
        state="done",
        outcome="rejected",
        records=records,
    )


def rejected(number: int) -> Record:
    problem = ReportedProblem(Code.E_JSON, "x" * 300)
    return Record(record=number, outcome="rejected", problems=(problem,) * 20)


def test_the_report_of_parts_that_s3_is_given_in_several_requests_is_whole(s3: Any) -> None:
    reports, records = Reports(s3, "archive"), [rejected(number) for number in range(1_500)]
    parts = [
        reports.put_part(receipt(*records[start : start + 500]), number)
        for number, start in enumerate(range(0, len(records), 500), 1)
    ]

    reports.combine(receipt(), parts)

    key = "reports/courier/incoming/courier/a.json/1.json"
    found = s3.get_object(Bucket="archive", Key=key)
    assert found["ETag"].strip('"').endswith("-2")  # of so many requests
    report = json.load(found["Body"])
    assert (report["type"], report["outcome"]) == ("report", "rejected")
    assert [it["record"] for it in report["records"]] == list(range(1_500))
