"""Arm: Quix Streams that calls the same judgement, in an environment of its own (see bench/requirements-quix.lock).

Written as its guide would have it: one stateful function over a streaming data frame, the state of an entity read and
written as bytes under the record's key, results expanded to topics. Settings are its defaults. It writes the changelog
once per checkpoint (five seconds), one message per entity touched since.
"""

import sys
from collections.abc import Iterable
from typing import Any

# quixstreams has no types, and is installed in the environment of this arm only, where no type checker looks.
from quixstreams import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
    Application,
    message_context,
)
from quixstreams.models import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
    Serializer,
)

from bench import plan as plans
from bench.core import Core
from bench.plan import Plan, Stopwatch
from streams.engine.effects import Out
from streams.engine.raw import RawRecord

SLOT = b"ledger"


class OutValue(Serializer):  # type: ignore[misc]  # its base is unknown to the type checker
    """What a message of ours is on the wire: its value."""

    def __call__(self, value: Out, ctx: Any) -> bytes:  # noqa: ARG002 - the signature is Quix's
        """Bytes as they are."""
        return value.value


class Ledgers:
    """The state store of one partition as the judgement reads it, for entities other than the record's own too.

    A timer that is due belongs to another entity than the record that made it due; ``as_state`` is how Quix itself
    makes the state it passes to a function.
    """

    def __init__(self, frame: Any, partition: int) -> None:
        """A view of what is written since the last checkpoint and before."""
        self._frame = frame
        self._partition = partition

    def of(self, key: bytes) -> Any:
        """The state of one entity."""
        checkpoint = self._frame.processing_context.checkpoint
        return checkpoint.get_store_transaction(self._frame.stream_id, self._partition).as_state(prefix=key)

    def get(self, key: bytes) -> bytes | None:
        """The value last written."""
        value: bytes | None = self.of(key).get_bytes(SLOT)
        return value

    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """None: the store is empty when a run begins."""
        return ()


def make_app(plan: Plan, watch: Stopwatch) -> Application:
    """The app of one run; ends the process when the last record is in a committed checkpoint."""

    def counted(*_: object) -> None:
        if watch.add(1):
            frame.processing_context.commit_checkpoint(force=True)
            watch.stop()
            plans.leave()

    app = Application(
        broker_address=plan.bootstrap,
        consumer_group=plan.prefix,
        auto_offset_reset="earliest",
        state_dir=plan.directory / "quix",
        loglevel="WARNING",
        on_message_processed=counted,
        consumer_extra_config={"session.timeout.ms": 6000} if plan.embedded else {},
    )
    core = Core(plan)
    raw = {"key_serializer": "bytes", "value_serializer": OutValue()}
    topics = {name: app.topic(name, **raw) for name in core.output.all}
    records = app.topic(plan.topic, key_deserializer="bytes", value_deserializer="bytes")
    frame = app.dataframe(records)
    ledgers = {number: Ledgers(frame, number) for number in range(plan.partitions)}

    def judge(value: bytes, key: bytes, timestamp: int, _: object, state: Any) -> list[Out]:
        watch.start()
        where = message_context()
        own = ledgers[where.partition]
        record = RawRecord(where.offset, key, value, (), timestamp)
        effects = core.judge(where.partition, [record], own)
        for entity, written in effects.states.items():
            (state if entity == key else own.of(entity)).set_bytes(SLOT, written)
        return effects.messages

    results = frame.apply(judge, stateful=True, expand=True, metadata=True)
    results = results.set_headers(lambda out, *_: out.headers)
    results.to_topic(lambda out, *_: topics[out.topic], key=lambda out: out.key)
    return app


def main(argv: list[str]) -> None:
    """Run the plan in ``argv``."""
    plan = plans.read(argv)
    make_app(plan, Stopwatch(plan)).run()


if __name__ == "__main__":
    main(sys.argv)
