from typing import Any

import pytest

from articles_local import EmbeddedAws

from .conftest import Told


def put(aws: EmbeddedAws, article_id: str, **item: Any) -> None:
    aws.client("dynamodb").put_item(
        TableName=aws.outputs["ArticlesTable"], Item={"article_id": {"S": article_id}, **item}
    )


def given(invocations: list[dict[str, Any]]) -> list[list[str]]:
    return [
        [it["dynamodb"]["Keys"]["article_id"]["S"] for it in told["event"]["Records"]]
        for told in invocations
    ]


def test_a_change_has_the_form_of_a_functions_event(aws: EmbeddedAws, told: Told) -> None:
    put(aws, "a", body={"B": b"\x00\xff"}, changed={"SS": ["title"]})

    aws.drain()

    [[record]] = [it["event"]["Records"] for it in told("publish")]
    assert record["eventName"] == "INSERT"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["awsRegion"] == "us-east-1"
    assert "table/articles-test/stream/" in record["eventSourceARN"]
    assert record["dynamodb"]["NewImage"] == {
        "article_id": {"S": "a"},
        "body": {"B": "AP8="},
        "changed": {"SS": ["title"]},
    }
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], float)


def test_a_removal_is_kept_out_by_the_filter_of_the_template(aws: EmbeddedAws, told: Told) -> None:
    put(aws, "removed")
    aws.client("dynamodb").delete_item(
        TableName=aws.outputs["ArticlesTable"], Key={"article_id": {"S": "removed"}}
    )
    put(aws, "removed")

    aws.drain()

    names = [record["eventName"] for it in told("publish") for record in it["event"]["Records"]]
    assert names == ["INSERT", "INSERT"]


def test_an_item_whose_ttl_is_over_is_removed_and_the_stream_says_by_whom(
    aws: EmbeddedAws, told: Told
) -> None:
    put(aws, "over", ttl={"N": "1772355600"})
    put(aws, "not-yet", ttl={"N": "9999999999"})
    put(aws, "no-number", ttl={"S": "1772355600"})

    aws.drain()

    records = [record for it in told("publish") for record in it["event"]["Records"]]
    [removal] = [it for it in records if it["eventName"] == "REMOVE"]
    assert removal["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert removal["dynamodb"]["OldImage"]["article_id"] == {"S": "over"}
    assert "NewImage" not in removal["dynamodb"]
    items = aws.client("dynamodb").scan(TableName=aws.outputs["ArticlesTable"])["Items"]
    left = {it["article_id"]["S"] for it in items}
    assert {"not-yet", "no-number"} <= left
    assert "over" not in left


def test_a_receipt_still_open_is_kept_out_by_the_filter_of_the_template(
    aws: EmbeddedAws, told: Told
) -> None:
    for state in ("processing", "done"):
        aws.client("dynamodb").put_item(
            TableName=aws.outputs["ReceiptsTable"],
            Item={
                "key": {"S": "incoming/a.json"},
                "version": {"S": "1"},
                "state": {"S": state},
                "announce": {"BOOL": True},
            },
        )

    aws.drain()

    images = [
        record["dynamodb"]["NewImage"]
        for it in told("publish")
        for record in it["event"]["Records"]
    ]
    assert [it["state"]["S"] for it in images] == ["done"]


def test_the_stream_goes_on_at_the_lowest_failed_record(aws: EmbeddedAws, told: Told) -> None:
    put(aws, "1")
    put(aws, "2", fails={"N": "2"})
    put(aws, "3", fails={"N": "1"})

    aws.drain()

    assert given(told("publish")) == [["1", "2", "3"], ["2", "3"], ["2", "3"]]


def test_a_function_that_raises_gets_the_batch_again(aws: EmbeddedAws, told: Told) -> None:
    put(aws, "1")
    put(aws, "2", fails={"N": "1"}, raises={"BOOL": True})

    aws.drain()

    assert given(told("publish")) == [["1", "2"], ["1", "2"]]


def test_a_drain_that_cannot_end_says_what_is_left(aws: EmbeddedAws) -> None:
    put(aws, "poison", fails={"N": "8"})

    with pytest.raises(TimeoutError, match=r"table/articles-test/stream/.*: 1"):
        aws.drain(timeout=0.1)

    aws.drain()
