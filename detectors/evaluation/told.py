"""What was told of one firm, as spans of time in which a colour was shown, and what became of the firm."""

from collections.abc import Iterable, Sequence

import msgspec

from detectors.evaluation.rules import Rules
from detectors.fact import DAY


class Told(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One alert about one firm: ``level`` is the colour of ``point`` after it, ``tier_from`` and ``tier_to`` the tier
    of the firm before and after the step it belongs to, ``at`` stream time (epoch seconds), ``sent`` False for one that
    is kept from subscribers because another alert says it already."""

    at: int
    id: str
    kind: str
    point: str
    level: int
    tier_from: int
    tier_to: int
    sent: bool = True


class Span(msgspec.Struct, frozen=True, gc=False):
    """From ``begin`` to ``end`` (epoch seconds, exclusive; None: to the last record) a colour or a higher one was
    shown; ``first`` is the colour it began with, ``reporting`` whether it began with a failure being told."""

    begin: int
    end: int | None
    first: int
    reporting: bool = False

    def warned(self, at: int, rules: Rules, notice: int) -> bool:
        """Whether it warned of a failure at ``at``: it began ``notice`` seconds before, and was not over for long."""
        return self.begin <= at - notice and (self.end is None or self.end >= at - rules.horizon_days * DAY)


class Failure(msgspec.Struct, frozen=True, gc=False):
    """One failure of a firm: from the first sign of it to the last (epoch seconds)."""

    first: int
    last: int


_TIER = "TIER"
"""In the place of a point: an alert about the tier alone, which has spans of its own."""

_RISES = frozenset({"alert.opened", "alert.reopened", "alert.upgraded"})


def rises(one: Told) -> bool:
    """Whether an alert raises a colour."""
    return one.kind in _RISES and one.level > 0


def spans(told: Sequence[Told], colour: int, rules: Rules) -> list[Span]:
    """The spans in which the tier of a firm was ``colour`` or higher; ``told`` in the order of telling."""
    found: list[Span] = []
    begin, first, reporting = None, 0, False
    for at, steps in _by_instant(told):
        for step in steps:
            was, now = step[0].tier_from, step[0].tier_to
            if was < colour <= now:
                begin, first, reporting = at, now, _reports(step, colour, rules)
            elif now < colour <= was and begin is not None:
                found.append(Span(begin, at, first, reporting))
                begin = None
    if begin is not None:
        found.append(Span(begin, None, first, reporting))
    return found


def _by_instant(told: Sequence[Told]) -> Iterable[tuple[int, list[list[Told]]]]:
    """Alerts by instant and, inside one, by step: alerts of one step share where the tier came from and went."""
    steps: list[tuple[int, list[list[Told]]]] = []
    for one in told:
        if not steps or steps[-1][0] != one.at:
            steps.append((one.at, []))
        groups = steps[-1][1]
        if groups and (groups[-1][0].tier_from, groups[-1][0].tier_to) == (one.tier_from, one.tier_to):
            groups[-1].append(one)
        else:
            groups.append([one])
    return steps


def _reports(step: Iterable[Told], colour: int, rules: Rules) -> bool:
    """Whether only points that tell of a failure itself lifted the tier to ``colour`` in this step."""
    lifting = [one for one in step if rises(one) and one.level >= colour]
    return bool(lifting) and all(one.level >= rules.outcome_points.get(one.point, 9) for one in lifting)


def point_spans(told: Iterable[Told], colour: int) -> dict[str, list[Span]]:
    """The spans in which subscribers were shown ``colour`` or more of each point."""
    begun: dict[str, Told] = {}
    found: dict[str, list[Span]] = {}
    for one in told:
        if not one.sent or one.point == _TIER:
            continue
        open_ = begun.get(one.point)
        if open_ is None and one.level >= colour:
            begun[one.point] = one
        elif open_ is not None and one.level < colour:
            found.setdefault(one.point, []).append(Span(open_.at, one.at, open_.level))
            del begun[one.point]
    for name, one in begun.items():
        found.setdefault(name, []).append(Span(one.at, None, one.level))
    return found


def failures(told: Iterable[Told], outcomes: Iterable[int], rules: Rules) -> list[Failure]:
    """What became of a firm: reported outcomes (epoch seconds) and alerts that tell of a failure itself, in order.

    Signs that follow each other within the horizon are one failure: the debtor who is listed after his default has not
    failed twice.
    """
    listed = [one.at for one in told if rises(one) and one.level >= rules.outcome_points.get(one.point, 9)]
    found: list[Failure] = []
    for at in sorted([*outcomes, *listed]):
        if found and at <= found[-1].last + rules.horizon_days * DAY:
            found[-1] = Failure(found[-1].first, at)
        else:
            found.append(Failure(at, at))
    return found
