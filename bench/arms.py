"""The arms, and one measured run of one of them in a process of its own."""

import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bench import engine
from bench.plan import BANK, Measured, Plan, argument
from detectors.errors import FenghuoError
from streams.brokers.process import last_words, spawn, stop
from streams.engine import restore
from streams.engine import state as codec
from streams.engine.persist import Producer
from streams.topics import Names, apply

ROOT = Path(__file__).resolve().parents[1]
QUIX_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
CEILING_ROUNDS = 10
"""How often bare aiokafka reads the records: once would be over too soon to be measured."""


@dataclass(frozen=True)
class Arm:
    """One way to do the job. ``judges``: whether it tells alerts, which must be those of the other arms."""

    name: str
    title: str
    module: str
    python: Path = Path(sys.executable)
    cached: bool = True
    judges: bool = True
    rounds: int = 1


ARMS = {
    arm.name: arm
    for arm in (
        Arm("engine", "this engine", "bench.engine"),
        Arm("faust", "stock Faust agent", "bench.stock_faust"),
        Arm("quix", "Quix Streams", "bench.quix", QUIX_PYTHON, cached=False),
        Arm("quix-cached", "Quix Streams with our cache", "bench.quix", QUIX_PYTHON),
        Arm("aiokafka", "bare aiokafka", "bench.bare", judges=False, rounds=CEILING_ROUNDS),
    )
}


@dataclass(frozen=True)
class Stage:
    """A running broker with the records on it. ``model`` is the file of the snapshot."""

    bootstrap: str
    embedded: bool
    pid: int | None
    prefix: str
    records: int
    partitions: int
    directory: Path
    model: Path

    @property
    def topic(self) -> str:
        """Where the records lie."""
        return Names(self.prefix).records

    def plan(self, arm: Arm, name: str, **more: Any) -> Plan:
        """The plan of a run called ``name``, whose directory is made."""
        directory = self.directory / name
        directory.mkdir(parents=True)
        return Plan(
            arm=arm.name,
            bootstrap=self.bootstrap,
            embedded=self.embedded,
            topic=self.topic,
            prefix=name,
            records=self.records * arm.rounds,
            partitions=self.partitions,
            directory=directory,
            model=self.model,
            broker_pid=self.pid,
            cached=arm.cached,
            **more,
        )


class Child:
    """A process that carries out a plan; a context manager that ends it."""

    def __init__(self, arm: Arm, plan: Plan) -> None:
        """Start it at once."""
        self._arm = arm
        self._plan = plan
        self._log = plan.directory / "log"
        argv: list[str | Path] = [arm.python, "-m", arm.module, argument(plan)]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self._process = spawn(argv, directory=ROOT, log=self._log, env=env)

    def wait(self, path: Path, seconds: float) -> bytes:
        """The content of a file the process is to write.

        Raises:
            FenghuoError: it ended before, or did not within ``seconds``.
        """
        deadline = time.monotonic() + seconds
        while not path.exists():
            if self._process.poll() is not None and not path.exists():
                problem = f"ended with exit code {self._process.returncode} ({last_words(self._log)})"
                raise FenghuoError(self._arm.title, problem, f"read {self._log}")
            if time.monotonic() > deadline:
                problem = f"is not done after {seconds:.0f} s ({last_words(self._log)})"
                raise FenghuoError(self._arm.title, problem, f"read {self._log}, or measure fewer records")
            time.sleep(0.05)
        return path.read_bytes()

    def end(self, grace: float = 0.0) -> None:
        """End it, after ``grace`` seconds by force."""
        stop(self._process, grace)

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


@dataclass(frozen=True)
class Run:
    """One measurement, and the ids of the alerts it told: (topic suffix, id), each once."""

    measured: Measured
    told: frozenset[tuple[str, str]]


def prepare(plan: Plan) -> None:
    """Make the topics of a run, with the model where the worker looks for it."""
    settings = engine.settings(plan)
    apply(plan.bootstrap, settings, [BANK])
    producer = Producer(plan.bootstrap, idempotence=not plan.embedded)
    for partition in range(plan.partitions):
        ledgers = Names(plan.prefix).ledgers
        producer.produce(ledgers, partition, codec.MODEL_KEY, plan.model.read_bytes())
    producer.flush_now()
    producer.close()


def measure(arm: Arm, stage: Stage, name: str, *, profile: bool = False) -> Run:
    """Run an arm from a cold group over all records of the stage.

    Raises:
        FenghuoError: it failed, or took longer than 60 s and 10 ms per record.
    """
    plan = stage.plan(arm, name, profile=profile)
    prepare(plan)
    with Child(arm, plan) as child:
        result = child.wait(plan.result, 60 + 0.01 * stage.records)
        if profile:
            child.end(20.0)
    measured = msgspec.json.decode(result, type=Measured)
    return Run(measured, told(plan) if arm.judges else frozenset())


def told(plan: Plan) -> frozenset[tuple[str, str]]:
    """Every alert on the topics of a run.

    Raises:
        FenghuoError: an alert lies there twice.
    """
    names = Names(plan.prefix)
    topics = {"alerts": names.alerts, "bank": names.bank(BANK)}
    found = [(suffix, one) for suffix, topic in topics.items() for one in _ids(plan, topic)]
    once = frozenset(found)
    if len(once) < len(found):
        raise FenghuoError(plan.arm, f"{len(found) - len(once)} alerts were told twice", "repeat the run")
    return once


def _ids(plan: Plan, topic: str) -> Iterable[str]:
    for partition in range(plan.partitions):
        for changes, _ in restore.restore_chunks(plan.bootstrap, topic, partition):
            for _, value in changes:
                yield msgspec.json.decode(value or b"", type=_Alert).alert_id


class _Alert(msgspec.Struct):
    alert_id: str
