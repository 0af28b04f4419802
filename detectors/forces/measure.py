"""What an indicator is: an id, a direction, a weight in its force, and a pure function of a view."""

from collections.abc import Callable
from typing import Literal

import msgspec

from detectors.points.view import View

ForceId = Literal["capital", "operations", "profitability", "solvency", "potential"]

Basis = Literal["own", "relative", "percentile", "mix", "group"]
"""How a value is compared: against standards as it is (``own``), after the median of the peers is taken off
(``relative``), as its percentile among them (``percentile``), as the mean percentile of its parts (``mix``), or it is
a value of the whole group and not of the firm (``group``)."""


class Unknown(Exception):  # noqa: N818 - not a mistake of anybody: the data do not tell, and this says why
    """The value cannot be known; the text is the reason, for people."""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """A measured value, or why there is none. Exactly one of the two is given."""

    value: float | None = None
    reason: str | None = None


class Measure(msgspec.Struct, frozen=True):
    """One indicator of the five forces.

    ``weight`` is its share of the force (the weights of a force sum to 1). ``registers`` are the feeds whose silence
    means that there is nothing to tell: a firm without a record in them is measured as free of it, unless the
    profile of its jurisdiction leaves the feed out of those connected. ``parts`` are the ids of the growth rates behind
    a ``mix``.
    """

    id: str
    force: ForceId
    name: str
    name_zh: str
    feeds: tuple[str, ...]
    unit: str
    higher_is_better: bool
    weight: float
    behind: Callable[[View], float]
    basis: Basis = "own"
    registers: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    def compute(self, view: View) -> float | None:
        """The value on the day of the view, in ``unit``; None if it cannot be known."""
        return self.read(view).value

    def read(self, view: View) -> Reading:
        """The value, or the reason why there is none; computed once per view."""
        return read(view, self.id, self.behind)


def read(view: View, name: str, behind: Callable[[View], float]) -> Reading:
    """The reading of a function under a name, once per view."""
    held: Reading | None = view.memo.get(f"reading.{name}")
    if held is None:
        try:
            held = Reading(value=behind(view))
        except Unknown as unknown:
            held = Reading(reason=str(unknown))
        view.memo[f"reading.{name}"] = held
    return held
