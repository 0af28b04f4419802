"""Arm: this engine, the worker that runs in production, with a stopwatch around each batch."""

import dataclasses
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from bench import plan as plans
from bench.core import SUBSCRIPTION
from bench.plan import Plan, Restored, Stopwatch
from streams.assembly import make_worker
from streams.brokers.embedded import SETTINGS
from streams.engine import worker
from streams.engine.effects import Effects
from streams.engine.hooks import Batch, Hooks, PartitionsHook, Together
from streams.engine.processor import Processor
from streams.engine.raw import RawRecord
from streams.engine.run import run_worker
from streams.metrics import Metrics
from streams.settings import Settings
from streams.topics import Names


def settings(plan: Plan, *, subscriptions: Path | None = None) -> Settings:
    """The settings of a worker, or of its topics, for one run."""
    said: Mapping[str, Any] = SETTINGS if plan.embedded else {}
    return Settings(
        broker=plan.bootstrap,
        prefix=plan.prefix,
        partitions=plan.partitions,
        store="rocksdb" if plan.store == "rocksdb" else "memory",
        state_dir=plan.directory / "state",
        redis_url=None,
        subscriptions=subscriptions,
        metrics_port=0,
        clock="log",
        **said,
    )


class TimedProcessor(Processor):
    """The judgement, counting the CPU seconds spent in it."""

    seconds = 0.0

    def process(self, batch: Sequence[RawRecord]) -> Effects:
        """The same."""
        began = time.thread_time()
        effects = super().process(batch)
        TimedProcessor.seconds += time.thread_time() - began
        return effects


def timed(hooks: Hooks, plan: Plan, topic: str, metrics: Metrics) -> Hooks:
    """The same hooks, with the stopwatch around batches of ``topic`` and around taking over partitions."""
    watch = Stopwatch(plan)
    watch.judging = 0.0
    inner = cast(Together, hooks.handlers[topic])

    async def records(batches: Sequence[Batch]) -> None:
        watch.start()
        await inner(batches)
        watch.judging = TimedProcessor.seconds
        if watch.add(sum(len(batch.records) for batch in batches)):
            watch.stop()

    handlers = {**hooks.handlers, topic: records}
    return dataclasses.replace(hooks, handlers=handlers, on_assigned=_timed(hooks.on_assigned, plan, metrics))


def _timed(inner: PartitionsHook, plan: Plan, metrics: Metrics) -> PartitionsHook:
    async def assigned(partitions: frozenset[int]) -> None:
        began = time.perf_counter()
        await inner(partitions)
        seconds = time.perf_counter() - began
        ledgers = metrics.registry.get_sample_value("fenghuo_restored_states_total") or 0
        if partitions:
            plans.write(plan.ready, Restored(int(ledgers), seconds, plans.peak_mb()))

    return assigned


def main(argv: list[str]) -> int:
    """Run the worker of the plan in ``argv`` until it is killed."""
    plan = plans.read(argv)
    subscriptions = plan.directory / "subscriptions.yaml"
    subscriptions.write_text(yaml.safe_dump({"subscriptions": [SUBSCRIPTION]}), "utf-8")
    names = Names(plan.prefix)
    names.records = plan.topic  # shared with the other arms, so ``names.exchange`` stays the run's own
    setattr(worker, "Processor", TimedProcessor)  # noqa: B010 - replaced to be measured, in this process only
    metrics = Metrics()
    app = make_worker(settings(plan, subscriptions=subscriptions), metrics, names)
    app.hooks = timed(app.hooks, plan, names.records, metrics)
    return profiled(lambda: run_worker(app), plan) if plan.profile else run_worker(app)


def profiled(run: Callable[[], int], plan: Plan) -> int:
    """Run under cProfile; the statistics go beside the result (read them with ``python -m pstats``)."""
    import cProfile  # noqa: PLC0415 - only when asked for

    profile = cProfile.Profile()
    code: int = profile.runcall(run)
    profile.dump_stats(plan.directory / "profile.pstats")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv))
