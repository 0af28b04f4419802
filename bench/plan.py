"""What a measured process is told, and the stopwatch it answers with.

Imports nothing but msgspec, because every arm uses it, also those that run in an environment of their own.
"""

import os
import resource
import sys
import time
from pathlib import Path

import msgspec

BANK = "bench-bank"
"""The one bank that subscribes to everything."""


class Plan(msgspec.Struct, frozen=True):
    """One measured run of one arm.

    ``records`` are to be processed over all ``partitions`` of ``topic``; what the arm writes goes to topics under
    ``prefix``, its consumer group. ``model`` is a file with a snapshot of the model. ``result`` is written at the end.
    ``cached``: whether judged entities are kept decoded in memory between records (see :mod:`bench.core`).
    """

    arm: str
    bootstrap: str
    embedded: bool
    topic: str
    prefix: str
    records: int
    partitions: int
    directory: Path
    model: Path
    broker_pid: int | None = None
    store: str = "memory"
    cached: bool = True
    profile: bool = False

    @property
    def result(self) -> Path:
        """Where the measurement is written."""
        return self.directory / "result.json"

    @property
    def ready(self) -> Path:
        """Exists from the moment the arm has its partitions and their state."""
        return self.directory / "ready.json"


class Measured(msgspec.Struct, frozen=True):
    """What one run took, from the first record in the handler to the last with everything acknowledged.

    ``wall`` and ``cpu`` in seconds; ``cpu`` is of the process with all its threads, ``broker_cpu`` of the broker's
    (None where the system does not say), ``judging`` of the part spent in the judgement, where the arm tells.
    ``rss_mb`` is the peak.
    """

    records: int
    wall: float
    cpu: float
    rss_mb: float
    broker_cpu: float | None = None
    judging: float | None = None

    @property
    def rate(self) -> float:
        """Records per second."""
        return self.records / self.wall

    @property
    def per_cpu(self) -> float:
        """Records per CPU second."""
        return self.records / self.cpu


class Restored(msgspec.Struct, frozen=True):
    """How long taking over the partitions took, how many ledgers came back, and the memory at its peak by then."""

    ledgers: int
    seconds: float
    rss_mb: float


def read(argv: list[str]) -> Plan:
    """The plan of this process, given as one JSON argument."""
    return msgspec.json.decode(argv[1], type=Plan, dec_hook=lambda kind, value: kind(value))


def argument(plan: Plan) -> str:
    """The inverse."""
    return msgspec.json.encode(plan, enc_hook=str).decode()


def write(path: Path, value: msgspec.Struct) -> None:
    """Write a value so that a reader sees all of it or nothing."""
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(value))
    part.replace(path)


class Stopwatch:
    """Counts records; runs from the first one to :meth:`stop`."""

    def __init__(self, plan: Plan) -> None:
        """Not running yet."""
        self._plan = plan
        self._count = 0
        self._began: Reading | None = None
        self.judging: float | None = None

    def start(self) -> None:
        """The first record is in the handler; later calls do nothing."""
        if self._began is None:
            self._began = look(self._plan.broker_pid)

    def add(self, count: int) -> bool:
        """So many more were processed; True once it was the last."""
        before, self._count = self._count, self._count + count
        return before < self._plan.records <= self._count

    def stop(self) -> None:
        """Everything is processed and acknowledged: write the measurement."""
        now = look(self._plan.broker_pid)
        then = self._began or now
        broker = None if now.broker is None or then.broker is None else now.broker - then.broker
        measured = Measured(
            self._count, now.wall - then.wall, now.cpu - then.cpu, peak_mb(), broker, self.judging
        )
        write(self._plan.result, measured)


class Reading(msgspec.Struct, frozen=True):
    """The clocks at one moment, in seconds."""

    wall: float
    cpu: float
    broker: float | None


def look(broker_pid: int | None) -> Reading:
    """Read the clocks now."""
    return Reading(time.perf_counter(), time.process_time(), _cpu_of(broker_pid))


def _cpu_of(pid: int | None) -> float | None:
    """CPU seconds a process has used so far, as Linux tells it."""
    stat = Path(f"/proc/{pid}/stat")
    if pid is None or not stat.exists():
        return None
    fields = stat.read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb() -> float:
    """Peak resident memory of this process in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says on Linux includes the process that forked this one
        words = status.read_text("utf-8").partition("VmHWM:")[2].split()
        return int(words[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 << 20 if sys.platform == "darwin" else 1 << 10
    )


def leave(code: int = 0) -> None:
    """End at once: what is measured is over, and a farewell to the group would only take time."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
