"""Where time goes: a sampling profile, summed by module of this project and by function."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pyinstrument import Profiler

from bench.arms import ROOT

_INTERVAL = 0.001
"""Seconds between samples."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Profile:
    """Shares (0–1) of the time, most first. ``modules``: of this project, with what they call outside of it;
    ``functions``: by themselves, as ``name (module)``."""

    modules: list[tuple[str, float]]
    functions: list[tuple[str, float]]


def profiled(work: Callable[[], _T]) -> tuple[_T, Profile]:
    """Do the work under a sampling profiler, which slows everything alike (one that counts calls slows small functions
    most)."""
    profiler = Profiler(interval=_INTERVAL, async_mode="disabled")
    with profiler:
        done = work()
    session = profiler.last_session
    return done, summed(session.frame_records if session else [])


def summed(records: list[tuple[list[str], float]]) -> Profile:
    """Sum samples (frames from the outermost in, as ``function NUL path NUL line``; seconds)."""
    modules: dict[str, float] = defaultdict(float)
    functions: dict[str, float] = defaultdict(float)
    for stack, seconds in records:
        frames = [frame.split("\x00")[:2] for frame in stack if frame.count("\x00") >= 2]
        ours = [(name, module) for name, path in frames if (module := _module(path))]
        if ours:
            modules[ours[-1][1]] += seconds
            functions["{} ({})".format(*ours[-1])] += seconds
    return Profile(_shares(modules), _shares(functions))


def _module(path: str) -> str:
    """``detectors/points/waste.py`` of a path in one of our packages, else nothing."""
    if not path.startswith(f"{ROOT}/"):
        return ""
    module = path[len(str(ROOT)) + 1 :]
    return module if module.startswith(("detectors/", "alerts/", "connectors/", "streams/")) else ""


def _shares(spent: Mapping[str, float]) -> list[tuple[str, float]]:
    whole = sum(spent.values()) or 1.0
    most_first = sorted(spent.items(), key=lambda one: -one[1])
    return [(name, seconds / whole) for name, seconds in most_first]
