"""Reading an endless HTTP response without being bound to it: a thread reads, a bounded queue holds it back."""

import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from connectors.errors import SourceError

_CHUNKS = 64
"""Chunks (of at most 64 KiB) in memory; when they are not taken, TCP slows the server down."""
MAX_LINE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _End:
    """The connection is over, with an error or without."""

    error: SourceError | None


class Wire:
    """One open connection; use as a context manager. ``stop`` ends every wait within a twentieth of a second."""

    def __init__(self, client: httpx.Client, url: httpx.URL, place: str, stop: threading.Event) -> None:
        """Start reading ``url``; ``place`` names it in messages."""
        self._client = client
        self._url = url
        self._place = place
        self._stop = stop
        self._closed = threading.Event()
        self._queue: queue.Queue[httpx.Response | bytes | _End] = queue.Queue(_CHUNKS)
        self._ended: _End | None = None
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._read, name=f"reader of {place}", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            with self._client.stream("GET", self._url) as response:
                network = response.extensions.get("network_stream")
                self._socket = network.get_extra_info("socket") if network is not None else None
                self._put(response)
                for chunk in response.iter_bytes():
                    if self._closed.is_set():
                        return
                    self._put(chunk)
            self._put(_End(None))
        except httpx.RemoteProtocolError:
            self._put(_End(None))  # cut by the server: what came is read, the rest is asked for again
        except httpx.ReadTimeout:
            problem = "is silent for twice its heartbeat; connecting again"
            self._put(_End(SourceError(self._place, problem)))
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            problem = f"does not answer ({str(error) or type(error).__name__})"
            self._put(_End(SourceError(self._place, problem)))

    def _put(self, item: httpx.Response | bytes | _End) -> None:
        while not self._closed.is_set():
            try:
                self._queue.put(item, timeout=0.05)
            except queue.Full:
                continue
            return

    def _get(self) -> httpx.Response | bytes | None:
        while not self._stop.is_set():
            try:
                item = self._ended or self._queue.get(timeout=0.05)
            except queue.Empty:
                continue
            if isinstance(item, _End):
                self._ended = item
                if item.error is not None:
                    raise item.error
                return None
            return item
        return None

    def response(self) -> httpx.Response | None:
        """Status and headers; None when stopped or cut before they came.

        Raises:
            SourceError: no connection.
        """
        first = self._get()
        return first if isinstance(first, httpx.Response) else None

    def chunks(self) -> Iterator[bytes]:
        """The body as it comes, until the server ends it or ``stop`` is set.

        Raises:
            SourceError: nothing came for the read timeout.
        """
        while isinstance(chunk := self._get(), bytes):
            # take what is there already, so that a busy stream is published in larger batches
            parts = [chunk]
            while len(parts) < _CHUNKS and not self._queue.empty():
                more = self._queue.get_nowait()
                if isinstance(more, _End):
                    self._ended = more
                    break
                if isinstance(more, bytes):
                    parts.append(more)
            yield b"".join(parts)

    def __enter__(self) -> Self:
        """The wire itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wake the reader out of its wait and let the connection go."""
        self._closed.set()
        if self._socket is not None:
            with suppress(OSError):  # already gone
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)


class Lines:
    """Cuts a byte stream into lines; the unfinished last one waits. A line without end is cut at the limit."""

    def __init__(self) -> None:
        """Empty."""
        self._rest = b""
        self._ready: list[bytes] = []

    @property
    def empty(self) -> bool:
        """Whether no whole line is waiting."""
        return not self._ready

    def feed(self, chunk: bytes) -> None:
        """Add bytes as they came."""
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        self._ready.extend(whole)
        if len(self._rest) > MAX_LINE_BYTES:
            self._ready.append(self._rest)
            self._rest = b""

    def take(self, count: int) -> list[bytes]:
        """At most ``count`` whole lines, without their line feeds; heartbeats are empty ones."""
        taken, self._ready = self._ready[:count], self._ready[count:]
        return taken

    def rest(self) -> bytes:
        """The unfinished last line."""
        return self._rest if self._rest.strip() else b""
