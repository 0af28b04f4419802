"""Two small HTTP servers on loopback that serve, and misbehave on demand: a paged listing and an endless stream."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away in the middle are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_args: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        site: Any = self.server.site  # type: ignore[attr-defined] # put there by serving()
        query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        site.requests.append((query, dict(self.headers)))
        site.answer(self, query)

    def give(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            self.wfile.write(body)


@contextmanager
def serving(site: Any) -> Iterator[str]:
    """Serve ``site`` on a free port; gives the base address."""
    server = _Quiet(("127.0.0.1", 0), _Handler)
    server.site = site  # type: ignore[attr-defined] # read by the handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site.address
    finally:
        site.closing.set()
        server.shutdown()
        server.server_close()


class Listing:
    """Items in pages of five, by page number, cursor or next link, with ETag; ``troubles`` come first."""

    def __init__(self, style: str = "number", size: int = 5) -> None:
        self.items: list[Any] = []
        self.style, self.size = style, size
        self.troubles: list[tuple[int, dict[str, str]]] = []
        self.requests: list[tuple[dict[str, str], dict[str, str]]] = []
        self.not_modified = 0
        self.address = ""
        self.closing = threading.Event()

    def answer(self, handler: _Handler, query: dict[str, str]) -> None:
        if self.troubles:
            status, headers = self.troubles.pop(0)
            handler.give(status, b"{}", **headers)
            return
        number = int(query.get("page", query.get("cursor", "1")))
        items = self.items[(number - 1) * self.size : number * self.size]
        more = len(self.items) > number * self.size
        body: Any = {"data": {"items": items}}
        headers = {}
        if more and self.style == "cursor":
            body["next"] = str(number + 1)
        if more and self.style == "link":
            body["links"] = {"next": f"/list?page={number + 1}"}
        if more and self.style == "header":
            headers["Link"] = f'</list?page={number + 1}>; rel="next"'
        raw = json.dumps(body, ensure_ascii=False).encode()
        etag = '"' + hashlib.sha256(raw).hexdigest()[:12] + '"'
        if handler.headers.get("If-None-Match") == etag:
            self.not_modified += 1
            handler.give(304, ETag=etag)
        else:
            handler.give(200, raw, ETag=etag, Content_Type="application/json", **headers)


class Streaming:
    """Events with timepoints, one JSON document per line; behaves as told per connection by ``script``.

    A script entry is one of ``("status", code, headers)``, ``("cut", events)`` (ends inside the line after so many),
    ``("silent",)`` (nothing, not even heartbeats), ``("end", events)``, ``("bare",)`` (ends without its last line
    feed); without one the stream goes on for ever.
    """

    def __init__(self) -> None:
        self.lines: list[tuple[int, bytes]] = []
        self.script: list[tuple[Any, ...]] = []
        self.requests: list[tuple[dict[str, str], dict[str, str]]] = []
        self.heartbeat = 0.05
        self.address = ""
        self.closing = threading.Event()

    def add(self, timepoint: int, document: Any) -> None:
        self.lines.append((timepoint, json.dumps(document, ensure_ascii=False).encode()))

    def answer(self, handler: _Handler, query: dict[str, str]) -> None:
        step = self.script.pop(0) if self.script else ("live",)
        if step[0] == "status":
            handler.give(step[1], b"{}", **step[2])
            return
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        start = int(query["timepoint"]) if "timepoint" in query else 0
        if step[0] == "silent":
            self.closing.wait(5)
            return
        with suppress(OSError):  # the client has gone
            self._stream(handler, start, step)

    def _stream(self, handler: _Handler, start: int, step: tuple[Any, ...]) -> None:
        def chunk(data: bytes) -> None:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            handler.wfile.flush()

        wanted = [line for timepoint, line in self.lines if timepoint >= start]
        if step[0] == "bare":
            chunk(b"\n".join(wanted))
            handler.wfile.write(b"0\r\n\r\n")
            handler.close_connection = True
            return
        if step[0] in ("cut", "end"):
            for line in wanted[: step[1]]:
                chunk(line + b"\n")
            if step[0] == "cut":
                line = wanted[step[1]]
                chunk(line[: len(line) // 2])  # and no last chunk: the connection is cut
            else:
                handler.wfile.write(b"0\r\n\r\n")
            handler.close_connection = True
            return
        position = len(self.lines) - len(wanted)
        while not self.closing.is_set():
            for _, line in self.lines[position:]:
                position += 1
                chunk(line + b"\n")
            chunk(b"\n")
            self.closing.wait(self.heartbeat)
