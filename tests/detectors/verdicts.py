"""Judgements made by hand, for tests of what is built on them."""

from detectors.fact import Fact
from detectors.judge import FAR, Judgement, Verdict
from detectors.points.finding import Finding
from detectors.points.view import Base


def judged(*verdicts: Verdict, day: int = 0) -> Judgement:
    """A judgement made of these verdicts."""
    named = {verdict.point: verdict for verdict in verdicts}
    weighing = {name: verdict for name, verdict in named.items() if verdict.p}
    return Judgement(day, Base(0, "none"), FAR, named, weighing, FAR)


def fired(point: str, level: int, p: float, since: int = 0, keys: tuple[str, ...] = ("case-1",)) -> Verdict:
    """A live verdict on evidence with these natural keys."""
    finding = Finding(level=level, value=f"{point} measured", evidence=tuple(fact(key) for key in keys))
    return Verdict(point, "fired", level, p, since, None, FAR, finding)


def faded(point: str, p: float, cleared: int = 0) -> Verdict:
    """A residue."""
    return Verdict(point, "residual", 0, p, 0, cleared, FAR, Finding())


def silent(point: str) -> Verdict:
    """Not fired, and never was."""
    return Verdict(point, "not_fired", 0, 0.0, 0, None, FAR, Finding())


def fact(key: str, start: int = 0) -> Fact:
    """A fact of which nothing but its key matters."""
    return Fact(1, 0, b"", 0, 0, start, None, None, 1.0, 1.0, 3, key, {})
