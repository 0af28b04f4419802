"""The utilities' stream: a small HTTP server on the loopback that sends one JSON document per line, for ever.

Every line carries a ``timepoint``, its number in the stream. ``?timepoint=N`` resumes at line N (sent again, as
Companies House does it); without it the stream begins at its first line. Blank lines are heartbeats. The lines live in
a file, so a connector that comes back finds everything, and memory stays small however far it is behind.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

import msgspec

from streams.district.departments import wire_record
from streams.district.statement import Almanac, Source
from streams.district.world import SourceEvent

PATH: Final = "/stream"
_CHUNK: Final = 256 * 1024
_encode = msgspec.json.encode


class Spool:
    """Numbered lines in a file, and a condition to wait on for more. Every line is numbered from 1."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.grown = threading.Condition()
        self.closed = False
        self.lines = 0
        self._offsets: list[tuple[int, int]] = [(1, 0)]
        self._file = path.open("wb")
        self.size = 0

    def append(self, lines: list[bytes]) -> None:
        """Add lines, each with its line feed, and wake the readers."""
        if not lines:
            return
        block = b"".join(lines)
        self._file.write(block)
        self._file.flush()
        with self.grown:
            self._offsets.append((self.lines + 1, self.size))
            self.lines += len(lines)
            self.size += len(block)
            self.grown.notify_all()

    def offset(self, line: int) -> int:
        """Byte offset at which a line begins; the end of the file for lines not yet written."""
        with self.grown:
            if line > self.lines:
                return self.size
            first, start = max(mark for mark in self._offsets if mark[0] <= max(line, 1))
        with self.path.open("rb") as file:
            file.seek(start)
            for _ in range(max(line, 1) - first):
                start += len(file.readline())
        return start

    def wait_beyond(self, position: int, seconds: float) -> tuple[int, bool]:
        """The size of the file, and whether it is final, once there is more than ``position`` or time is up."""
        with self.grown:
            self.grown.wait_for(lambda: self.closed or self.size > position, seconds)
            return self.size, self.closed

    def close(self) -> None:
        """End every reader's wait."""
        with self.grown:
            self.closed = True
            self.grown.notify_all()
        self._file.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, spool: Spool, heartbeat_seconds: float) -> None:
        self.spool, self.heartbeat_seconds = spool, heartbeat_seconds
        super().__init__((host, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Stream from the timepoint asked for until the client leaves or the server closes."""
        parts = urlsplit(self.path)
        given = parse_qs(parts.query).get("timepoint", ["1"])[0]
        if parts.path != PATH or not given.isdigit():
            self.send_error(404 if parts.path != PATH else 400, f"ask for {PATH}?timepoint=<number>")
            return
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._send_lines(self.server.spool.offset(int(given)))
            self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has left; it will ask again from where it was

    def _send_lines(self, position: int) -> None:
        spool = self.server.spool
        with spool.path.open("rb") as file:
            while True:
                end, closed = spool.wait_beyond(position, self.server.heartbeat_seconds)
                if end == position and not closed:
                    self._chunk(b"\n")
                file.seek(position)
                while position < end:
                    data = file.read(min(_CHUNK, end - position))
                    self._chunk(data)
                    position += len(data)
                if closed:
                    return

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing: the demo owns the terminal."""


class StreamDepartment:
    """Writes records to the spool and serves them; a context manager, or :meth:`start` and :meth:`close`."""

    def __init__(
        self, source: Source, almanac: Almanac, spool: Path, port: int = 0, heartbeat_seconds: float = 5.0
    ) -> None:
        """Binds 127.0.0.1; ``port`` 0 picks a free one, see :attr:`url`."""
        self.source, self._almanac = source, almanac
        self._spool = Spool(spool)
        self._server = _Server("127.0.0.1", port, self._spool, heartbeat_seconds)
        self._thread: threading.Thread | None = None
        self._lines: list[bytes] = []
        self._count = 0

    @property
    def url(self) -> str:
        """Where the stream is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{PATH}"

    def start(self) -> None:
        """Serve in a thread of its own."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._server.serve_forever,
                kwargs={"poll_interval": 0.1},
                name="utility stream",
                daemon=True,
            )
            self._thread.start()

    def say(self, event: SourceEvent) -> None:
        """Note an event as the next line."""
        self._count += 1
        record = {"timepoint": self._count, **wire_record(event, self._almanac)}
        self._lines.append(_encode(record) + b"\n")

    def flush(self) -> None:
        """Make the lines readable."""
        self._spool.append(self._lines)
        self._lines = []

    def close(self) -> None:
        """Stop serving and end the open streams."""
        self._spool.close()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join(timeout=10)
            self._thread = None
        self._server.server_close()

    def __enter__(self) -> Self:
        """Serve."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.close()
