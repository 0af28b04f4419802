"""The feed of the utilities is the busiest: what is ordinary is not judged again, and that never changes an answer."""

import random
from collections.abc import Iterator
from datetime import date

import pytest

from detectors.fact import day_number, day_of, iso_day
from detectors.fold import stated
from detectors.judge import Judgement, judge, rejudge
from detectors.ledger import EMPTY, fold
from detectors.record import Record, epoch
from tests.detectors import build
from tests.detectors.build import saying
from tests.detectors.points.utility_records import (
    SOURCE,
    Peers,
    accounts,
    after,
    firm,
    months,
    notice,
    paid,
    reading,
    theft,
    unpaid,
)
from tests.detectors.points.vectors import Reference

POINTS = tuple(point.id for point in build.shipped().points if "F15" in point.feeds)
FAR_AHEAD = 40_000
"""A day long after all that is told."""
PEERS = Reference({SOURCE: FAR_AHEAD}, Peers(-0.05))


def told(seed: int) -> list[Record]:
    """Three years of a firm: bills mostly paid at once, readings mostly as ever; now and then something goes wrong."""
    dice = random.Random(seed)
    records: list[Record] = [firm()]
    stopped = dice.randrange(10, 60)  # nothing is told of five months
    for number, period in enumerate(months("2023-01", 36)):
        kwh = 1000 * dice.uniform(0.85, 1.15)
        if stopped <= number < stopped + 5:
            continue
        if dice.random() < 0.12 or 14 < number < 14 + dice.randrange(8):
            kwh *= dice.choice((0.0, 0.03, 0.3, 0.6, 3.0))
        if dice.random() < 0.93:
            more = {"payload": {"estimated": True}} if dice.random() < 0.06 else {}
            records.append(reading(period, f"{kwh:.0f}", **more))
            if dice.random() < 0.05:
                records.append(
                    reading(period, f"{kwh * 2:.0f}", version=2, op="amend", observed=after(period, 40))
                )
        for utility in ("electricity", "water", "gas"):
            records += _billed(dice, utility, period, kwh)
        if 18 <= number < 18 + seed:
            records.append(reading(period, 100, utility="water", account="b"))
        if number % 3 == 2:
            output, tax = dice.choice((500.0, 1000.0, 1500.0)), dice.choice((50.0, 500.0, 1000.0))
            quarter = f"{period[:4]}Q{number // 3 % 4 + 1}"
            records.append(accounts(quarter, after(period, 14), output_value=output, tax_paid=tax))
    return sorted(records, key=lambda one: (epoch(one.observed_at), one.record_id, one.version))


def _billed(dice: random.Random, utility: str, period: str, kwh: float) -> Iterator[Record]:
    due, quantity = after(period, 14), f"{kwh:.0f}"
    chance = dice.random()
    if chance < 0.85:
        day = after(period, 4)
        at_once = build.bill(
            period, day, 800, utility=utility, paid=day, version=1, op="assert", observed=day
        )
        yield saying(at_once, quantity=quantity) if dice.random() < 0.5 else at_once
    elif chance < 0.97:
        yield from paid(utility, period, due, after(period, dice.randrange(10, 70)))
    else:
        yield unpaid(utility, period, due)
        yield notice("cutoff_notice", after(period, 50), utility)
        if dice.random() < 0.3:
            yield theft(1, after(period, 20))


def settled(judgement: Judgement) -> dict[str, object]:
    """What must not depend on what was judged before."""
    return {name: judgement.verdicts[name].settled() for name in POINTS}


@pytest.mark.parametrize("seed", range(6))
def test_what_was_left_as_it_was_is_as_it_would_be(seed: int) -> None:
    """After every record and on every day on which something was to change: the same as judged afresh."""
    catalogue = build.shipped()
    profile = catalogue.profile("CN-330604")
    ledger, running = EMPTY, None
    for record in told(seed):
        day = day_of(epoch(record.observed_at), profile.utc_offset)
        while running is not None and running.until <= day:
            due = running.until
            running = rejudge(running, ledger, due, catalogue, profile, None, reference=PEERS)
            assert settled(running) == settled(judge(ledger, due, catalogue, profile, PEERS)), iso_day(due)
        place = stated(record, profile)
        held = ledger.of(place.feed).get(place.ident)
        changed = (place.fact,) if held is None else (place.fact, held)
        ledger = fold(ledger, place.feed, place.ident, place.fact).ledger
        fresh = judge(ledger, day, catalogue, profile, PEERS)
        if running is None:
            running = fresh
        else:
            running = rejudge(running, ledger, day, catalogue, profile, place.feed, changed, PEERS)
        assert settled(running) == settled(fresh), f"{record.record_id} on {iso_day(day)}"


@pytest.mark.parametrize("count", range(1, 10))
def test_the_silence_after_few_months_is_seen_by_itself(count: int) -> None:
    """Also after exactly as many months as are needed before the silent ones, no record has to come for it."""
    catalogue = build.shipped()
    profile = catalogue.profile("CN-330604")
    ledger = EMPTY
    for period in months("2023-01", count):
        place = stated(reading(period, 1000), profile)
        ledger = fold(ledger, place.feed, place.ident, place.fact).ledger
    first = day_number(date.fromisoformat(after(months("2023-01", count)[-1], 4)))
    running = judge(ledger, first, catalogue, profile, Reference({SOURCE: first}))
    for day in range(first + 1, first + 200):
        heard = Reference({SOURCE: day})
        running = rejudge(running, ledger, day, catalogue, profile, None, reference=heard)
        assert settled(running) == settled(judge(ledger, day, catalogue, profile, heard)), iso_day(day)
    silent = running.verdicts["WP-28"]
    assert silent.state == ("fired" if count >= 6 else "not_evaluable"), silent.finding


def test_an_ordinary_bill_is_not_judged_again() -> None:
    """Nor an ordinary reading: no point of the feed is evaluated on the day it comes."""
    catalogue = build.shipped()
    profile = catalogue.profile("CN-330604")
    ledger, running = EMPTY, None
    left = []
    for period in months("2023-01", 36):
        day_ = after(period, 4)
        at_once = build.bill(period, day_, 800, paid=day_, version=1, op="assert", observed=day_)
        for record in (reading(period, 1000), saying(at_once, quantity="1000")):
            day = day_of(epoch(record.observed_at), profile.utc_offset)
            while running is not None and running.until <= day:
                running = rejudge(running, ledger, running.until, catalogue, profile, None, reference=PEERS)
            place = stated(record, profile)
            ledger = fold(ledger, place.feed, place.ident, place.fact).ledger
            if running is None:
                running = judge(ledger, day, catalogue, profile, PEERS)
                continue
            before = running
            running = rejudge(running, ledger, day, catalogue, profile, place.feed, (place.fact,), PEERS)
            left.append(all(running.verdicts[name].day == before.verdicts[name].day for name in POINTS))
    assert sum(left) >= 0.75 * len(left), f"{sum(left)} of {len(left)}"
