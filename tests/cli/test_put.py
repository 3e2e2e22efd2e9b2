"""`put`: many files at a time, none that is there already, and no end without a word."""

import json
import os
import signal
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import PropertyMock

import pytest

from articles.limits import MIB
from articles_cli.stack.deployment import Deployment
from articles_cli.uploads.uploading import PART_BYTES, NotUploaded, Uploader
from articles_local import EmbeddedAws
from tests.aws.border import Border

from .conftest import ARTICLES, ROOT, Articles, Done, clean_environment, embedded, running
from .mistakes import lose


@pytest.fixture(scope="module")
def aws(border: Border) -> Iterator[EmbeddedAws]:
    del border
    with embedded() as running:
        running.drain()
        yield running


@pytest.fixture
def folder(tmp_path: Path, aws: EmbeddedAws, border: Border) -> Path:
    border.clear()
    lose(aws)  # no test reads what another has uploaded
    return tmp_path / tmp_path.name  # which no other test has in its keys


def write(folder: Path, count: int) -> Path:
    folder.mkdir()
    for n in range(count):
        (folder / f"{n:03}.json").write_text(f'{{"title": "Story {n}", "id": "{n}", "text": "S"}}')
    return folder


def up(done: Done) -> dict[str, str]:
    """Give the versions of what is up, by file name."""
    return {Path(it["file"]).name: it["version"] for it in done.of("upload")}


def skipped(done: Done) -> set[str]:
    return {Path(it["file"]).name for it in done.of("upload") if it["skipped"]}


def test_what_is_there_with_the_same_content_is_not_uploaded(
    deployed: Articles, folder: Path
) -> None:
    put = ("put", write(folder, 3).parent, "--wait", "--json")
    first = deployed(*put)
    (folder / "001.json").write_text('{"title": "Mended", "id": "1", "text": "S"}')
    second, again = deployed(*put), deployed(*put, "--again")

    assert (skipped(first), skipped(second)) == (set(), {"000.json", "002.json"})
    assert {name for name in up(first) if up(first)[name] != up(second)[name]} == {"001.json"}
    assert set(up(again).values()) & {*up(first).values(), *up(second).values()} == set()
    assert [len(it.of("receipt")) for it in (first, second, again)] == [3, 3, 3]
    counts = {"files": 3, "uploaded": 1, "unchanged": 2, "rejected": 0, "failed": 0}
    assert second.of("summary") == [{"v": 1, "type": "summary"} | counts]
    assert "--again uploads it all the same" in second.err


@pytest.mark.parametrize("parts", [0, 3])
def test_a_file_of_any_size_is_up_as_it_is_and_known_again(
    aws: EmbeddedAws, deployed: Articles, folder: Path, border: Border, parts: int
) -> None:
    content = os.urandom(PART_BYTES) * 2 + b"end" if parts else b""
    write(folder, 0).joinpath(f"{parts}.json").write_bytes(content)
    put = ("put", folder, "--no-validate", "--json", "--feed", "sizes")
    first, second = deployed(*put), deployed(*put)
    where = {"Bucket": aws.outputs["InboxBucket"], "Key": f"incoming/sizes/{parts}.json"}
    there = aws.client("s3").get_object(**where, VersionId=up(first)[f"{parts}.json"])

    assert there["Body"].read() == content
    assert len(border.asked("UploadPart")) == parts
    assert (up(second), skipped(second)) == (up(first), {f"{parts}.json"})


def test_what_went_wrong_is_told_also_if_nothing_may_be_cleaned_up(
    deployed: Articles, folder: Path, border: Border
) -> None:
    write(folder, 2).joinpath("000.json").write_bytes(bytes(2 * PART_BYTES))
    border.fail("UploadPart", "InternalError", status=500, says="what went wrong")
    border.fail("AbortMultipartUpload", "AccessDenied", status=403)
    done = deployed("put", folder, "--no-validate", "--json", "--jobs", "1")
    border.heal()

    assert (done.code, set(up(done))) == (3, {"001.json"})
    assert "what went wrong" in done.err
    assert "AbortMultipartUpload" not in done.err


@pytest.mark.parametrize("is_up", [True, False])
def test_a_large_file_is_up_or_not_whatever_is_heard_of_its_end(
    aws: EmbeddedAws, deployed: Articles, folder: Path, border: Border, *, is_up: bool
) -> None:
    """Its answer is lost, S3 has forgotten the upload when it is asked again, or never had it."""
    write(folder, 0).joinpath("large.json").write_bytes(os.urandom(PART_BYTES))
    put = ("put", folder, "--no-validate", "--json", "--feed", f"{is_up}".lower())
    complete = aws.client("s3").complete_multipart_upload

    def end(asked: dict[str, Any]) -> bool:
        if is_up:
            complete(**asked)
        return True

    border.fail("CompleteMultipartUpload", "NoSuchUpload", status=404, concerns=end)
    done = deployed(*put)
    border.heal()
    there = aws.client("s3").list_object_versions(
        Bucket=aws.outputs["InboxBucket"], Prefix=f"incoming/{put[-1]}/"
    )

    assert (done.code, [*up(done).values()]) == (
        0 if is_up else 3,
        [it["VersionId"] for it in there.get("Versions", [])],
    )
    assert len(up(done)) == is_up


def test_files_of_any_size_are_not_held_in_memory(
    aws: EmbeddedAws, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is of this process, too, and holds each part."""
    client, sizes, told = aws.client("s3"), [], list[int]()
    write(folder, 0).joinpath("large.json").write_bytes(bytes(3 * PART_BYTES))
    answer = {"ETag": "x", "ChecksumCRC32": "x"}

    def take(*, Body: Any, **_: Any) -> dict[str, str]:  # noqa: N803 - as boto3 has it
        sizes.append(sum(len(piece) for piece in iter(lambda: Body.read(MIB), b"")))
        return answer

    monkeypatch.setattr(client, "upload_part", take)
    monkeypatch.setattr(client, "complete_multipart_upload", lambda **_: answer)
    tracemalloc.start()
    files = [("incoming/memory/large.json", folder / "large.json")]
    uploader = Uploader(client, aws.outputs["InboxBucket"], again=True, on_progress=told.append)
    results = list(uploader.upload(files))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (len(results), sizes, told) == (1, [PART_BYTES] * 3, sizes)
    assert most < PART_BYTES / 2


def test_of_a_large_file_that_is_not_all_up_nothing_is_left(
    aws: EmbeddedAws, deployed: Articles, folder: Path, border: Border
) -> None:
    write(folder, 0).joinpath("large.json").write_bytes(bytes(2 * PART_BYTES))
    border.fail("UploadPart", "AccessDenied", status=403, concerns=lambda it: it["PartNumber"] > 1)
    done = deployed("put", folder, "--no-validate", "--json", "--feed", "left")
    border.heal()
    left = aws.client("s3").list_multipart_uploads(
        Bucket=aws.outputs["InboxBucket"], Prefix="incoming/left/"
    )

    assert (done.code, up(done), left.get("Uploads")) == (3, {}, None)
    assert "0 of 1 files are up" in done.err


@pytest.mark.parametrize(
    "refusal",
    [
        ("AccessDenied", 403, 4, "AWS does not allow PutObject: ask for a policy"),
        ("ExpiredToken", 400, 4, "The AWS credentials have expired: sign in again"),
        ("NoSuchBucket", 404, 4, "AWS failed: An error occurred (NoSuchBucket)"),
        ("InternalError", 500, 20, "AWS failed: An error occurred (InternalError)"),
    ],
)
def test_what_aws_refuses_for_all_ends_it_early_and_the_next_run_goes_on(
    deployed: Articles, border: Border, folder: Path, refusal: tuple[str, int, int, str]
) -> None:
    code, status, most, says = refusal
    put = ("put", write(folder, 60), "--json", "--jobs", "2", "--feed", code.lower())
    late = f"incoming/{code.lower()}/020"
    border.fail("PutObject", code, status=status, concerns=lambda it: it["Key"] >= late)
    broken = deployed(*put)
    refused = len(border.asked("PutObject")) - 20
    border.heal()
    done = deployed(*put)

    assert broken.code == 3
    assert refused <= most
    assert broken.err.count(says) == 1
    assert broken.err.endswith(
        "20 of 60 files are up; run the same command again to go on: what is up is skipped.\n"
    )
    assert (done.code, len(up(done)), skipped(done)) == (0, 60, set(up(broken)))


def vanish(path: Path) -> None:
    path.unlink(missing_ok=True)


def change(path: Path) -> None:
    path.write_text('{"title": "Changed", "id": "1", "text": "S"}')


@pytest.mark.parametrize(
    ("happens", "says"),
    [(vanish, "No such file"), (change, "it has changed while it was uploaded")],
)
def test_a_file_that_changes_meanwhile_is_named_and_the_others_go_on(
    deployed: Articles, border: Border, folder: Path, happens: Callable[[Path], None], says: str
) -> None:
    """It happens to the second file when S3 is asked about it, or to the third if it vanishes."""
    write(folder, 5)

    def look(asked: dict[str, Any]) -> bool:
        if asked["Key"].endswith("001.json"):
            happens(folder / ("001.json" if happens is change else "003.json"))
        return False

    border.fail("HeadObject", "404", concerns=look)
    done = deployed("put", folder, "--jobs", "1", "--json", "--feed", happens.__name__)
    border.heal()

    assert (done.code, len(up(done))) == (3, 4)
    assert says in done.err
    assert done.err.endswith("1 of 5 files could not be uploaded; see above.\n")
    assert [it["outcome"] for it in done.of("file")] == ["failed"]


def test_what_is_bad_is_in_sight_at_the_end(deployed: Articles, folder: Path) -> None:
    write(folder, 60)
    (folder / "broken.json").write_text("{")
    (folder / "link.json").symlink_to("nowhere")
    (folder / "partial.jsonl").write_text('{"title": "x", "id": "p", "text": "S"}\n{"wrong": 1}\n')
    done = deployed("put", folder, "--wait", "--table", "--feed", "sight")

    *_, last = done.out.partition("… and 10 more, accepted\n")
    assert done.out.count("│ accepted │") == 50
    assert last.splitlines()[-4:] == [
        "63 files: 61 uploaded, 1 rejected, 1 failed",
        f"  {folder}/broken.json: rejected",
        f"  {folder}/link.json: failed",
        "  incoming/sight/partial.jsonl: partial",
    ]
    assert (done.code, "are up" in done.err) == (3, False)


def test_who_may_not_look_uploads_all_the_same_and_is_told(
    deployed: Articles, border: Border, folder: Path
) -> None:
    border.fail("HeadObject", "403", status=403)
    done = deployed("put", write(folder, 2), "--json")
    border.heal()

    assert (done.code, len(up(done))) == (0, 2)
    assert "2 of the files may have been there already" in done.err


def test_a_receipt_that_is_no_longer_kept_is_not_waited_for(
    deployed: Articles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = ("put", write(folder, 2), "--wait", "--json", "--feed", "long-ago")
    deployed(*put)
    monkeypatch.setattr(Deployment, "keep_receipts", PropertyMock(return_value=timedelta()))
    done = deployed(*put)

    assert (done.code, done.of("receipt")) == (0, [])
    assert "2 of the files were uploaded so long ago" in done.err


def test_ctrl_c_says_how_many_are_up(aws: EmbeddedAws, deployed: Articles, folder: Path) -> None:
    put = ("put", write(folder, 200), "--no-validate", "--json", "--feed", "stopped")
    with running(*put, **aws.environment) as process:
        assert process.stdout
        assert process.stderr
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        told = [first, *process.stdout]
        last = process.stderr.readlines()[-1]
        code = process.wait(60)
    done = deployed(*put)

    assert (code, last.startswith(f"{len(told) - 1} of 200 files are up; run")) == (130, True)
    assert len(told) < 200
    assert (done.code, len(skipped(done))) == (0, len(told) - 1)


def test_ctrl_c_ends_a_long_check_and_is_heard_at_once(aws: EmbeddedAws, folder: Path) -> None:
    """All of the file would be rejected, if it were read to its end."""
    write(folder, 0).joinpath("long.jsonl").write_text('{"title": null}\n' * 200_000)
    with running("put", folder, "--json", **aws.environment) as process:
        assert process.stderr
        assert "Stack" in process.stderr.readline()
        time.sleep(1)  # it is at work
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert (process.returncode, json.loads(out)["rejected"]) == (130, 0)
    assert err.startswith("\nFinishing what has begun")
    assert "0 of 1 files are up" in err


def test_ctrl_c_ends_a_large_upload_between_two_parts(aws: EmbeddedAws, folder: Path) -> None:
    path, told = write(folder, 0) / "large.json", list[int]()
    path.write_bytes(bytes(3 * PART_BYTES))
    s3, bucket = aws.client("s3"), aws.outputs["InboxBucket"]
    uploader = Uploader(s3, bucket, is_stopped=lambda: bool(told), on_progress=told.append)
    results = list(uploader.upload([("incoming/ended/large.json", path)]))
    left = s3.list_multipart_uploads(Bucket=bucket, Prefix="incoming/ended/")

    assert (results, told, left.get("Uploads")) == ([], [PART_BYTES], None)


@pytest.mark.parametrize("parts", [0, 3])
def test_a_large_file_that_changes_between_two_parts_is_not_up(
    aws: EmbeddedAws, folder: Path, parts: int
) -> None:
    path = write(folder, 0) / "large.json"
    path.write_bytes(bytes(3 * PART_BYTES))
    uploader = Uploader(
        aws.client("s3"),
        aws.outputs["InboxBucket"],
        on_progress=lambda _: path.write_bytes(b"x" * parts * PART_BYTES),
    )
    [result] = uploader.upload([(f"incoming/changed/{parts}.json", path)])

    assert isinstance(result, NotUploaded)
    assert result.reason == "it has changed while it was uploaded."


def test_a_full_disk_does_not_stop_it_and_is_no_success(
    aws: EmbeddedAws, deployed: Articles, folder: Path
) -> None:
    put = ("put", write(folder, 40), "--json", "--feed", "full")
    environment = clean_environment() | aws.environment
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*ARTICLES, *map(str, put)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            check=False,
            cwd=ROOT,
        )

    assert done.returncode == 3
    assert done.stderr.endswith(
        "40 of 40 files are up.\nThe output could not be written: No space left on device.\n"
    )
    assert len(skipped(deployed(*put))) == 40


def test_of_a_long_list_no_more_is_taken_than_there_is_room_for(
    aws: EmbeddedAws, folder: Path
) -> None:
    taken = []

    def files() -> Iterator[tuple[str, Path]]:
        for path in sorted(write(folder, 50).iterdir()):
            taken.append(path)
            yield f"incoming/taken/{path.name}", path

    results = Uploader(aws.client("s3"), aws.outputs["InboxBucket"], jobs=2).upload(files())
    next(results)

    assert len(taken) <= 4
    assert len(list(results)) == 49
