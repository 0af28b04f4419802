"""Workers as processes of their own, for tests that kill them; and what such a worker writes down.

Run as a module it is the worker: every call the engine makes is one line of JSON in a journal shared by all workers.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]  # exported, not declared so

from streams.engine import driver
from streams.engine.app import WorkerApp, build_app
from streams.engine.hooks import Batch, Superseded
from streams.engine.run import run_worker
from tests.streams.wire import patiently

DEADLINE = 60.0

Event = dict[str, Any]


def create_topics(bootstrap: str, names: list[str], partitions: int, **config: str) -> None:
    """Make topics and wait until they are there."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for future in admin.create_topics([NewTopic(n, partitions, 1, config=config) for n in names]).values():
        future.result(20)


def publish(bootstrap: str, topic: str, partition: int, ids: range) -> None:
    """Append one record per id, the id being the value."""
    producer = Producer({"bootstrap.servers": bootstrap})
    for number in ids:
        producer.produce(topic, b"%d" % number, b"key", partition, headers=[("n", b"%d" % number)])
    assert producer.flush(20) == 0


def committed(bootstrap: str, group: str, topic: str, partitions: int) -> list[int]:
    """Committed offset per partition; 0 where nothing was committed."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": group})
    try:
        wanted = [TopicPartition(topic, number) for number in range(partitions)]
        return [max(0, found.offset) for found in patiently(lambda: consumer.committed(wanted, 20))]
    finally:
        consumer.close()


def wait_for(
    condition: Callable[[], bool],
    what: str | Callable[[], str],
    seconds: float = DEADLINE,
    pause: float = 0.05,
) -> None:
    """Poll until ``condition`` holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        late = time.monotonic() >= deadline
        assert not late, f"not within {seconds:g} s: {what() if callable(what) else what}"
        time.sleep(pause)


class Journal:
    """What the workers of one test did, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def events(self, kind: str | None = None, worker: str | None = None) -> list[Event]:
        lines = self.path.read_text().splitlines()
        found = [json.loads(line) for line in lines]
        return [e for e in found if kind in (None, e["event"]) and worker in (None, e["worker"])]

    def done(self, topic: str | None = None) -> list[int]:
        """Ids of all records whose handler returned, repeated when handled again."""
        return [n for e in self.events("done") if topic in (None, e["topic"]) for n in e["ids"]]

    def holds(self, ids: range) -> Callable[[], bool]:
        return lambda: set(self.done()) >= set(ids)


class Worker:
    """A worker process. ``plan`` is read by :class:`Plan` in the process."""

    def __init__(self, name: str, journal: Journal, bootstrap: str, topic: str, **plan: Any) -> None:
        self.name, self.journal = name, journal
        plan |= {"name": name, "journal": str(journal.path), "bootstrap": bootstrap, "topic": topic}
        self.log = journal.path.with_name(f"{name}.log")
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.streams.workers", json.dumps(plan)], stdout=out, stderr=out
            )

    def await_ready(self) -> Event:
        """Wait until it has its partitions, maybe none."""
        wait_for(
            lambda: bool(self.journal.events("assigned", self.name)), f"{self.name} assigned\n{self.tail()}"
        )
        return self.journal.events("assigned", self.name)[-1]

    def tail(self) -> str:
        return self.log.read_text()[-3000:]

    def says(self, text: str) -> bool:
        return text in self.log.read_text()

    def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.exit_code()

    def exit_code(self) -> int:
        return self.process.wait(DEADLINE)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Crew:
    """Starts workers of one group and kills what is left of them."""

    def __init__(self, directory: Path, bootstrap: str, topic: str, defaults: dict[str, Any]) -> None:
        self.bootstrap, self.topic, self.group = bootstrap, topic, f"{topic}-group"
        self.journal = Journal(directory / "journal.jsonl")
        self._defaults = defaults
        self._workers: list[Worker] = []

    def start(self, name: str, **plan: Any) -> Worker:
        worker = Worker(
            name, self.journal, self.bootstrap, self.topic, group=self.group, **(self._defaults | plan)
        )
        self._workers.append(worker)
        return worker

    def committed(self, partitions: int, topic: str | None = None) -> list[int]:
        return committed(self.bootstrap, self.group, topic or self.topic, partitions)

    def end(self) -> None:
        for worker in self._workers:
            worker.end()


class Plan:
    """What a worker process does with its batches.

    ``behind`` notes once that batches of so many partitions wait behind the one in hand; ``fail_on`` id whose batch
    raises; ``fail_restore``; ``hold`` path: a batch is kept in hand while that file exists; ``pause`` seconds per
    batch; ``ask_owner`` before a batch is done.
    """

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self._journal = os.open(plan["journal"], os.O_WRONLY | os.O_APPEND)
        self._app: WorkerApp | None = None

    def note(self, event: str, **details: Any) -> None:
        os.write(
            self._journal,
            json.dumps({"event": event, "worker": self.plan["name"]} | details).encode() + b"\n",
        )

    async def handle(self, batch: Batch) -> None:
        ids = [int(record.value or b"") for record in batch.records]
        details: Event = {"topic": batch.topic, "partition": batch.partition, "ids": ids}
        self.note("taken", **details)
        if self.plan.get("fail_on") in ids:
            raise ConnectionError("the store is gone")
        while "hold" in self.plan and Path(self.plan["hold"]).exists():
            if len(self._behind(batch)) >= self.plan.get("behind", sys.maxsize):
                self.note("queued")
                del self.plan["behind"]
            await asyncio.sleep(0.02)
        await asyncio.sleep(self.plan.get("pause", 0))
        if self.plan.get("ask_owner") and not await batch.owned():
            raise Superseded
        self.note("done", **details)

    def _behind(self, batch: Batch) -> set[int]:
        """Partitions for which batches wait behind the one in hand."""
        assert self._app is not None
        waiting = cast(driver.Consumer, self._app.consumer).progress.waiting(batch.topic)
        last = batch.records[-1].offset
        return {m.partition for m in waiting if (m.partition, m.offset) != (batch.partition, last)}

    async def handle_together(self, batches: Sequence[Batch]) -> None:
        self.note("group", partitions=[batch.partition for batch in batches])
        for batch in batches:
            await self.handle(batch)

    async def assigned(self, partitions: frozenset[int]) -> None:
        if self.plan.get("fail_restore"):
            raise ConnectionError("the changelog is gone")
        await asyncio.sleep(0.2)  # long enough for a batch to slip in, if the engine let it
        self.note("assigned", partitions=sorted(partitions))

    async def revoked(self, partitions: frozenset[int]) -> None:
        self.note("revoked", partitions=sorted(partitions))

    def app(self) -> WorkerApp:
        extra = dict.fromkeys(self.plan.get("extra", ()), self.handle)
        timeouts = {
            k: self.plan[k]
            for k in ("rebalance_timeout", "session_timeout", "drain_timeout")
            if k in self.plan
        }
        self._app = build_app(
            app_id=self.plan["group"],
            broker=self.plan["bootstrap"],
            records_topic=self.plan["topic"],
            handler=self.handle_together if self.plan.get("together") else self.handle,
            together=bool(self.plan.get("together")),
            on_assigned=self.assigned,
            on_revoked=self.revoked,
            batch_max=self.plan.get("batch_max", 50),
            extra_topics=extra,
            commit_interval=0.2,
            heartbeat_interval=0.5,
            **timeouts,
        )
        return self._app


def main(argv: list[str]) -> int:
    """Run one worker after the plan in ``argv``."""
    logging.basicConfig(level=logging.INFO, format="%(relativeCreated)d %(levelname)s %(name)s %(message)s")
    return run_worker(Plan(json.loads(argv[1])).app())


if __name__ == "__main__":
    sys.exit(main(sys.argv))
