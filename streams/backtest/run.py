"""Everything together: split, judge in processes of their own, add up."""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from detectors.errors import FenghuoError
from detectors.evaluation import Rules
from streams.backtest.common import areas, silences, tells_norms
from streams.backtest.outcomes import Outcomes
from streams.backtest.shard import Judge, Judged, Result
from streams.backtest.source import Chunk, chunks, files, require_canonical
from streams.backtest.split import Line, Piece, Plan, controls, gather, split
from streams.catalogues import read_catalogue
from streams.collecting import collect_seldom

SHARD = 48 << 20
"""Bytes of records that one process holds as whole firms at a time."""


class Job(msgspec.Struct, frozen=True):
    """What to do: catalogues (None: the built-in one) from the old to the new, data, and how."""

    catalogues: tuple[Path | None, ...]
    data: Path
    outcomes: Outcomes = Outcomes({}, 0, False)
    processes: int = 1
    check: bool = False
    keep: bool = False
    rules: Rules = msgspec.field(default_factory=Rules)


class Run(msgspec.Struct):
    """What came of it. ``earliest`` and ``latest`` are times of capture, ``source_alerts`` ids of alerts about sources
    that fell silent, ``strangers`` failures reported of firms without a record; ``seconds`` were spent on splitting and
    on judging; ``norms`` and ``impulses`` say whether the data hold what workers told each other of what is usual, and
    what the network said; ``area_alerts`` are ids of warnings of the macro risk index by the last catalogue."""

    result: Result
    records: int
    refused: list[str]
    earliest: int
    latest: int
    source_alerts: list[str]
    strangers: int
    seconds: tuple[float, float]
    norms: bool
    impulses: bool
    area_alerts: list[str] = []


def run(job: Job, progress: Callable[[str], None] = lambda _: None) -> Run:
    """Replay a history.

    Raises:
        FenghuoError: data or catalogues cannot be read, or the data are not canonical or hold no record.
    """
    paths = files(job.data)
    if not job.check:
        require_canonical(paths[0])
    with tempfile.TemporaryDirectory(prefix="fenghuo-backtest-") as room:
        began = time.monotonic()
        size = sum(path.stat().st_size for path in paths)
        shards = max(size // SHARD + 1, 4 * job.processes if job.processes > 1 else 1)
        plan = Plan(shards, Path(room), job.check, len(paths) > 1)
        pieces = _split(job, plan, chunks(paths), progress)
        _require_a_record(job.data, pieces)
        middle = time.monotonic()
        told = controls(pieces, merge=plan.merge)
        end = max(piece.latest for piece in pieces)
        begin = min(piece.earliest for piece in pieces)
        result = _judge(job, plan, pieces, told, (begin, end), progress)
        done = time.monotonic()
    return Run(
        result,
        sum(piece.records for piece in pieces),
        [line for piece in pieces for line in piece.refused] + result.refused,
        begin,
        end,
        silences(told, end),
        sum(len(times) for times in job.outcomes.failures.values()) - result.reported,
        (middle - began, done - middle),
        any(tells_norms(line) for line in told),
        any(piece.impulses for piece in pieces),
        areas(told, read_catalogue(job.catalogues[-1]).macro_index),
    )


_T = TypeVar("_T")
_R = TypeVar("_R")


def _split(job: Job, plan: Plan, all_chunks: Sequence[Chunk], progress: Callable[[str], None]) -> list[Piece]:
    pieces: list[Piece] = []
    with _workers(min(job.processes, len(all_chunks)), _begin_split, (plan,)) as each:
        for piece in each(_do_split, all_chunks):
            pieces.append(piece)
            progress(f"read {sum(one.records for one in pieces):,} records")
    return sorted(pieces, key=lambda piece: piece.number)


def _require_a_record(data: Path, pieces: Sequence[Piece]) -> None:
    if not any(piece.latest for piece in pieces):
        refused = [line for piece in pieces for line in piece.refused]
        what = (
            f"all {len(refused)} records are refused, the first: {refused[0]}"
            if refused
            else "holds no record"
        )
        raise FenghuoError(str(data), what, "give records as JSON lines")


def _judge(
    job: Job,
    plan: Plan,
    pieces: list[Piece],
    told: list[Line],
    span: tuple[int, int],
    progress: Callable[[str], None],
) -> Result:
    whole = Result([Judged() for _ in job.catalogues])
    lean = [msgspec.structs.replace(piece, controls=[], refused=[]) for piece in pieces]
    with _workers(min(job.processes, plan.shards), _begin_judge, (job, plan, lean, told, span)) as each:
        for number, result in enumerate(each(_do_judge, range(plan.shards)), start=1):
            whole.add(result)
            progress(f"judged {whole.firms.total():,} firms ({number} of {plan.shards} shards)")
    whole.moved.sort()
    return whole


class _Each(Protocol):
    def __call__(self, do: Callable[[_T], _R], over: Iterable[_T], /) -> Iterator[_R]:
        """Map, in any order."""


@contextmanager
def _workers(processes: int, begin: Callable[..., None], arguments: tuple[object, ...]) -> Iterator[_Each]:
    """Something that maps over processes of their own; over this one if one is enough."""
    if processes <= 1:
        begin(*arguments)
        yield map
        return
    with get_context("spawn").Pool(processes, begin, arguments) as pool:
        yield pool.imap_unordered


class _Doing:
    """What a process was begun with."""

    plan: Plan
    pieces: list[Piece]
    judge: Judge


def _begin_split(plan: Plan) -> None:
    _Doing.plan = plan


def _do_split(chunk: Chunk) -> Piece:
    return split(_Doing.plan, chunk)


def _begin_judge(job: Job, plan: Plan, pieces: list[Piece], told: list[Line], span: tuple[int, int]) -> None:
    catalogues = [read_catalogue(path) for path in job.catalogues]
    begin, end = span
    _Doing.judge = Judge(catalogues, told, end, job.outcomes.failures, job.rules, keep=job.keep, begin=begin)
    _Doing.plan, _Doing.pieces = plan, pieces
    collect_seldom()


def _do_judge(shard: int) -> Result:
    return _Doing.judge.judge(gather(_Doing.pieces, shard, merge=_Doing.plan.merge))
