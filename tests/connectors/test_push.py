"""The push endpoint: who may send, what is answered, what a repeated request does, and manual entry."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.errors import ConfigError, PublishError
from connectors.publish import MemoryPublisher
from tests.connectors.helpers import (
    code,
    ids,
    record_id,
    records,
    row,
    run_once,
    running,
    wait_until,
    write_config,
)

TOKEN = "a-token-for-tests"


def config(folder: Path, more: str = "", **options: str) -> Path:
    (folder / "token").write_text(TOKEN + "\n")
    return write_config(folder, "push", f"{{token_file: token{', ' + more if more else ''}}}", **options)


@contextmanager
def endpoint(path: Path, publisher: Any = None) -> Iterator[tuple[httpx.Client, Any, Any]]:
    with running(path, publisher) as (used, stats, _):
        wait_until(lambda: bool(stats.address))
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        with httpx.Client(base_url=stats.address, headers=headers, timeout=20) as client:
            yield client, used, stats


def body(*rows: Any) -> bytes:
    return json.dumps(list(rows), ensure_ascii=False).encode()


def test_each_record_is_answered(tmp_path: Path) -> None:
    """In the order sent, with reason and detail of what was not taken."""
    with endpoint(config(tmp_path)) as (client, publisher, _):
        answer = client.post("/v1/records", content=body(row(1), row(2, 信用代码="x"), 5))
    assert answer.status_code == 200
    given = answer.json()
    assert (given["accepted"], given["flagged"], given["quarantined"]) == (1, 0, 2)
    assert given["records"][0] == {
        "index": 0, "outcome": "accepted", "record_id": record_id(1).replace("(", "（").replace(")", "）")
    }  # fmt: skip
    assert given["records"][1]["reason"] == "invalid_identifier"
    assert given["records"][2]["detail"].endswith("a JSON object is needed, int came")
    assert ids(publisher) == [(record_id(1), 1)]
    assert [letter.original for letter in publisher.letters] == [
        json.dumps(row(2, 信用代码="x"), ensure_ascii=False).encode(), b"5"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "kind", "taken"),
    [
        (json.dumps(row(1)).encode(), "application/json", 1),
        (json.dumps(row(1)).encode() + b"\n\n" + json.dumps(row(2)).encode(), "application/x-ndjson", 2),
        (body(row(1)), "application/json; charset=utf-8", 1),
    ],
)
def test_one_record_an_array_or_lines(tmp_path: Path, content: bytes, kind: str, taken: int) -> None:
    """Whatever is easiest for the front end."""
    with endpoint(config(tmp_path)) as (client, publisher, _):
        answer = client.post("/v1/records", content=content, headers={"Content-Type": kind})
    assert answer.json()["accepted"] == taken
    assert len(ids(publisher)) == taken


def test_half_a_surrogate_pair_is_answered(tmp_path: Path) -> None:
    """JSON may hold one, UTF-8 may not: the record is refused, the endpoint goes on."""
    content = b'[{"schema": "F04/1.0", "record_id": "a\\ud800"}]'
    with endpoint(config(tmp_path, mappings="")) as (client, publisher, _):
        answer = client.post("/v1/records", content=content)
        assert answer.status_code == 200
        assert answer.json()["records"][0]["outcome"] == "quarantined"
        assert client.post("/v1/records", content=content).status_code == 200
    assert all(letter.headers() for letter in publisher.letters)


def test_a_broken_line_does_not_spoil_the_others(tmp_path: Path) -> None:
    """NDJSON is judged line by line."""
    content = b"{broken\n" + json.dumps(row(1)).encode()
    with endpoint(config(tmp_path)) as (client, publisher, _):
        answer = client.post("/v1/records", content=content, headers={"Content-Type": "application/x-ndjson"})
    assert (answer.json()["accepted"], answer.json()["quarantined"]) == (1, 1)
    assert publisher.letters[0].original == b"{broken"


@pytest.mark.parametrize(
    ("headers", "content", "status", "sentence"),
    [
        ({"Authorization": "Bearer wrong"}, body(row(1)), 401, "bearer token"),
        ({"Authorization": f"Basic {TOKEN}"}, body(row(1)), 401, "bearer token"),
        ({"Authorization": ""}, body(row(1)), 401, "bearer token"),
        ({"Content-Type": "text/csv"}, b"a,b", 415, "'text/csv' is not taken"),
        ({}, b"[{]", 400, "cannot be read: not JSON"),
        ({}, b"[{}] x", 400, "something follows the array"),
        ({}, b"[{} {}]", 400, "',' or ']' is needed"),
        ({}, b"\xff", 400, "byte 0 is not UTF-8"),
        ({}, b"5", 400, "int came"),
        ({}, b"[]", 400, "1 to 3 records are taken at once, 0 came"),
        ({}, body(*[{}] * 4), 413, "1 to 3 records are taken at once, 4 came"),
        ({}, b"[" * 5000, 413, "larger than 4096 bytes"),
        ({}, b"[" * 4000, 400, "cannot be read"),
        ({"Idempotency-Key": "x" * 300}, body(row(1)), 400, "1 to 255 printable"),
    ],
)
def test_what_is_not_taken_says_why(
    tmp_path: Path, headers: dict[str, str], content: bytes, status: int, sentence: str
) -> None:
    """One sentence, and nothing is published."""
    with endpoint(config(tmp_path, "max_body_bytes: 4096, max_records: 3")) as (client, publisher, _):
        answer = client.post("/v1/records", content=content, headers=headers)
    assert answer.status_code == status
    assert sentence in answer.json()["error"]
    assert not ids(publisher)


def test_a_repeated_request_gets_the_same_answer_and_sends_nothing(tmp_path: Path) -> None:
    """Also after a restart; with another body the key is refused."""
    path = config(tmp_path)
    key = {"Idempotency-Key": "batch-1"}
    with endpoint(path) as (client, publisher, _):
        first = client.post("/v1/records", content=body(row(1)), headers=key)
        again = client.post("/v1/records", content=body(row(1)), headers=key)
        other = client.post("/v1/records", content=body(row(2)), headers=key)
    assert len(ids(publisher)) == 1
    with endpoint(path) as (client, publisher, _):
        later = client.post("/v1/records", content=body(row(1)), headers=key)
    assert not ids(publisher)
    assert first.content == again.content == later.content
    assert [one.headers.get("Idempotent-Replayed") for one in (first, again, later)] == [None, "true", "true"]
    assert other.status_code == 422
    assert "'batch-1' was used with another body" in other.json()["error"]


def test_a_request_that_is_in_hand_is_not_taken_twice(tmp_path: Path) -> None:
    """409 while the first is being published."""
    gate, opened = threading.Event(), list[bool]()
    publisher = MemoryPublisher(on_flush=lambda: opened.append(gate.wait(20)))
    key = {"Idempotency-Key": "k"}
    answers: list[httpx.Response] = []
    with endpoint(config(tmp_path), publisher) as (client, _, stats):
        thread = threading.Thread(
            target=lambda: answers.append(client.post("/v1/records", content=body(row(1)), headers=key))
        )
        thread.start()
        wait_until(lambda: stats.count("rows") == 1)
        with httpx.Client(base_url=stats.address, headers=client.headers) as second:
            busy = second.post("/v1/records", content=body(row(1)), headers=key)
        gate.set()
        thread.join(20)
    assert busy.status_code == 409
    assert answers[0].status_code == 200
    assert len(ids(publisher)) == 1


class Away(MemoryPublisher):
    """A broker that refuses until told otherwise."""

    refusing = True

    def flush(self) -> None:
        if self.refusing:
            raise PublishError("broker 127.0.0.1:1", "does not answer", "start it")


def test_nothing_is_acknowledged_while_the_broker_is_away(tmp_path: Path) -> None:
    """503 with Retry-After; the same request later makes the very same records."""
    publisher = Away()
    key = {"Idempotency-Key": "k"}
    with endpoint(config(tmp_path), publisher) as (client, _, _):
        refused = client.post("/v1/records", content=body(row(1)), headers=key)
        publisher.refusing = False
        taken = client.post("/v1/records", content=body(row(1)), headers=key)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "nothing was taken: broker 127.0.0.1:1: does not answer" in refused.json()["error"]
    assert taken.status_code == 200
    sent = [wire for _, feed, wire in publisher.records if feed == "F04"]
    assert len(sent) == 2
    assert sent[0] == sent[1]


def manual(**changes: Any) -> dict[str, Any]:
    """A cut-off notice entered by hand."""
    payload = {
        "feed": "F04",
        "record": {
            "case_no": "（2026）浙0604执1号",
            "exec_court": "绍兴市上虞区人民法院",
            "filed_on": "2026-01-05",
            "exec_amount": {"amount": "5", "unit": "万元", "currency": "CNY"},
        },
        "entered_by": "staff-1",
        "approved_by": "staff-2",
        "doc_scan_sha256": "0" * 64,
        "reason": "paper notice",
    }
    return {
        "schema": "F32/1.0",
        "record_id": "manual-1",
        "version": 1,
        "op": "assert",
        "subject": {"scheme": "uscc", "value": code(1)},
        "occurred_at": "2026-01-05T00:00:00+08:00",
        "payload": payload | changes,
    }


def test_manual_entry_needs_two_people(tmp_path: Path) -> None:
    """F32: taken with a second person, flagged without one, refused with the same one twice (four eyes)."""
    path = config(tmp_path, mappings="")
    with endpoint(path) as (client, publisher, _):
        answer = client.post(
            "/v1/records",
            content=body(
                manual(), manual(approved_by=None), manual(approved_by="staff-1"), manual(reason="")
            ),
        )
    given = answer.json()["records"]
    assert [one["outcome"] for one in given] == ["accepted", "flagged", "quarantined", "quarantined"]
    assert given[1]["flags"] == ["unapproved_entry"]
    assert [one["reason"] for one in given[2:]] == ["four_eyes", "missing_field"]
    assert records(publisher, "F32")[0]["payload"]["entered_by"] == "staff-1"


def test_a_front_end_may_not_speak_for_another_source(tmp_path: Path) -> None:
    """Its token is for one source."""
    with endpoint(config(tmp_path, mappings="")) as (client, _, _):
        answer = client.post("/v1/records", content=body(manual() | {"source_id": "cn.330604.tax"}))
    assert answer.json()["records"][0]["reason"] == "foreign_source"


def test_an_occupied_port_is_named(tmp_path: Path) -> None:
    """One sentence with the remedy."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError) as caught:
            run_once(config(tmp_path, f"port: {port}"))
    assert str(caught.value).startswith(
        f"push 127.0.0.1:{port}: cannot be bound (Address already in use); choose"
    )


def test_an_empty_token_is_refused(tmp_path: Path) -> None:
    """An endpoint open to everybody by mistake would be worse than none."""
    path = config(tmp_path)
    (tmp_path / "token").write_text("\n")
    with pytest.raises(ConfigError, match=r"token: is empty; write the secret into it"):
        run_once(path)
