"""A receiver that answers as told, and a dispatcher around it."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from alerts.delivery.dead_letters import MemoryDeadLetters
from alerts.delivery.pace import Pace
from alerts.delivery.results import Result
from alerts.delivery.schedule import Schedule
from alerts.delivery.sender import HttpSender
from alerts.delivery.signing import Signer
from alerts.delivery.source import MemorySource
from alerts.delivery.webhooks import Dispatcher, Ports
from alerts.policy.retry import RetryPolicy
from alerts.policy.subscriptions import Subscriptions
from tests.alerts.samples import SECRET

Play = Callable[[Callable[[Schedule], Awaitable[None]]], None]
"""Runs a scenario with a fresh schedule."""
Answers = Sequence[tuple[int, dict[str, str]]]
QUICK = Pace(
    retry=RetryPolicy(pauses=(0.02,) * 6, client_error_attempts=2),
    lease=timedelta(seconds=5),
    idle=timedelta(milliseconds=50),
    gather=timedelta(seconds=0.1),
)


class Scripted:
    """Gives the answers in turn, then the last one for ever; remembers ids, bodies and times."""

    def __init__(self, answers: Answers = ((204, {}),), hang: float = 0.0, port: int = 0) -> None:
        self.requests: list[tuple[str, bytes, float]] = []
        self.released = threading.Event()
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805 - self is the receiver
                body = handler.rfile.read(int(handler.headers["content-length"]))
                with lock:
                    status, headers = answers[min(len(self.requests), len(answers) - 1)]
                    self.requests.append((handler.headers["webhook-id"], body, time.monotonic()))
                if hang:
                    self.released.wait(hang)
                handler.send_response(status)
                for name, value in headers.items():
                    handler.send_header(name, value)
                handler.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    @property
    def ids(self) -> list[str]:
        return [ident for ident, _, _ in self.requests]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Bench:
    """A dispatcher on a source in memory; everything it did can be looked at."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        schedule: Schedule,
        values: Sequence[bytes],
        *,
        pace: Pace = QUICK,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.results: list[tuple[Result, str]] = []
        self.turns = 0
        self.schedule = schedule
        self.source = MemorySource(schedule, values, now)
        self._now = now
        self.dead_letters = MemoryDeadLetters()
        self._subscriptions, self._pace = subscriptions, pace
        self._stop = asyncio.Event()

    async def run_until(self, condition: Callable[[], bool], seconds: float = 10.0) -> None:
        """Dispatch until the condition holds, then stop as an operator would; AssertionError when it never does."""
        sender = HttpSender(timeout=2.0)
        ports = Ports(
            source=self.source, schedule=self.schedule, sender=sender, dead_letters=self.dead_letters
        )
        names = [s.subscriber_id for s in self._subscriptions.subscriptions]
        signers = {name: Signer((SECRET,), "test") for one in names for name in (one, f"{one}.second")}

        def turned() -> None:
            self.turns += 1

        dispatcher = Dispatcher(
            self._subscriptions,
            signers,
            ports,
            pace=self._pace,
            observe=lambda result, who: self.results.append((result, who)),
            turned=turned,
            now=self._now,
            chance=lambda: 0.0,
        )
        self._stop.clear()
        task = asyncio.create_task(dispatcher.run(self._stop))
        try:
            deadline = time.monotonic() + seconds
            while not condition() and not task.done():
                assert time.monotonic() < deadline, f"waited in vain; so far {self.results}"
                await asyncio.sleep(0.01)
        finally:
            self._stop.set()
            await task
            await sender.close()

    def count(self, result: Result) -> int:
        return sum(1 for one, _ in self.results if one is result)
