"""A regulator's receiver of webhooks: verifies, stores, answers. A pattern to copy, and what the demo runs.

Verification is done by the official ``standardwebhooks`` library. The answer is 204 only after the alert is on
disk, so an alert that was acknowledged is not lost; the same ``webhook-id`` again is acknowledged and not stored
again.
"""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

LARGEST_BODY = 1 << 20


class Inbox:
    """Received alerts, one JSON object a line: ``{"webhook_id", "received_at", "event"}``.

    Args:
        path: the file; made when missing, read at the start to know what was received before.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._ids = {entry["webhook_id"] for entry in read_inbox(path)}
        self._cut_torn_line()

    def store(self, webhook_id: str, event: Any, now: datetime) -> bool:
        """Write one event and make it durable; False when the id was stored before."""
        with self._lock:
            if webhook_id in self._ids:
                return False
            entry = {"webhook_id": webhook_id, "received_at": now.isoformat(), "event": event}
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
            self._ids.add(webhook_id)
            return True

    def __len__(self) -> int:
        return len(self._ids)

    def _cut_torn_line(self) -> None:
        """A crash while writing leaves half a line, which was never acknowledged; it goes."""
        if self._path.exists():
            whole = self._path.read_bytes()
            end = whole.rfind(b"\n") + 1
            if end < len(whole):
                os.truncate(self._path, end)


def read_inbox(path: Path) -> list[dict[str, Any]]:
    """Everything stored so far, in order of arrival; a half-written last line is left out."""
    if not path.exists():
        return []
    text = path.read_text("utf-8", errors="replace")
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


class Receiver:
    """Listens for webhooks; a context manager that serves in a thread.

    Args:
        secrets: the ``whsec_`` secrets to accept; two during a rotation.
        inbox: where alerts go.
        host: address to listen on; this machine only unless told otherwise.
        port: 0 takes a free one, see :attr:`url`.
    """

    def __init__(
        self, secrets: Sequence[str], inbox: Inbox, *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        webhooks = [Webhook(secret) for secret in secrets]

        class Handler(_Handler):
            def take(self, body: bytes, headers: Mapping[str, str]) -> HTTPStatus:
                return take(webhooks, inbox, body, headers)

        self._server = ThreadingHTTPServer((host, port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="receiver")

    @property
    def url(self) -> str:
        """Where to send, for the subscription."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/hook"

    def start(self) -> Self:
        """Serve in a thread."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening; requests under way are finished."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def take(webhooks: Sequence[Webhook], inbox: Inbox, body: bytes, headers: Mapping[str, str]) -> HTTPStatus:
    """Verify and store one request; returns the status to answer."""
    for webhook in webhooks:
        try:
            event = webhook.verify(body, dict(headers))
        except (
            WebhookVerificationError,
            ValueError,
        ):  # ValueError: a signature that is not base64, broken UTF-8
            continue
        inbox.store(headers["webhook-id"], event, datetime.now(UTC))
        return HTTPStatus.NO_CONTENT
    return HTTPStatus.UNAUTHORIZED


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # a sender that stalls does not keep its thread

    def take(self, body: bytes, headers: Mapping[str, str]) -> HTTPStatus:
        raise NotImplementedError

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE if length else HTTPStatus.LENGTH_REQUIRED)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._answer(self.take(self.rfile.read(int(length)), headers))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing: the inbox is the log."""

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()
