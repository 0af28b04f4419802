"""Pulling a paged JSON listing, with ETag, cursor, next link or page number.

State: the page to ask for next, its ETag, and hashes of the items already sent from it, so that a last page that
fills up slowly is read again without sending its first items twice; of the whole listing, where that is read each time.
"""

import hashlib
import json
import threading
from collections.abc import Generator
from typing import Any

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
)

from connectors.checkpoint import Checkpoint
from connectors.config import ConnectorConfig
from connectors.errors import ConfigError, SourceError
from connectors.http_common import HttpSource, dig, refuse, shown
from connectors.jsontext import written
from connectors.pipeline import Clock
from connectors.rows import Batch, Progress, Row, State

_SEEN = 10_000
_WAIT = wait_exponential_jitter(multiplier=0.2, max=30, jitter=0.2)


def _nap(stop: threading.Event, seconds: float) -> None:
    """Sleep that a stop ends."""
    stop.wait(seconds)


def _wait(call: RetryCallState) -> float:
    """Exponential with jitter, and never less than the server asked for."""
    error = call.outcome.exception() if call.outcome else None
    asked = error.retry_after if isinstance(error, SourceError) else None
    return max(_WAIT(call), asked or 0.0)


class HttpPull(HttpSource):
    """Source over one listing. State: ``{"page": {...}, "etag": ..., "seen": [...]}``."""

    alive_on_poll = True

    def __init__(self, config: ConnectorConfig, clock: Clock) -> None:
        """See :class:`HttpSource`."""
        assert config.http_pull is not None  # noqa: S101 - guaranteed by ConnectorConfig
        self._settings = config.http_pull
        self._listed: (
            dict[str, None] | None
        ) = {}  # what this round has met; None when a page was not read again
        accept = {"Accept": "application/json"}
        super().__init__(config, self._settings, clock, self._settings.timeout_seconds, accept)

    @property
    def pause(self) -> float:
        """Seconds between polls that found nothing."""
        return self._settings.poll_seconds

    def poll(self, memory: Checkpoint, stop: threading.Event) -> Generator[Batch, None, None]:
        """Read from the remembered page to the last one.

        Raises:
            SourceError: the server is away, overloaded, or its answer is not what was configured.
            ConfigError: the credentials are refused.
        """
        remembered = memory.state.get("page")
        page = self._first_page() if self._settings.resume == "start" or remembered is None else remembered
        etag = memory.state.get("etag") if page == remembered else None
        before = b""
        visited: list[dict[str, Any]] = []
        self._listed = {}
        while page is not None and not stop.is_set():
            response = self._get(page, etag, stop)
            etag = None
            if response is None:
                return
            if response.status_code == 304:
                # a full page stays as it is while the next one fills up
                self._listed = None
                page = {"number": page["number"] + 1} if "number" in page else None
                continue
            if response.content == before and "number" in page and self._items(self._body(response)):
                raise SourceError(
                    self._place, f"gives page {page['number']} the same content as the one before"
                )
            before = response.content
            body = self._body(response)
            following = self._next(page, response, body)
            batch = self._batch(body, memory, page, following, response)
            if batch.rows or batch.state is not None:
                yield batch
            visited.append(page)
            if following in visited:
                raise SourceError(self._place, f"names a page already given as its next one ({following})")
            page = following

    def _first_page(self) -> dict[str, Any]:
        if self._settings.page_param is not None:
            return {"number": self._settings.page_start}
        return {"url": str(self._url)}

    def _get(self, page: dict[str, Any], etag: str | None, stop: threading.Event) -> httpx.Response | None:
        """The page (or 304, not changed); None when the run is being stopped."""
        url, params = self._url, dict(self._settings.params)
        if "number" in page:
            params[self._settings.page_param or "page"] = str(page["number"])
        elif "cursor" in page:
            params[self._settings.next_param or "cursor"] = str(page["cursor"])
        else:
            url = httpx.URL(page["url"])
        headers = {"If-None-Match": etag} if etag and self._settings.etag else {}
        for attempt in Retrying(
            stop=stop_after_attempt(self._settings.attempts),
            wait=_wait,
            retry=retry_if_exception_type(SourceError),
            sleep=lambda seconds: _nap(stop, seconds),
            reraise=True,
        ):
            if stop.is_set():
                return None
            with attempt:
                return self._once(url.copy_merge_params(params), headers)
        return None

    def _once(self, url: httpx.URL, headers: dict[str, str]) -> httpx.Response:
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                if response.status_code != 304:
                    refuse(response, self._place, self._clock())
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > self._settings.max_page_bytes:
                        limit = self._settings.max_page_bytes
                        raise ConfigError(
                            self._place, f"a page is larger than {limit} bytes", "ask for smaller pages"
                        )
                bare = {k: v for k, v in response.headers.items() if k in ("etag", "link", "content-type")}
                return httpx.Response(response.status_code, headers=bare, content=bytes(content))
        except httpx.HTTPError as error:
            problem = str(error) or type(error).__name__
            raise SourceError(self._place, f"does not answer ({problem})") from error

    def _body(self, response: httpx.Response) -> object:
        try:
            return json.loads(response.content)
        except (ValueError, RecursionError) as error:
            raise SourceError(self._place, f"answers something that is not JSON ({error})") from error

    def _next(self, page: dict[str, Any], response: httpx.Response, body: object) -> dict[str, Any] | None:
        if "number" in page:
            return {"number": page["number"] + 1} if self._items(body) else None
        target: object = None
        if self._settings.link_header:
            target = response.links.get("next", {}).get("url")
        elif self._settings.next_field:
            target = dig(body, self._settings.next_field)
        if target in (None, ""):
            return None
        if self._settings.next_param is not None:
            found = {"cursor": target}
        else:
            try:
                following = httpx.URL(page["url"]).join(str(target))
            except httpx.InvalidURL as error:
                raise SourceError(self._place, f"names a next page that is no address ({error})") from error
            found = {"url": str(self._same_origin(following))}
        return None if found == page else found

    def _same_origin(self, url: httpx.URL) -> httpx.URL:
        """Credentials go to the configured server only."""
        if (url.scheme, url.host, url.port) != (self._url.scheme, self._url.host, self._url.port):
            raise SourceError(self._place, f"points to another server ({shown(url)}) for its next page")
        return url

    def _items(self, body: object) -> list[object]:
        items = dig(body, self._settings.items_field)
        if not isinstance(items, list):
            field = self._settings.items_field
            problem = f"has no list at {field!r}" if field else f"is not a list but {type(body).__name__}"
            raise SourceError(f"answer of {self._place}", problem, "correct 'http_pull.items_field'")
        return items

    def _batch(
        self,
        body: object,
        memory: Checkpoint,
        page: dict[str, Any],
        following: dict[str, Any] | None,
        response: httpx.Response,
    ) -> Batch:
        items = self._items(body)
        whole = self._settings.resume == "start"
        sent = dict.fromkeys(
            memory.state.get("seen", ()) if whole or memory.state.get("page") == page else ()
        )
        rows: list[Row] = []
        texts = written(response.content, self._settings.items_field)
        for index, (item, original) in enumerate(zip(items, texts, strict=True)):
            digest = hashlib.sha256(json.dumps(item).encode()).hexdigest()[:24]
            if self._listed is not None:
                self._listed[digest] = None
            if digest not in sent:
                sent[digest] = None
                rows.append(self._row(item, original, page, index, memory))
        count = memory.state.get("rows", 0) + len(rows)
        state = self._state(memory.state, page, following, list(sent), response.headers.get("etag"))
        changed = (bool(items) or whole) and {**state, "rows": 0} != {**memory.state, "rows": 0}
        progress = Progress(self._source_id, self._place, count, count, None)
        skipped = len(items) - len(rows)
        return Batch(rows, {**state, "rows": count} if changed else None, progress=progress, skipped=skipped)

    def _row(
        self, item: object, original: bytes, page: dict[str, Any], index: int, memory: Checkpoint
    ) -> Row:
        label = page.get("number") or page.get("cursor")
        place = f"{self._place}{f'#{label}' if label else ''}[{index}]"
        captured = memory.capture(json.dumps(page), self._clock)
        if isinstance(item, dict):
            return Row(place, original, item, captured)
        problem = f"{place}: a JSON object is needed, {type(item).__name__} came"
        return Row(place, original, {}, captured, problem)

    def _state(
        self,
        known: State,
        page: dict[str, Any],
        following: dict[str, Any] | None,
        sent: list[str],
        etag: str | None,
    ) -> State:
        """Where the next poll starts: the following page, or the last one again, as more may be added to it.

        By page number the last page is known only by the empty one after it, so the page itself is remembered.
        """
        if self._settings.resume == "start":
            ended = following is None
            if page == self._first_page():
                # an unchanged first page says nothing of those behind it, unless they can be asked for without it
                known = {"etag": etag if ended or "number" in page else None}
            seen = list(self._listed) if ended and self._listed else sent
            return {"page": self._first_page(), "etag": known.get("etag"), "seen": seen}
        if following is not None and "number" not in page:
            return {"page": following, "etag": None, "seen": []}
        return {"page": page, "etag": etag, "seen": sent[-_SEEN:]}
