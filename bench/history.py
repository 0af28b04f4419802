"""History without a broker: how fast a backtest is, what of it is only reading, and where the rest goes."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.hotspots import Profile, profiled
from bench.load import make
from bench.throughput import Say
from detectors.fold import fold_all
from detectors.record import Record, decode
from streams.backtest.run import Job, run
from streams.catalogues import read_catalogue

_T = TypeVar("_T")


@dataclass(frozen=True)
class History:
    """CPU seconds of one process for the same ``records`` of ``entities`` enterprises: ``stages`` from the least that
    could be done to the whole backtest, each with all before it; and the profile of the whole."""

    records: int
    entities: int
    stages: list[tuple[str, float]]
    profile: Profile

    @property
    def per_cpu(self) -> float:
        """Records per CPU second of the whole backtest."""
        return self.records / self.stages[-1][1]


def measure(records: int, entities: int, say: Say) -> History:
    """Backtest a simulated history under the catalogue in force, in this process."""
    wires = make(records, entities)
    say(f"backtest of {len(wires):,} records of {entities:,} enterprises …")
    with tempfile.TemporaryDirectory(prefix="fenghuo-bench-") as room:
        path = Path(room) / "history.jsonl"
        path.write_bytes(b"".join(wire + b"\n" for wire in wires))
        job = Job((None,), path)
        stages = [
            ("decode every record", _cpu(lambda: _decoded(wires))),
            ("… and fold it into its ledger", _cpu(lambda: fold_all(_decoded(wires), read_catalogue()))),
            ("… and judge it: the whole backtest", _cpu(lambda: run(job))),
        ]
        _, profile = profiled(lambda: run(job))
    found = History(len(wires), entities, stages, profile)
    say(f"backtest: {found.per_cpu:,.0f} records per CPU second")
    return found


def _decoded(wires: Sequence[bytes]) -> list[Record]:
    return [decode(wire) for wire in wires]


def _cpu(work: Callable[[], _T]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
