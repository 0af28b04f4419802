"""Arm: aiokafka's ``getmany`` and nothing else, the ceiling for whoever reads through it as Faust does."""

import asyncio
import sys

# aiokafka ships no types; what comes from it is only counted here.
from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]

from bench import plan as plans
from bench.plan import Plan, Stopwatch

AT_ONCE = 2000


async def drain(plan: Plan) -> None:
    """Read the topic again and again until so many records went by."""
    settings = {"session_timeout_ms": 6000, "rebalance_timeout_ms": 6000} if plan.embedded else {}
    consumer = AIOKafkaConsumer(
        plan.topic,
        bootstrap_servers=plan.bootstrap,
        group_id=plan.prefix,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        **settings,
    )
    await consumer.start()
    watch, rest = Stopwatch(plan), 0
    per_round = sum((await consumer.end_offsets(await _assigned(consumer))).values())
    while True:
        batches = await consumer.getmany(timeout_ms=1000, max_records=AT_ONCE)
        watch.start()
        count = sum(map(len, batches.values()))
        if watch.add(count):
            break
        rest += count
        if rest >= per_round:
            rest = 0
            await consumer.seek_to_beginning()
    watch.stop()
    plans.leave()


async def _assigned(consumer: AIOKafkaConsumer) -> set[object]:
    while not (assignment := consumer.assignment()):
        await asyncio.sleep(0.01)
    found: set[object] = assignment
    return found


if __name__ == "__main__":
    asyncio.run(drain(plans.read(sys.argv)))
