"""The long-lived stream against a server that misbehaves as Companies House does."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import ConfigError, SourceError
from tests.connectors.helpers import ids, record_id, records, row, run_once, running, wait_until, write_config
from tests.connectors.servers import Streaming, serving


@pytest.fixture
def site() -> Iterator[Streaming]:
    stream = Streaming()
    with serving(stream):
        yield stream


def config(site: Streaming, folder: Path, more: str = "", **options: str) -> Path:
    section = (
        f"{{url: '{site.address}/stream', profile: mapped, heartbeat_seconds: 0.2, reconnect_seconds: 0.02"
        f"{', ' + more if more else ''}}}"
    )
    return write_config(folder, "http_stream", section, **options)


def feed(site: Streaming, *numbers: int) -> None:
    for number in numbers:
        site.add(number, {"timepoint": number, **row(number)})


def timepoints(site: Streaming) -> list[str | None]:
    return [query.get("timepoint") for query, _ in site.requests]


def test_a_cut_line_is_asked_for_again(site: Streaming, tmp_path: Path) -> None:
    """Resumed at the last timepoint processed, which the server sends again and which is recognised."""
    feed(site, 1, 2, 3, 4)
    site.script = [("cut", 2), ("cut", 2)]
    with running(config(site, tmp_path)) as (publisher, stats, _):
        wait_until(lambda: len(ids(publisher)) == 4)
    assert ids(publisher) == [(record_id(number), 1) for number in (1, 2, 3, 4)]
    assert timepoints(site) == [None, "2", "3"]
    assert stats.count("skipped") == 2
    assert not publisher.letters


def test_a_cut_line_that_cannot_be_asked_for_again_is_buried(site: Streaming, tmp_path: Path) -> None:
    """Without a timepoint there is no second chance."""
    site.add(1, row(1))
    site.script = [("cut", 0), ("silent",)]
    with running(config(site, tmp_path)) as (publisher, _, _):
        wait_until(lambda: len(publisher.letters) == 1)
    assert publisher.letters[0].reason == "partial_row"
    assert site.lines[0][1].startswith(publisher.letters[0].original)


def test_a_last_document_needs_no_line_end(site: Streaming, tmp_path: Path) -> None:
    """An object that has closed is whole; the server would send it without its line end for ever."""
    for number in (1, 2):
        site.add(number, {"timepoint": number, **row(number)})
    site.script = [("bare",)] * 50
    with running(config(site, tmp_path)) as (publisher, stats, _):
        wait_until(lambda: len(ids(publisher)) == 2)
        wait_until(lambda: stats.count("skipped") >= 1)
    assert ids(publisher) == [(record_id(1), 1), (record_id(2), 1)]
    assert not publisher.letters


def test_silence_is_not_health(site: Streaming, tmp_path: Path) -> None:
    """No byte for twice the heartbeat: no heartbeat of ours, and a new connection."""
    feed(site, 1)
    site.script = [("silent",)]
    with running(config(site, tmp_path)) as (publisher, stats, _):
        wait_until(lambda: stats.count("errors") == 1)
        assert stats.count("heartbeats") == 0
        wait_until(lambda: len(ids(publisher)) == 1)
    assert "is silent for twice its heartbeat" in stats.last_error


def test_heartbeats_keep_the_line_open(site: Streaming, tmp_path: Path) -> None:
    """A quiet stream with blank lines is alive: one connection, and heartbeats of ours."""
    path = config(site, tmp_path, extra="heartbeat_seconds: 0.05\n")
    with running(path) as (publisher, stats, _):
        wait_until(lambda: stats.count("heartbeats") >= 8)
        feed(site, 1)
        wait_until(lambda: len(ids(publisher)) == 1)
    assert len(site.requests) == 1
    assert stats.count("errors") == 0


def test_a_timepoint_that_is_too_old_is_reported_and_the_live_end_taken(
    site: Streaming, tmp_path: Path
) -> None:
    """416: what lies between is lost to us; a dead letter says so, and names the remedy."""
    feed(site, 1, 2)
    with running(config(site, tmp_path)) as (publisher, _, _):
        wait_until(lambda: len(ids(publisher)) == 2)
    site.script = [("status", 416, {})]
    feed(site, 9)
    with running(config(site, tmp_path)) as (publisher, _, _):
        wait_until(lambda: (record_id(9), 1) in ids(publisher))
    [letter] = publisher.letters
    assert letter.reason == "gap_in_source"
    assert "timepoint 2 is too old for the server (HTTP 416)" in letter.detail
    assert "snapshot" in letter.detail
    assert timepoints(site)[-2:] == ["2", None]


def test_a_timepoint_that_is_too_old_can_stop_the_run(site: Streaming, tmp_path: Path) -> None:
    """Where a gap must not be passed over without a snapshot."""
    feed(site, 1)
    path = config(site, tmp_path, "on_too_old: stop")
    with running(path) as (publisher, _, _):
        wait_until(lambda: len(ids(publisher)) == 1)
    site.script = [("status", 416, {})]
    with pytest.raises(SourceError, match=r"no longer keeps timepoint 1 \(HTTP 416\); snapshot needed"):
        run_once(path)


def test_too_many_requests_wait_as_long_as_asked(site: Streaming, tmp_path: Path) -> None:
    """429 with Retry-After of a second."""
    feed(site, 1)
    site.script = [("status", 429, {"Retry-After": "0"}), ("status", 429, {"Retry-After": "1"})]
    started = time.monotonic()
    with running(config(site, tmp_path)) as (publisher, stats, _):
        wait_until(lambda: len(ids(publisher)) == 1)
    assert time.monotonic() - started >= 1.0
    assert stats.count("errors") == 2


def test_refused_credentials_end_the_run(site: Streaming, tmp_path: Path) -> None:
    """403 with a key of another account."""
    (tmp_path / "key").write_text("my-key")
    site.script = [("status", 403, {})]
    with pytest.raises(ConfigError, match="refuses the credentials"):
        run_once(config(site, tmp_path, "auth_file: key, auth_scheme: basic"))
    assert site.requests[0][1]["Authorization"] == "Basic bXkta2V5Og=="


def test_two_events_at_one_timepoint_are_both_taken_and_a_repeated_one_once(
    site: Streaming, tmp_path: Path
) -> None:
    """A timepoint sent twice with the same content is one event; with other content it is two."""
    feed(site, 1)
    feed(site, 1)
    site.add(1, {"timepoint": 1, **row(2)})
    site.script = [("end", 3)]
    with running(config(site, tmp_path)) as (publisher, stats, _):
        wait_until(lambda: len(site.requests) >= 2 and stats.count("skipped") >= 4)
    assert ids(publisher) == [(record_id(1), 1), (record_id(2), 1)]


def test_a_line_that_is_no_json_is_buried_and_the_stream_goes_on(site: Streaming, tmp_path: Path) -> None:
    """Its own bytes, and the next line."""
    site.lines.append((1, b'{"timepoint": 1, broken'))
    feed(site, 2)
    with running(config(site, tmp_path)) as (publisher, _, _):
        wait_until(lambda: len(ids(publisher)) == 1)
    assert [letter.original for letter in publisher.letters] == [b'{"timepoint": 1, broken']


def test_a_stop_does_not_wait_for_the_server(site: Streaming, tmp_path: Path) -> None:
    """SIGTERM must not wait for the next heartbeat."""
    site.script = [("silent",)]
    path = config(site, tmp_path)
    path.write_text(
        path.read_text("utf-8").replace("heartbeat_seconds: 0.2", "heartbeat_seconds: 60"), "utf-8"
    )
    with running(path) as (_, _, thread):
        wait_until(lambda: len(site.requests) == 1)
        started = time.monotonic()
    assert not thread.is_alive()
    assert time.monotonic() - started < 15  # a quarter of the time between two heartbeats


def event(timepoint: int, status: str, kind: str = "company-profile", **data: Any) -> dict[str, Any]:
    return {
        "resource_kind": kind,
        "resource_uri": "/company/00445790",
        "resource_id": "00445790",
        "data": {
            "company_number": "00445790",
            "company_name": "EXAMPLE PLC",
            "company_status": status,
            **data,
        },
        "event": {"timepoint": timepoint, "published_at": "2026-01-05T10:00:00", "type": "changed"},
    }


def test_companies_house_events_become_records(site: Streaming, tmp_path: Path) -> None:
    """Its own envelope, its timepoint as version, its time of publication as time of capture."""
    site.add(7, event(7, "active"))
    site.add(8, event(8, "active", kind="something-new"))
    site.add(9, {"resource_kind": "company-profile", "data": 5, "event": {"timepoint": 9}})
    path = config(site, tmp_path, mappings="")
    text = path.read_text("utf-8").replace("profile: mapped", "profile: companies_house")
    path.write_text(text.replace("CN-330604", "GB").replace("gov_shared", "public"), "utf-8")
    with running(path) as (publisher, _, _):
        wait_until(lambda: len(publisher.letters) == 2)
    made = records(publisher, "F29")[0]
    assert (made["version"], made["source_id"], made["jurisdiction"]) == (7, "cn.330604.court", "GB")
    assert made["observed_at"] == "2026-01-05T10:00:00Z"
    assert [letter.reason for letter in publisher.letters] == ["no_mapping_matches", "mapping_failed"]
