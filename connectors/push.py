"""An authenticated endpoint for department front ends that send, and for manual entry (F32).

``POST /v1/records`` takes one record, an array, or NDJSON, and answers per record what became of it. 200 is given
only after the broker has acknowledged everything; while it is away the answer is 503 with Retry-After, and nothing
was taken. Requests that arrive together are published together.
"""

import asyncio
import hashlib
import hmac
import json
import queue
import socket
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.checkpoint import Checkpoint, write_atomically
from connectors.config import ConnectorConfig
from connectors.errors import ConfigError
from connectors.http_common import read_secret
from connectors.idempotency import AnswerStore
from connectors.pipeline import Clock
from connectors.push_body import BadBodyError, rows_of
from connectors.rows import Batch, Results, Row, RowResult
from detectors.errors import FenghuoError

_WAITING_REQUESTS = 64
_GROUP_ROWS = 5000


@dataclass(frozen=True, slots=True)
class _Request:
    """Rows of one request in hand, and where its answer goes: the bytes for 200, or the sentence for 503."""

    rows: Sequence[Row]
    key: str | None
    answer: "Future[bytes | str]"


class PushSource:
    """Source that listens. It keeps no position; answers are kept by Idempotency-Key beside the checkpoint."""

    alive_on_poll = False
    settled = True
    pause = 0.0
    patience = 0.5

    def __init__(self, config: ConnectorConfig, clock: Clock) -> None:
        """Bind the address and start to listen.

        Raises:
            ConfigError: no token, or the address cannot be bound.
            CheckpointError: the answers cannot be kept.
        """
        assert config.push is not None  # noqa: S101 - guaranteed by ConnectorConfig
        self._settings = config.push
        self._source_id = config.source_id
        self._clock = clock
        token_file = self._settings.token_file and config.resolve(self._settings.token_file)
        self._token = (read_secret(self._settings.token_env, token_file) or "").encode()
        self._queue: queue.Queue[_Request] = queue.Queue(_WAITING_REQUESTS)
        self._socket = self._bind()
        host, port = self._socket.getsockname()[:2]
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        answers = config.checkpoint_path().with_suffix(".answers.sqlite3")
        self._answers = AnswerStore(answers, self._settings.keep)
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.app(),
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="push endpoint", daemon=True
        )
        self._thread.start()
        self._wait_ready()
        if self._settings.port_file is not None:
            write_atomically(config.resolve(self._settings.port_file), f"{port}\n".encode())

    def _bind(self) -> socket.socket:
        host, port = self._settings.host, self._settings.port
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            bound = socket.socket(family, socket.SOCK_STREAM)
            try:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                bound.bind((host, port))
                bound.listen(128)
            except OSError:
                bound.close()
                raise
        except OSError as error:
            problem = f"cannot be bound ({error.strerror or error})"
            raise ConfigError(f"push {host}:{port}", problem, "choose another port, or 0 for any") from error
        return bound

    def app(self) -> Starlette:
        """The ASGI application, for tests and for other servers."""
        return Starlette(routes=[Route("/v1/records", self._records, methods=["POST"])])

    def poll(self, memory: Checkpoint, stop: threading.Event) -> Generator[Batch, None, None]:  # noqa: ARG002 - see Source
        """Batches of the requests that are waiting; ends when ``stop`` is set."""
        while not stop.is_set():
            try:
                group = [self._queue.get(timeout=0.05)]
            except queue.Empty:
                continue
            while sum(len(request.rows) for request in group) < _GROUP_ROWS:
                try:
                    group.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            rows = [row for request in group for row in request.rows]
            yield Batch(
                rows,
                committed=lambda results, group=group: self._committed(group, results),  # type: ignore[misc] # bound now
                failed=lambda error, group=group: self._failed(group, error),  # type: ignore[misc] # bound now
            )

    def _committed(self, group: Sequence[_Request], results: Results) -> None:
        position = 0
        for request in group:
            own = results[position : position + len(request.rows)]
            position += len(request.rows)
            answer = _report(own)
            if request.key is not None:
                self._answers.finish(request.key, answer)
            request.answer.set_result(answer)

    def _failed(self, group: Sequence[_Request], error: FenghuoError) -> None:
        for request in group:
            if request.key is not None:
                self._answers.release(request.key)
            request.answer.set_result(str(error))

    async def _records(self, request: Request) -> Response:
        try:
            self._authorise(request)
            kind, key = _announced(request)
            return await self._take(await self._body(request), kind != "application/json", key)
        except _Refusal as refusal:
            return JSONResponse(
                {"error": refusal.sentence}, status_code=refusal.status, headers=refusal.headers
            )

    def _authorise(self, request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        # the token is compared whatever the scheme is, in constant time
        right = hmac.compare_digest(token.strip().encode("utf-8", "surrogateescape"), self._token)
        if scheme.lower() != "bearer" or not right:
            raise _Refusal(401, "a valid bearer token is needed", {"WWW-Authenticate": "Bearer"})

    async def _body(self, request: Request) -> bytes:
        limit = self._settings.max_body_bytes
        body = bytearray()
        try:
            async with asyncio.timeout(self._settings.answer_seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > limit:
                        raise _Refusal(413, f"the body is larger than {limit} bytes; send fewer records")
        except TimeoutError:
            raise _Refusal(408, "the body did not arrive in time") from None
        except ClientDisconnect:
            raise _Refusal(400, "the connection ended inside the body") from None
        return bytes(body)

    async def _take(self, body: bytes, ndjson: bool, key: str | None) -> Response:
        received_at = self._clock()
        digest = hashlib.sha256(body).hexdigest()
        label = f"push {key or digest[:12]}"
        try:
            rows = rows_of(body, ndjson=ndjson, captured_at=received_at, label=label)
        except BadBodyError as error:
            raise _Refusal(400, f"the body cannot be read: {error}") from None
        most = self._settings.max_records
        if not 1 <= len(rows) <= most:
            raise _Refusal(413 if rows else 400, f"1 to {most} records are taken at once, {len(rows)} came")
        if key is not None:
            claim = await run_in_threadpool(self._answers.claim, key, digest, received_at)
            if claim.answer is not None:
                return _answer(claim.answer, {"Idempotent-Replayed": "true"})
            if claim.conflict:
                raise _Refusal(422, f"Idempotency-Key {key!r} was used with another body")
            if claim.busy:
                raise _Refusal(409, f"Idempotency-Key {key!r} is being worked on", {"Retry-After": "1"})
            rows = [replace(row, captured_at=claim.received_at) for row in rows]
        return await self._publish(rows, key)

    async def _publish(self, rows: Sequence[Row], key: str | None) -> Response:
        answer: Future[bytes | str] = Future()
        try:
            self._queue.put_nowait(_Request(rows, key, answer))
        except queue.Full:
            if key is not None:
                self._answers.release(key)
            raise _Refusal(503, "too many requests are waiting", {"Retry-After": "1"}) from None
        try:
            # shielded: the records may still be taken after we stopped waiting, and the answer is then kept
            async with asyncio.timeout(self._settings.answer_seconds):
                given = await asyncio.shield(asyncio.wrap_future(answer))
        except TimeoutError:
            sentence = "the broker has not acknowledged in time; send again"
            raise _Refusal(503, sentence, {"Retry-After": "5"}) from None
        if isinstance(given, str):
            raise _Refusal(503, f"nothing was taken: {given}", {"Retry-After": "5"})
        return _answer(given)

    def _wait_ready(self) -> None:
        """Return once requests are answered."""
        deadline = time.monotonic() + 10
        while not self._server.started and time.monotonic() < deadline and self._thread.is_alive():
            time.sleep(0.01)

    def close(self) -> None:
        """Refuse what is waiting, stop listening, close the answers."""
        self._server.should_exit = True
        while not self._queue.empty():
            stopping = ConfigError(self.address, "is being stopped", "send again later")
            self._failed([self._queue.get_nowait()], stopping)
        self._thread.join(timeout=10)
        self._socket.close()
        self._answers.close()


class _Refusal(Exception):  # noqa: N818 - an answer, not an error of ours
    """A request that is not taken: HTTP status, one sentence, headers."""

    def __init__(self, status: int, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = headers


def _announced(request: Request) -> tuple[str, str | None]:
    """Content type and Idempotency-Key of a request."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind not in ("application/json", "application/x-ndjson", "application/jsonl"):
        raise _Refusal(415, f"{kind!r} is not taken; send application/json or application/x-ndjson")
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= 255 and key.isprintable()):
        raise _Refusal(400, "Idempotency-Key must be 1 to 255 printable characters")
    return kind, key


def _answer(body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, media_type="application/json", headers=headers)


def _report(results: Results) -> bytes:
    """What became of each record, in the order sent; a row that a mapping fans out has several entries."""
    entries = [(index, one) for index, row in enumerate(results) for one in row]
    counts = {
        kind: sum(1 for _, one in entries if one.outcome == kind)
        for kind in ("accepted", "flagged", "quarantined")
    }
    return json.dumps(
        {**counts, "records": [_entry(index, one) for index, one in entries]}, ensure_ascii=False
    ).encode(errors="backslashreplace")  # half a surrogate pair stays the JSON escape it came as


def _entry(index: int, one: RowResult) -> dict[str, object]:
    optional = {
        "record_id": one.record_id,
        "reason": one.reason,
        "detail": one.detail,
        "flags": list(one.flags),
    }
    return {
        "index": index,
        "outcome": one.outcome,
        **{key: value for key, value in optional.items() if value},
    }
