"""Where time goes: a sampling profile, summed by module of this project and by function.

A timer interrupts the work every few milliseconds of CPU time, and the stack is noted. Profilers that hook calls
(cProfile; pyinstrument, which decides at calls whether to sample) made this code more than twice as slow, and charged
its many small functions for it.
"""

import signal
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import TypeVar

from bench.arms import ROOT

_INTERVAL = 0.002
"""CPU seconds between samples."""

Stack = Sequence[tuple[str, str]]
"""Function and file of every frame, the innermost first."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Profile:
    """Shares (0–1) of the time, most first. ``modules``: of this project, with what they call outside of it;
    ``functions``: the same by function, as ``name (module)``."""

    modules: list[tuple[str, float]]
    functions: list[tuple[str, float]]


def profiled(work: Callable[[], _T]) -> tuple[_T, Profile]:
    """Do the work, which must run in the main thread, and note where it is."""
    stacks: list[Stack] = []

    def note(_: int, frame: FrameType | None) -> None:
        stacks.append(_stack(frame))

    before = signal.signal(signal.SIGPROF, note)
    signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)
    try:
        done = work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return done, summed(stacks)


def _stack(frame: FrameType | None) -> Stack:
    found = []
    while frame is not None:
        found.append((frame.f_code.co_name, frame.f_code.co_filename))
        frame = frame.f_back
    return found


def summed(stacks: Sequence[Stack]) -> Profile:
    """Count every stack for its innermost frame in one of our packages; without one it does not count."""
    modules: dict[str, int] = defaultdict(int)
    functions: dict[str, int] = defaultdict(int)
    for stack in stacks:
        ours = next(((name, module) for name, path in stack if (module := _module(path))), None)
        if ours is not None:
            modules[ours[1]] += 1
            functions["{} ({})".format(*ours)] += 1
    return Profile(_shares(modules), _shares(functions))


def _module(path: str) -> str:
    """``detectors/points/waste.py`` of a path in one of our packages, else nothing."""
    if not path.startswith(f"{ROOT}/"):
        return ""
    module = path[len(str(ROOT)) + 1 :]
    return module if module.startswith(("detectors/", "alerts/", "connectors/", "streams/")) else ""


def _shares(counted: Mapping[str, int]) -> list[tuple[str, float]]:
    whole = sum(counted.values()) or 1
    most_first = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return [(name, count / whole) for name, count in most_first]
