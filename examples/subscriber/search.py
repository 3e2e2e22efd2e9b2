"""Search the index of a deployed kit: `python search.py council budget`."""

import argparse
import sys
from pathlib import Path

import boto3

sys.path.insert(0, str(Path(__file__).parent / "function"))

from index_file import KEY
from search_index import Hit, SearchIndex


def main() -> None:
    """Print the articles that have all the words; ends with 1 if there is none."""
    options = argparse.ArgumentParser(description="Find articles that have all the words.")
    options.add_argument("words", nargs="+")
    options.add_argument("--stack", default="articles-search", help="name of the kit's stack")
    options.add_argument("--bucket", help="bucket of the index; by default, that of the stack")
    options.add_argument("--limit", type=int, default=10, help="how many articles to show at most")
    given = options.parse_args()
    hits = search(given.bucket or bucket_of(given.stack), " ".join(given.words), given.limit)
    sys.stdout.writelines(map(shown, hits))
    sys.exit(0 if hits else "Nothing was found.")


def search(bucket: str, words: str, limit: int) -> list[Hit]:
    s3 = boto3.client("s3")
    try:
        file = s3.get_object(Bucket=bucket, Key=KEY)["Body"].read()
    except s3.exceptions.NoSuchKey:
        sys.exit(f"{bucket} has no index yet: no event has arrived.")
    return SearchIndex(file).search(words, limit)


def bucket_of(stack: str) -> str:
    [found] = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    outputs = {it["OutputKey"]: it["OutputValue"] for it in found["Outputs"]}
    return outputs["IndexBucket"]


def shown(hit: Hit) -> str:
    facts = [it for it in (hit.published_at, hit.feed, hit.language, hit.url) if it]
    excerpt = " ".join(hit.excerpt.split())
    return f"{hit.title}\n    {excerpt}\n    {' · '.join(facts)}\n"


if __name__ == "__main__":
    main()
