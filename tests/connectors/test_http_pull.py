"""Pulling listings: ways of paging, ETag, Retry-After, refused credentials, pages that fill up slowly."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

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


def test_a_next_link_to_another_server_is_not_followed(site: Listing, tmp_path: Path) -> None:
    """Credentials go to the configured server only."""
    site.style = "link"
    site.items.extend(row(number) for number in range(1, 8))
    path = config(site, tmp_path)
    path.write_text(path.read_text("utf-8").replace("links.next", "elsewhere"), "utf-8")
    body = b'{"data": {"items": []}, "elsewhere": "http://example.org/list"}'
    site.answer = lambda handler, _query: handler.give(200, body)  # type: ignore[assignment,method-assign]
    with pytest.raises(SourceError, match=r"points to another server \(http://example\.org/list\)"):
        run_once(path)


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
    [("7", 7.0), ("Mon, 05 Jan 2026 08:00:30 GMT", 30.0), ("999999", 300.0), ("soon", None), ("", None)],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    """RFC 9110 section 10.2.3, with a limit."""
    response = httpx.Response(429, headers={"Retry-After": header})
    assert retry_after(response, datetime(2026, 1, 5, 8, tzinfo=UTC)) == seconds
