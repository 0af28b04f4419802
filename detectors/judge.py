"""From a ledger to verdicts: each point on a day, with holding, clearing and decay.

A verdict says until which day it stays as it is. :func:`rejudge` uses that to evaluate only what a record or the
passing of days can have changed; its answer always equals that of :func:`judge`, which is a property test.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import msgspec

from detectors.catalogue.entry import Point
from detectors.catalogue.model import Catalogue, Profile
from detectors.concern import disturbed, read_by_pattern
from detectors.fact import FAR, MANUAL, Fact
from detectors.judgement import Judgement
from detectors.ledger import EMPTY, Ledger
from detectors.materiality import base_of
from detectors.objections import OBJECTION, undisputed
from detectors.points.verdict import State, Verdict
from detectors.points.view import Base, View
from detectors.recognition import absent, calling, verdict_of_pattern
from detectors.reference import NOTHING, Reference
from detectors.waiting import awaits_of, carried_on, followed, has_told, heard_of
from detectors.weighing import NEVER, told_of, verdict_of

__all__ = ["FAR", "Judgement", "State", "Verdict", "judge", "refresh", "rejudge", "speaks_first"]

BASE_FEEDS = ("F29", "F30")
"""Feeds that move the materiality base, and with it every point."""


def judge(
    ledger: Ledger, day: int, catalogue: Catalogue, profile: Profile, reference: Reference = NOTHING
) -> Judgement:
    """Every point of the catalogue, evaluated afresh. Pure."""
    catalogue = catalogue.within(profile)
    base = base_of(ledger, day, catalogue.materiality, profile)
    view = seen(ledger, day, base, catalogue, profile, reference)
    verdicts = dict(_blank(catalogue))
    again = {point.id: NEVER for point in _touched(ledger.facts, catalogue)}
    _evaluate(verdicts, _blank(catalogue), again, view, catalogue)
    return _judgement(view, view.next_turn(BASE_FEEDS), verdicts, catalogue)


def rejudge(
    before: Judgement,
    ledger: Ledger,
    day: int,
    catalogue: Catalogue,
    profile: Profile,
    feed: str | None,
    changed: tuple[Fact, ...] = (),
    reference: Reference = NOTHING,
) -> Judgement:
    """The judgement after a record of ``feed`` (None: only time has passed), from the one before it. Pure.

    ``changed`` are the fact now in force and the one it replaced; without them every point of the feed is looked at.
    """
    first = speaks_first(before, reference)
    anew = day >= before.base_until or day < before.day or (first and feed in BASE_FEEDS)
    if anew or feed in (MANUAL, OBJECTION):
        return judge(ledger, day, catalogue, profile, reference)
    catalogue = catalogue.within(profile)
    if feed in BASE_FEEDS:
        return _rebased(before, ledger, day, catalogue, profile, reference, feed)
    if OBJECTION in ledger.facts:
        changed = ()  # what was folded may be set aside
    touched, carried = disturbed(before, catalogue, feed, changed, day)
    told = first or (feed is None and has_told(before.awaits, ledger, reference))
    if day < before.until and not (touched or told) and not read_by_pattern(feed, before, catalogue):
        return carried_on(before, day, carried, catalogue)
    if carried:
        before = carried_on(before, before.day, carried, catalogue)
    view = seen(ledger, day, before.base, catalogue, profile, reference)
    if first:
        touched = [*touched, *followed(view, catalogue)]
    elif told:
        touched = heard_of(before, view, catalogue)
    appended = changed[0].start if len(changed) == 1 and not first else NEVER
    return _renewed(before, view, before.base_until, touched, catalogue, appended)


def speaks_first(before: Judgement, reference: Reference) -> bool:
    """Whether a source has said how far it is that never had when this was judged: what rests on its silence was judged
    as of the day, and is now as of the day up to which it has told all."""
    return before.sources != len(reference.watermarks)


def seen(
    ledger: Ledger,
    day: int,
    base: Base,
    catalogue: Catalogue,
    profile: Profile,
    reference: Reference,
    today: int | None = None,
) -> View:
    """What may be looked at of a ledger on a day, with how one point asks for another."""
    heard = undisputed(ledger, profile.dispute_effect)
    return View(heard, day, base, profile.fx, 0, today, reference, _others(catalogue))


def _others(catalogue: Catalogue) -> Callable[[str, View], Verdict]:
    """How one point asks for the verdict of another on the same day."""
    held: Callable[[str, View], Verdict] | None = catalogue.memo.get("others")
    if held is None:

        def held(name: str, view: View) -> Verdict:
            return verdict_of(catalogue.point[name], view, catalogue)

        catalogue.memo["others"] = held
    return held


def _renewed(
    before: Judgement,
    view: View,
    base_until: int,
    touched: Iterable[Point],
    catalogue: Catalogue,
    appended: int = NEVER,
) -> Judgement:
    """The judgement with the points touched, and those whose day has come, evaluated again.

    ``appended`` is the day on which the one fact begins that came, if it replaced none: before it nothing is changed.
    """
    day, again = view.day, dict[str, int]()
    for point in touched:
        verdict = before.verdicts[point.id]
        again[point.id] = verdict.day if verdict.day <= appended and _settled(verdict) else NEVER
    if day >= before.until:
        for name, verdict in before.verdicts.items():
            if verdict.until <= day and name in catalogue.point and name not in again:
                same_base = base_until == before.base_until
                again[name] = verdict.day if same_base and _settled(verdict) else NEVER
    verdicts = dict(before.verdicts)
    _evaluate(verdicts, before.verdicts, again, view, catalogue)
    return _judgement(view, base_until, verdicts, catalogue)


def _settled(verdict: Verdict) -> bool:
    """Whether nothing was shown or fading, and nothing of that time is still to be told."""
    return verdict.state == "not_fired" and verdict.told == FAR


def _evaluate(
    verdicts: dict[str, Verdict],
    before: Mapping[str, Verdict],
    again: Mapping[str, int],
    view: View,
    catalogue: Catalogue,
) -> None:
    """Evaluate the points named, each with the day on which it was quiet; then those that look at others, if they are
    named, or one they look at says something else than ``before`` and they have anything of their own to say."""
    changed = set[str]()
    for name, quiet_on in again.items():
        point = catalogue.point[name]
        if not point.looks_at:
            verdicts[name] = verdict_of(point, view, catalogue, quiet_on)
            if _differs(verdicts[name], before.get(name)):
                changed.add(name)
    for point in catalogue.lookers:
        shown = before.get(point.id)
        # a colour may rest on what they once said
        moved = again.keys() if shown is not None and shown.p else changed
        if point.id in again or (not moved.isdisjoint(point.looks_at) and told_of(point, view)):
            for name in point.looks_at:
                if name in verdicts:
                    view.memo["verdict", name] = verdicts[name]
            verdicts[point.id] = verdict_of(point, view, catalogue)


def _differs(new: Verdict, old: Verdict | None) -> bool:
    return new is not old and old is not None and new.settled() != old.settled()


def _rebased(
    before: Judgement,
    ledger: Ledger,
    day: int,
    catalogue: Catalogue,
    profile: Profile,
    reference: Reference,
    feed: str,
) -> Judgement:
    """The judgement after a record that moves the materiality base, or only could have."""
    base = base_of(ledger, day, catalogue.materiality, profile)
    view = seen(ledger, day, base, catalogue, profile, reference)
    moved = base != before.base
    touched = {point.id: point for point in catalogue.by_feed.get(feed, ())}
    if moved:
        known = ledger.facts.keys()
        touched |= {
            point.id: point  # of what is not known nothing is measured
            for point in catalogue.points
            if point.behind.measured_by_base and (MANUAL in known or not known.isdisjoint(point.feeds))
        }
    return _renewed(before, view, view.next_turn(BASE_FEEDS), touched.values(), catalogue)


def refresh(
    judgement: Judgement,
    ledger: Ledger,
    catalogue: Catalogue,
    profile: Profile,
    reference: Reference = NOTHING,
) -> Judgement:
    """The same judgement with the measured values of its very day in every verdict that shows a colour."""
    catalogue = catalogue.within(profile)
    stale = [
        name
        for name, verdict in judgement.weighing.items()
        if name in catalogue.drifting
        and (verdict.state == "fired" or verdict.told < FAR)
        and _dated(verdict, judgement.day)
    ]
    if not stale:
        return judgement
    view = seen(ledger, judgement.day, judgement.base, catalogue, profile, reference)
    fresh = {name: verdict_of(catalogue.point[name], view, catalogue) for name in stale}
    made = _judgement(view, judgement.base_until, {**judgement.verdicts, **fresh}, catalogue)
    return msgspec.structs.replace(made, sources=judgement.sources)


def _dated(verdict: Verdict, day: int) -> bool:
    """Whether the wording of a verdict may be that of another day, or of before its source told more."""
    return verdict.day != day or verdict.told < FAR


def _judgement(view: View, base_until: int, verdicts: dict[str, Verdict], catalogue: Catalogue) -> Judgement:
    for pattern in catalogue.patterns:  # those of the judgement before: a pattern is made of points alone
        verdicts.pop(pattern.id, None)
    weighing = {name: verdict for name, verdict in verdicts.items() if verdict.p}
    until = min([verdict.until for verdict in verdicts.values()], default=FAR)
    awaits = awaits_of(verdicts, catalogue)
    if not weighing and calling(catalogue).isdisjoint(view.ledger.facts):
        found = absent(catalogue)
    else:
        found = {
            one.id: verdict_of_pattern(one, view, verdicts, weighing, catalogue) for one in catalogue.patterns
        }
    for name, verdict in found.items():
        verdicts[name] = verdict
        until = min(until, verdict.until)
        if verdict.level:
            weighing[name] = verdict
    until, sources = min(until, base_until), len(view.reference.watermarks)
    return Judgement(view.day, view.base, base_until, verdicts, weighing, until, awaits, sources)


def _blank(catalogue: Catalogue) -> dict[str, Verdict]:
    """What every point says of an entity about which nothing is known."""
    held: dict[str, Verdict] | None = catalogue.memo.get("blank")
    if held is None:
        view = View(EMPTY, 0, Base(0, "none"), {}, judged=_others(catalogue))
        held = {point.id: verdict_of(point, view, catalogue) for point in catalogue.points}
        catalogue.memo["blank"] = held
    return held


def _touched(feeds: Collection[str], catalogue: Catalogue) -> Iterator[Point]:
    """Points about which these feeds say something, each once."""
    if MANUAL in feeds:
        yield from catalogue.points
        return
    seen: set[str] = set()
    for feed in feeds:
        for point in catalogue.by_feed.get(feed, ()):
            if point.id not in seen:
                seen.add(point.id)
                yield point
