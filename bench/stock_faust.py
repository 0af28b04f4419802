"""Arm: a stock Faust agent that calls the same judgement.

Written as Faust's own guide would have it: one agent over the stream's events, a table with its changelog, one
assignment per event, results sent to topics. Settings are Faust's defaults but for what this broker demands.
The judged entities are kept decoded beside the table, which stands for a table of Python objects.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import faust

from bench import plan as plans
from bench.core import Core
from bench.plan import Plan, Stopwatch
from streams.engine.raw import RawRecord


class Ledgers:
    """Faust's table as the judgement reads it."""

    def __init__(self, table: Any) -> None:
        """A view."""
        self._table = table

    def get(self, key: bytes) -> bytes | None:
        """The value last written."""
        value: bytes | None = self._table.get(key)
        return value

    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """None: the table is empty when a run begins."""
        return ()


def make_app(plan: Plan) -> faust.App:
    """The app of one run."""
    embedded: dict[str, Any] = (
        {"broker_rebalance_timeout": 6.0, "broker_session_timeout": 6.0} if plan.embedded else {}
    )
    app = faust.App(
        plan.prefix,
        broker=f"kafka://{plan.bootstrap}",
        store="memory://",
        topic_partitions=plan.partitions,
        web_enabled=False,
        datadir=str(plan.directory / "faust"),
        consumer_auto_offset_reset="earliest",
        **embedded,
    )
    raw: dict[str, Any] = {
        "key_type": bytes,
        "value_type": bytes,
        "key_serializer": "raw",
        "value_serializer": "raw",
    }
    records = app.topic(plan.topic, **raw)
    core = Core(plan)
    topics = {name: app.topic(name, **raw) for name in core.output.all}
    table = app.Table("ledgers", partitions=plan.partitions, schema=faust.Schema(**raw))
    ledgers, watch = Ledgers(table), Stopwatch(plan)

    @app.agent(records)
    async def judge(stream: Any) -> None:
        async for event in stream.events():
            watch.start()
            message = event.message
            raw_record = RawRecord(
                message.offset, event.key, event.value, (), round(message.timestamp * 1000)
            )
            effects = core.judge(message.partition, [raw_record], ledgers)
            for out in effects.messages:
                await topics[out.topic].send(key=out.key, value=out.value, headers=out.headers)
            for key, state in effects.states.items():
                table[key] = state
            if watch.add(1):
                await app.producer.flush()
                watch.stop()

    return app


def main(argv: list[str]) -> None:
    """Run the worker of the plan in ``argv`` until it is killed."""
    plan = plans.read(argv)
    app = make_app(plan)
    faust.Worker(app, loglevel="WARN", workdir=Path.cwd()).execute_from_commandline()


if __name__ == "__main__":
    main(sys.argv)
