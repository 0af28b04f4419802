"""Pulling listings: ways of paging, ETag, Retry-After, refused credentials, pages that fill up slowly."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors import http_pull
from connectors.errors import ConfigError, SourceError
from connectors.http_common import retry_after
from tests.connectors.helpers import ids, record_id, row, run_once, running, wait_until, write_config
from tests.connectors.servers import Listing, serving

WAYS = {
    "number": "page_param: page",
    "cursor": "next_field: next, next_param: cursor",
    "link": "next_field: links.next",
    "header": "link_header: true",
}


@pytest.fixture
def site() -> Iterator[Listing]:
    listing = Listing()
    with serving(listing):
        yield listing


def config(site: Listing, folder: Path, more: str = "") -> Path:
    section = (
        f"{{url: '{site.address}/list', items_field: data.items, poll_seconds: 0.02, {WAYS[site.style]}"
        f"{', ' + more if more else ''}}}"
    )
    return write_config(folder, "http_pull", section)


@pytest.mark.parametrize("style", WAYS)
def test_every_way_of_paging_reads_all_and_goes_on_where_it_was(
    site: Listing, tmp_path: Path, style: str
) -> None:
    """The last page is read again, because it fills up; what it held before is not sent again."""
    site.style = style
    site.items.extend(row(number) for number in range(1, 13))
    assert ids(run_once(config(site, tmp_path))[0]) == [(record_id(number), 1) for number in range(1, 13)]
    site.items.extend(row(number) for number in range(13, 19))
    assert ids(run_once(config(site, tmp_path))[0]) == [(record_id(number), 1) for number in range(13, 19)]
    before = len(site.requests)
    assert ids(run_once(config(site, tmp_path))[0]) == []
    assert len(site.requests) - before <= 2, "the whole listing was read again"


def test_a_full_last_page_is_followed_by_the_next_one(site: Listing, tmp_path: Path) -> None:
    """Its ETag never changes again, but the page after it does."""
    site.items.extend(row(number) for number in range(1, 6))
    assert len(ids(run_once(config(site, tmp_path))[0])) == 5
    site.items.append(row(6))
    assert ids(run_once(config(site, tmp_path))[0]) == [(record_id(6), 1)]


def test_what_has_not_changed_is_not_sent_by_the_server(site: Listing, tmp_path: Path) -> None:
    """304 costs the server no page and us no work, and still shows that the source lives."""
    site.style = "link"
    site.items.append(row(1))
    with running(config(site, tmp_path)) as (_, stats, _):
        wait_until(lambda: site.not_modified >= 3)
    assert stats.count("rows") == 1
    assert stats.count("heartbeats") >= 1


def test_the_whole_listing_can_be_read_each_time(site: Listing, tmp_path: Path) -> None:
    """For listings that change in the middle: only what is new in content is sent."""
    site.items.extend(row(number) for number in range(1, 8))
    assert len(ids(run_once(config(site, tmp_path, "resume: start"))[0])) == 7
    site.items[2] = row(3, version=2, amount="10")
    assert ids(run_once(config(site, tmp_path, "resume: start"))[0]) == [(record_id(3), 2)]


@pytest.mark.parametrize("style", WAYS)
def test_a_change_on_a_later_page_is_found_though_the_first_is_the_same(tmp_path: Path, style: str) -> None:
    """The ETag of the first page says nothing of the others."""
    site = Listing(style)
    site.items = [row(number) for number in range(1, 13)]
    with serving(site):
        path = config(site, tmp_path, "resume: start")
        assert len(ids(run_once(path)[0])) == 12
        site.items[11] = row(12, version=2)
        assert ids(run_once(path)[0]) == [(record_id(12), 2)]


def test_a_long_listing_is_remembered_whole(
    site: Listing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else its first items would be new again every time, and there would be no end to it."""
    monkeypatch.setattr(http_pull, "_SEEN", 8)
    site.items = [row(number) for number in range(1, 21)]
    path = config(site, tmp_path, "resume: start")
    with running(path) as (publisher, _, _):
        wait_until(lambda: len(ids(publisher)) >= 20)
        asked = len(site.requests)
        wait_until(lambda: len(site.requests) > asked + 10)
    assert len(ids(publisher)) == 20
    del site.items[:15]
    assert ids(run_once(path)[0]) == []
    state = json.loads((tmp_path / "checkpoints" / "cn.330604.court.json").read_text())["state"]
    assert len(state["seen"]) == 5, "what is no longer listed is forgotten"


def test_too_many_requests_are_tried_again_when_the_server_says(site: Listing, tmp_path: Path) -> None:
    """429 with Retry-After, and a server that is down for a moment."""
    site.items.append(row(1))
    site.troubles = [(429, {"Retry-After": "0"}), (503, {}), (429, {"Retry-After": "0"})]
    publisher, stats = run_once(config(site, tmp_path))
    assert ids(publisher) == [(record_id(1), 1)]
    assert stats.count("errors") == 0


def test_a_server_that_stays_away_is_an_error_with_its_status(site: Listing, tmp_path: Path) -> None:
    """No heartbeat, nothing remembered; the runner asks again later."""
    site.items.append(row(1))
    site.troubles = [(500, {"Retry-After": "0"})] * 2
    with running(config(site, tmp_path, "attempts: 1")) as (publisher, stats, _):
        wait_until(lambda: len(ids(publisher)) == 1)
    assert stats.count("errors") == 2
    assert "answers HTTP 500" in stats.last_error


def test_a_server_that_says_at_once_is_not_hammered(site: Listing, tmp_path: Path) -> None:
    """Retry-After of nothing, or of a date gone by its clock: our own pauses grow all the same."""
    site.troubles = [(503, {"Retry-After": "0"})] * 1000
    with running(config(site, tmp_path)) as (_, stats, _):
        wait_until(lambda: stats.count("errors") >= 1)
    assert len(site.requests) <= 8


def test_next_pages_that_go_round_in_a_circle_are_named(tmp_path: Path) -> None:
    """One round is read; then the server is asked again later, and not for ever at once."""
    site = Circle("cursor")
    with serving(site), pytest.raises(SourceError, match=r"a page already given as its next one"):
        run_once(config(site, tmp_path))
    assert len(site.requests) == 3


class Circle(Listing):
    """The third page is followed by the second."""

    def answer(self, handler: Any, query: dict[str, str]) -> None:
        number = int(query.get("cursor", "1"))
        body = {"data": {"items": [row(number)]}, "next": str(2 if number == 3 else number + 1)}
        handler.give(200, json.dumps(body, ensure_ascii=False).encode())


def test_a_dead_letter_holds_the_bytes_the_server_wrote(tmp_path: Path) -> None:
    """Blanks, trailing zeros and half a surrogate pair included: its hash must be that of the source's own text."""
    first = b'{"a" :  1.10, "b": "\\ud800"}'
    site = Written(b' {"data": {"items": [5], "items": [ ' + first + b' , 5]}, "z": []} ')
    with serving(site):
        publisher, _ = run_once(config(site, tmp_path))
    assert [letter.original for letter in publisher.letters] == [first, b"5"]
    assert all(letter.headers() for letter in publisher.letters)


class Written(Listing):
    """One page in exactly these bytes, and an empty one."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body

    def answer(self, handler: Any, query: dict[str, str]) -> None:
        handler.give(200, self.body if query["page"] == "1" else b'{"data": {"items": []}}')


def test_refused_credentials_end_the_run(
    site: Listing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waiting does not help; the secret is not repeated."""
    monkeypatch.setenv("COURT_TOKEN", "top-secret")
    site.troubles = [(401, {})]
    with pytest.raises(
        ConfigError, match=r"refuses the credentials \(HTTP 401\); correct auth_env"
    ) as caught:
        run_once(config(site, tmp_path, "auth_env: COURT_TOKEN"))
    assert "top-secret" not in str(caught.value)
    assert site.requests[0][1]["Authorization"] == "Bearer top-secret"


@pytest.mark.parametrize(
    "other", ["http://example.org/list", "https://{host}:{port}/list", "http://{host}:1/list"]
)
def test_a_next_link_to_another_server_is_not_followed(site: Listing, tmp_path: Path, other: str) -> None:
    """Credentials go to the configured server only: not to another host, scheme or port."""
    at = httpx.URL(site.address)
    other = other.format(host=at.host, port=at.port)
    site.style = "link"
    site.items.extend(row(number) for number in range(1, 8))
    path = config(site, tmp_path)
    path.write_text(path.read_text("utf-8").replace("links.next", "elsewhere"), "utf-8")
    body = json.dumps({"data": {"items": []}, "elsewhere": other}).encode()
    site.answer = lambda handler, _query: handler.give(200, body)  # type: ignore[assignment,method-assign]
    with pytest.raises(SourceError, match=rf"points to another server \({re.escape(other)}\)"):
        run_once(path)


def test_a_next_page_that_is_no_address_is_named(site: Listing, tmp_path: Path) -> None:
    """A mistake of the server, and no reason to stop the other connectors."""
    site.style = "link"
    body = json.dumps({"data": {"items": []}, "links": {"next": "http://[::1"}}).encode()
    site.answer = lambda handler, _query: handler.give(200, body)  # type: ignore[assignment,method-assign]
    with pytest.raises(SourceError, match="names a next page that is no address"):
        run_once(config(site, tmp_path))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<html>", "answers something that is not JSON"),
        (b'{"data": 5}', "has no list at 'data.items'"),
        (b"[" * 100_000, "answers something that is not JSON"),
    ],
)
def test_an_answer_of_another_shape_is_named(
    site: Listing, tmp_path: Path, body: bytes, sentence: str
) -> None:
    """A login page instead of JSON, a field that has moved."""
    site.answer = lambda handler, _query: handler.give(200, body)  # type: ignore[assignment,method-assign]
    with pytest.raises(SourceError) as caught:
        run_once(config(site, tmp_path))
    assert sentence in str(caught.value)


def test_items_that_are_no_objects_are_buried(site: Listing, tmp_path: Path) -> None:
    """With their JSON and their place."""
    site.items.extend([5, row(1)])
    publisher, _ = run_once(config(site, tmp_path))
    assert ids(publisher) == [(record_id(1), 1)]
    assert publisher.letters[0].original == b"5"
    assert publisher.letters[0].place.endswith("/list#1[0]")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Mon, 05 Jan 2026 08:00:30 GMT", 30.0),
        ("999999", 300.0),
        ("soon", None),
        ("", None),
        ("²", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    """RFC 9110 section 10.2.3, with a limit."""
    response = httpx.Response(429, headers=[(b"Retry-After", header.encode("latin-1"))])
    assert retry_after(response, datetime(2026, 1, 5, 8, tzinfo=UTC)) == seconds
