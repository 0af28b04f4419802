"""Composite patterns: sequences and coincidences of points that say more together than each alone.

A pattern is judged on verdicts, not on records: on when each point fired (by the day the fact occurred, so that a
member that arrives late completes a pattern in hindsight) and whether it still shows its colour. The rules are
configuration defaults; none is a statute's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from detectors.chains import case_of, chains
from detectors.fact import IMPULSE, iso_day
from detectors.points.circles import LARGE, NEWLY_DAYS, require_between
from detectors.points.composing import Verdicts, composed, in_order, shown, weighing
from detectors.points.evaluator import NoParameters
from detectors.points.exposure import EXPOSURE_FEEDS, in_words, open_exposure
from detectors.points.finding import LEVEL_NAMES, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.network import told
from detectors.points.verdict import Verdict
from detectors.points.view import View

HOLDS = "holds"
"""Detail of a finding whose pattern holds although it shows no colour."""

Recognise = Callable[[View, Verdicts, Any], Finding]


class PatternRule(msgspec.Struct, frozen=True):
    """A function of the day's verdicts of points with its parameter type. Facts of ``feeds`` call for a look although
    no member weighs, those of ``reads`` while one does."""

    recognise: Recognise
    parameters: type[msgspec.Struct]
    feeds: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


class Staircase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """CP-01: the three steps, each any of these points, and the days from the first to the last."""

    within_days: int = 180
    first: tuple[str, ...] = ("WP-22", "WP-23", "WP-24", "WP-25", "WP-26", "WP-36", "WP-38")
    second: tuple[str, ...] = ("WP-30", "WP-32")
    third: tuple[str, ...] = ("WP-01", "WP-04", "WP-05")


def staircase(_: View, verdicts: Verdicts, limit: Staircase) -> Finding:
    """CP-01 阶梯恶化: arrears of wages, insurance or utilities, then of tax, then a suit: one tier above the worst
    point.

    By the days on which they occurred: a point may have shown before, and a new suit is another step. Lasts while one
    of the three shows its colour.
    """
    steps = next(_ascending(verdicts, limit), None)
    if steps is None:
        return NOT_FIRED
    worst = max([verdict.level for verdict in verdicts.values() if verdict.p], default=0)
    level = min(RED, worst + 1)
    return composed(
        level,
        steps,
        in_order(steps),
        f"arrears, then tax, then a suit within {limit.within_days} days: one colour above the worst point "
        f"({LEVEL_NAMES[worst]}), red at most",
    )


def _ascending(verdicts: Verdicts, limit: Staircase) -> Iterator[tuple[Verdict, ...]]:
    """Steps that follow each other, those that were complete first before the others."""
    first, second, third = (_occurred(verdicts, names) for names in (limit.first, limit.second, limit.third))
    for last in third:
        near = [one for one in second if last.since - limit.within_days <= one.since <= last.since]
        for middle in near:
            for begin in first:
                steps = begin, middle, last
                if last.since - limit.within_days <= begin.since <= middle.since and any(
                    step.level for step in steps
                ):
                    yield steps


def _occurred(verdicts: Verdicts, names: Iterable[str]) -> list[Verdict]:
    """The points that weigh, as of each day on which something happened that they rest on; earliest first."""
    found = [
        msgspec.structs.replace(verdict, since=day)
        for verdict in weighing(verdicts, names)
        for day in {verdict.since, *(fact.start for fact in verdict.finding.evidence)}
        if day >= verdict.since
    ]
    return sorted(found, key=lambda one: (one.since, one.point))


class Escape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """CP-02: days between the change and the standstill, and the items of the register that count."""

    within_days: int = 60
    items: tuple[str, ...] = ("legal_rep", "controller", "domicile")


def escape(view: View, verdicts: Verdicts, limit: Escape) -> Finding:
    """CP-02 逃废债: a new representative, controller or domicile while the works fall silent and somebody is owed: red.

    The standstill is WP-28 or WP-37 in red, within 60 days before or after such a change of WP-47.
    """
    change = shown(verdicts, "WP-47")
    silent = [one for name in ("WP-28", "WP-37") if (one := shown(verdicts, name, RED)) is not None]
    if change is None or not silent:
        return NOT_FIRED
    days = [fact.start for fact in change.finding.evidence if fact.data.get("item") in limit.items]
    near = [
        (abs(one.since - day), one.point, day, one)
        for one in silent
        for day in days
        if abs(one.since - day) <= limit.within_days
    ]
    turn = view.next_turn(EXPOSURE_FEEDS)
    owed = open_exposure(view)
    if not near or not owed:
        return msgspec.structs.replace(NOT_FIRED, turn=turn)
    _, _, day, standstill = min(near, key=lambda one: one[:3])
    moved = msgspec.structs.replace(change, since=day)
    members = sorted([moved, standstill], key=lambda one: (one.since, one.point))
    finding = composed(
        RED,
        members,
        f"{in_order(members)}; {in_words(owed)}",
        f"red for a key change and a standstill within {limit.within_days} days while something is owed",
        open={kind: len(facts) for kind, facts in owed.items()},
    )
    return msgspec.structs.replace(finding, turn=turn)


def hollow_out(_: View, verdicts: Verdicts, __: NoParameters) -> Finding:
    """CP-03 空转: power and tax collapse while ever more movables are pledged, all yellow at once: red."""
    members = [shown(verdicts, name, YELLOW) for name in ("WP-27", "WP-35", "WP-19")]
    held = [member for member in members if member is not None]
    if len(held) < len(members):
        return NOT_FIRED
    said = ", ".join(f"{one.point} {LEVEL_NAMES[one.level]}" for one in held)
    return composed(RED, held, said, "red when consumption, tax and movable security are all yellow or worse")


def enforcement_collapse(view: View, verdicts: Verdicts, __: NoParameters) -> Finding:
    """CP-04 执行链断裂: enforcement, restriction and termination without property of one case: one red story.

    The messages about the members are suppressed (see the catalogue's inhibitions); their points still count.
    """
    members = [shown(verdicts, name) for name in ("WP-08", "WP-10", "WP-11")]
    held = [member for member in members if member is not None]
    if len(held) < len(members):
        return NOT_FIRED
    linked = chains(view)
    begun = [dict(_cases_begun(one, linked)) for one in held]
    cases = sorted(
        case
        for case in set.intersection(*(set(one) for one in begun))
        if begun[0][case] <= begun[1][case] <= begun[2][case]
    )
    if not cases:
        return NOT_FIRED
    threshold = "red when enforced, restricted and terminated without property in one case, in this order"
    finding = composed(RED, held, f"{cases[0]}: {in_order(held)}", threshold, cases=cases, case=cases[0])
    return msgspec.structs.replace(finding, episode=cases[0])


def _cases_begun(member: Verdict, linked: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """The chains of cases in the evidence of a point, each with the first day on which it tells of one."""
    for fact in sorted(member.finding.evidence, key=lambda fact: fact.start, reverse=True):
        case = case_of(fact)
        if case is not None:
            yield linked.get(case, case), fact.start


class DoubleSilence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """CP-05: days without use that nothing explains."""

    days: int = 45


def double_silence(view: View, verdicts: Verdicts, limit: DoubleSilence) -> Finding:
    """CP-05 双静默: a return missed and hardly any utility use for 45 days, both sources alive: red.

    Both members are absence rules: each has made sure that its source has told all there is to tell, and counts no days
    that something lawful explains. A standstill for which a suspension of business was filed is none.
    """
    use = shown(verdicts, "WP-28", YELLOW)
    filing = shown(verdicts, "WP-32") or shown(verdicts, "WP-33")
    if use is None or filing is None:
        return NOT_FIRED
    days = int(use.finding.details["days"])
    if days < limit.days:
        return msgspec.structs.replace(NOT_FIRED, turn=view.day + 1)
    return composed(
        RED,
        sorted([use, filing], key=lambda one: (one.since, one.point)),
        f"{use.finding.value}; {filing.finding.value}",
        f"red from {limit.days} days without use while a return is missing",
        idle_days=days,
    )


class Resonance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """CP-06: members of one guarantee circle newly yellow or worse, and the guarantees that make a hub."""

    members: int = 3
    within_days: int = NEWLY_DAYS
    hub_guarantees: int = 3

    def __post_init__(self) -> None:
        require_between("members", 2, self.members, LARGE)
        require_between("within_days", NEWLY_DAYS, self.within_days, NEWLY_DAYS)
        require_between("hub_guarantees", 1, self.hub_guarantees, LARGE)


def resonance(view: View, _: Verdicts, limit: Resonance) -> Finding:
    """CP-06 圈层共振: several members of a guarantee circle sink within a month: yellow for all, red for hubs.

    Read off what the circle tells its members, also those whom no distress has reached yet.
    """
    heard = told(view)
    circle = heard[1].get("circle") if heard is not None else None
    if heard is None or not circle or circle["newly_yellow"] < limit.members:
        return NOT_FIRED
    hub = circle["affected_guarantees"] >= limit.hub_guarantees
    within = f"{limit.members} members within {limit.within_days} days"
    return Finding(
        level=RED if hub else YELLOW,
        value=f"{circle['newly_yellow']} members of circle {circle['id']} newly yellow or red"
        + (f", guarantees for {circle['affected_guarantees']} of them" if hub else ""),
        threshold=f"yellow from {within}, red from {limit.hub_guarantees} guarantees for them",
        since=heard[0].start,
        evidence=(heard[0],),
        details={"circle": circle},
        episode=f"circle {circle['id']}",
    )


class Recovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """CP-07: days without a colour."""

    days: int = 90


def recovery(view: View, verdicts: Verdicts, limit: Recovery) -> Finding:
    """CP-07 修复: never a colour. Everything that weighed has cleared, ``days`` ago or longer.

    It is told for as long as something still fades: a firm that was never warned has nothing to recover from.
    """
    fading = [verdict for verdict in verdicts.values() if verdict.cleared is not None]
    if not fading or any(verdict.level for verdict in verdicts.values()):
        return NOT_FIRED
    last = max(verdict.cleared for verdict in fading if verdict.cleared is not None)
    due = last + limit.days
    if view.day < due:
        return msgspec.structs.replace(NOT_FIRED, turn=due)
    return Finding(
        value=f"nothing has shown a colour since {iso_day(last)}",
        threshold=f"{limit.days} days without a colour",
        since=due,
        details={HOLDS: True},
    )


PATTERNS: Mapping[str, PatternRule] = {
    "staircase": PatternRule(staircase, Staircase),
    "escape": PatternRule(escape, Escape, reads=EXPOSURE_FEEDS),
    "hollow_out": PatternRule(hollow_out, NoParameters),
    "enforcement_collapse": PatternRule(enforcement_collapse, NoParameters),
    "double_silence": PatternRule(double_silence, DoubleSilence),
    "resonance": PatternRule(resonance, Resonance, feeds=(IMPULSE,)),
    "recovery": PatternRule(recovery, Recovery),
}
