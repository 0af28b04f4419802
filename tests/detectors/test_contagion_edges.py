"""From records of guarantees and relations to weighted links, and the days they are in force."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.contagion.edges import (
    Edge,
    Told,
    edge_days,
    guarantee_edge,
    in_force,
    link_of,
    next_turn,
)
from detectors.contagion.parameters import Beta, Contagion
from detectors.contagion.relations import relation_edges
from detectors.fact import FAR, Fact, day_number, iso_day
from detectors.records.keys import natural_key
from detectors.stating import fact_of
from detectors.terms import months_later
from tests.detectors.build import FIRM, OTHER, money, record
from tests.detectors.guarantees import LIMIT, M

THIRD = "ent:CN-330604:91330604MA0000031X"
UTC8 = 8 * 3600


def day(text: str) -> int:
    """Day number of an ISO date."""
    return day_number(date.fromisoformat(text))


def fact(feed: str, payload: dict[str, Any], begun: str = "2025-01-10", **more: Any) -> Fact:
    """The fact of a record, as the ledger keeps it."""
    one = record(feed, "r-1", begun, payload, **more)
    return fact_of(one, natural_key(feed, payload, one.entity), UTC8, "CNY")


def guarantee(**fields: Any) -> dict[str, Any]:
    """FIRM stands jointly for two million of OTHER, due on 2026-06-30; a field set to None is left out."""
    payload = {
        "contract_no": "BZ-1",
        "guarantor": FIRM,
        "debtor": OTHER,
        "creditor_name": "上虞农商银行",
        "way": "joint_guarantee",
        "principal": money(2_000_000),
        "debt_from": "2025-01-10",
        "debt_to": "2026-06-30",
        **fields,
    }
    return {name: value for name, value in payload.items() if value is not None}


def edge(told: Told | None = None, **fields: Any) -> Edge:
    """The edge of a guarantee."""
    made = guarantee_edge(fact("F26", guarantee(**fields)), LIMIT, {"USD": 7.0}, told or Told())
    assert made is not None
    return made


def relation(kind: str, one: str = FIRM, other: str = OTHER, **fields: Any) -> Fact:
    """A relation fact."""
    return fact("F27", {"from": one, "to": other, "from_kind": "org", "type": kind, **fields})


def test_a_guarantee_becomes_an_edge() -> None:
    """Who, for whom, to whom, how much, how long."""
    made = edge()
    assert (made.guarantor, made.debtor, made.creditor) == (FIRM, OTHER, "上虞农商银行")
    assert (made.id, made.way, made.amount, made.amount_imputed) == (
        f"BZ-1|{FIRM}|{OTHER}",
        "joint_guarantee",
        200_000_000,
        False,
    )
    assert iso_day(made.start) == "2025-01-10"


@pytest.mark.parametrize(
    ("agreed", "last"),
    [
        (None, "2026-12-30"),  # none agreed: six months from the due date
        ("2026-06-30", "2026-12-30"),  # ends on the due date: counts as not agreed
        ("2026-06-01", "2026-12-30"),
        ("2026-07-01", "2026-07-01"),  # agreed past the due date: stands, though it is shorter
        ("2029-06-30", "2029-06-30"),
    ],
)
def test_guarantee_period(agreed: str | None, last: str) -> None:
    """Civil Code art. 692; the last day still counts."""
    made = edge(guarantee_to=agreed)
    assert made.end is not None
    assert iso_day(made.end - 1) == last
    assert made.holds(day(last))
    assert not made.holds(day(last) + 1)


def test_bound_from_the_contract_not_from_the_due_date() -> None:
    """The period in which it may be called often begins when the debt falls due; the risk began with the
    contract."""
    made = edge(guarantee_from="2026-06-30", guarantee_to="2028-06-30")
    assert made.holds(day("2025-02-01"))


def test_without_any_date_it_runs_until_released() -> None:
    """No due date, no agreed end: open."""
    assert edge(debt_to=None, debt_from=None).end is None
    assert edge(debt_to=None, debt_from=None).start == day("2025-01-10")


def test_end_of_the_envelope_stands_for_a_period_nobody_wrote_down() -> None:
    """A source may say the end of the guarantee as the end of the record's validity."""
    one = fact("F26", guarantee(), valid_to=date(2028, 7, 1))
    assert edge_days(one, claimed=False)[1] == day("2028-07-01")
    early = fact("F26", guarantee(), valid_to=date(2026, 7, 1))  # the day after the due date: not past it
    assert edge_days(early, claimed=False)[1] == day("2026-12-31")


@pytest.mark.parametrize(
    ("begun", "end"),
    [("2025-08-31", "2026-02-28"), ("2023-08-31", "2024-02-29"), ("2025-12-15", "2026-06-15")],
)
def test_calendar_months(begun: str, end: str) -> None:
    """The same day of the month, or its last."""
    assert iso_day(months_later(day(begun), 6)) == end


def test_a_creditor_that_claimed_in_time_goes_on() -> None:
    """Until paid or released."""
    claimed = Told(claimed=frozenset({"BZ-1"}))
    assert edge(claimed).end is None
    assert edge(claimed, released_on="2027-03-01").end == day("2027-03-01")


def test_release_closure_and_retraction() -> None:
    """A release cuts the period short, a closure too; a retracted guarantee never was."""
    assert edge(released_on="2025-09-01").end == day("2025-09-01")
    closed = fact("F26", guarantee(), op="close", version=2, observed="2025-11-05")
    made = guarantee_edge(closed, LIMIT, {})
    assert made is not None
    assert made.end == day("2025-11-05")
    retracted = fact("F26", guarantee(), op="retract", version=2)
    assert guarantee_edge(retracted, LIMIT, {}) is None
    assert guarantee_edge(fact("F26", guarantee(released_on="2025-01-10")), LIMIT, {}) is None


@pytest.mark.parametrize(
    ("amount", "base", "weight"),
    [(2_000_000, 1_000_000, 0.8), (1_000_000, 1_000_000, 0.8), (250_000, 1_000_000, 0.2)],
)
def test_weight_of_a_joint_guarantee(amount: int, base: int, weight: float) -> None:
    """Beta times the share of the base at stake, one at most."""
    link = link_of(edge(principal=money(amount)), base * 100, LIMIT)
    assert link.weight == pytest.approx(weight)
    assert link.exposure == amount * 100
    assert link.guarantee
    assert not link.weak


@pytest.mark.parametrize(
    ("way", "beta"),
    [
        ("joint_guarantee", 0.8),
        ("general_guarantee", 0.5),
        ("mortgage", 0.6),
        ("pledge", 0.6),
        ("shortfall_top_up", 0.5),
    ],
)
def test_beta_by_way(way: str, beta: float) -> None:
    """The whole base is at stake."""
    assert link_of(edge(way=way), M, LIMIT).weight == pytest.approx(beta)


def test_a_way_not_agreed_depends_on_the_law_of_the_day() -> None:
    """General since the Civil Code, joint before."""
    old = edge(way=None, debt_from="2020-12-31", debt_to="2021-12-31")
    new = edge(way=None, debt_from="2021-01-01", debt_to="2021-12-31")
    assert (old.way, new.way) == ("joint_guarantee", "unclear")
    assert link_of(new, M, LIMIT).weight == pytest.approx(0.5)


@pytest.mark.parametrize("said", [OTHER, "BZ-1"], ids=["debtor without property", "waiver in the contract"])
def test_general_guarantee_without_discussion_weighs_as_joint(said: str) -> None:
    """Civil Code art. 687; a mortgage has no such switch."""
    told = Told(no_discussion=frozenset({said}))
    assert link_of(edge(way="general_guarantee"), M, LIMIT, told).weight == pytest.approx(0.8)
    assert link_of(edge(way="mortgage"), M, LIMIT, told).weight == pytest.approx(0.6)
    other = Told(no_discussion=frozenset({FIRM}))
    assert link_of(edge(way="general_guarantee"), M, LIMIT, other).weight == pytest.approx(0.5)


def test_counter_guarantee_and_confidence() -> None:
    """A counter-guarantee brings back 30 %; confidence is quality times match confidence."""
    assert link_of(edge(counter_guarantee=True), M, LIMIT).weight == pytest.approx(0.8 * 0.7)
    one = fact("F26", guarantee(), quality=0.9, match_confidence=0.8)
    made = guarantee_edge(one, LIMIT, {})
    assert made is not None
    link = link_of(made, M, LIMIT)
    assert link.weight == pytest.approx(0.8 * 0.72)
    assert link.ceiling == 1  # a match by name may raise blue at most


def test_foreign_currency() -> None:
    """Converted at the profile's rate; a currency without a rate is an unknown amount."""
    assert edge(principal=money(1000, "USD")).amount == 700_000
    unknown = edge(principal=money(1000, "JPY"))
    assert (unknown.amount, unknown.amount_imputed) == (None, True)


def test_missing_amount_is_imputed_and_says_so() -> None:
    """30 % of the debtor's known debt, else 30 % of the guarantor's base."""
    known = edge(Told(debts={OTHER: 100_000_000}), principal=None)
    assert (known.amount, known.amount_imputed) == (30_000_000, True)
    unknown = edge(principal=None)
    assert (unknown.amount, unknown.amount_imputed) == (None, True)
    link = link_of(unknown, M, LIMIT)
    assert (link.weight, link.exposure) == (pytest.approx(0.8 * 0.3), round(0.3 * M))


def test_outstanding_balance_caps_a_maximum_amount() -> None:
    """And nothing outstanding is no edge."""
    assert edge(Told(at_most={"BZ-1": 5_000})).amount == 5_000
    assert edge(Told(at_most={"BZ-1": 10**12})).amount == 200_000_000
    assert guarantee_edge(fact("F26", guarantee()), LIMIT, {}, Told(at_most={"BZ-1": 0})) is None


def test_guarantors_of_one_debt_are_recognised() -> None:
    """Each has a contract of its own; parties, sum and due date of the debt are the same."""
    one = edge()
    other = edge(contract_no="BZ-2", guarantor=THIRD)
    assert one.debt == other.debt
    assert edge(contract_no="BZ-3", debt_to="2026-07-01").debt != one.debt
    assert edge(creditor_name=None).debt != edge(contract_no="BZ-2", creditor_name=None).debt


@settings(deadline=None)
@given(st.permutations(range(4)))
def test_the_surest_statement_of_an_edge_stands(order: list[int]) -> None:
    """Both ends report it, and several sources; the order does not matter, and on each day only what is in
    force."""
    one = edge()
    versions = [
        one,
        msgspec.structs.replace(one, confidence=0.9, amount=1),
        msgspec.structs.replace(one, confidence=0.9, amount=2),
        edge(contract_no="AZ-0", guarantee_to="2030-01-01"),
    ]
    stated = [versions[at] for at in order]
    assert in_force(stated, day("2026-01-01")) == (versions[3], one)
    assert in_force(stated, day("2027-01-01")) == (versions[3],)
    assert in_force(stated, day("2024-01-01")) == ()
    assert iso_day(next_turn(stated, day("2026-01-01"))) == "2026-12-31"
    assert next_turn(stated, day("2031-01-01")) == FAR


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"debtor": "A"}, "cannot stand for itself"),
        ({"way": "promise"}, "unknown way 'promise'"),
        ({"amount": 0}, "above 0, got 0"),
        ({"confidence": 1.2}, "from 0 to 1, got 1.2"),
    ],
)
def test_an_impossible_edge_cannot_be_made(values: dict[str, Any], said: str) -> None:
    """The constructor names the edge and the rule."""
    with pytest.raises(ValueError, match=f"edge e-1: .*{said}"):
        Edge(**{"id": "e-1", "guarantor": "A", "debtor": "B", "way": "mortgage", "start": 0, **values})


def test_a_base_of_nothing_is_refused() -> None:
    """A share of nothing is no number."""
    with pytest.raises(ValueError, match="above 0, got 0"):
        link_of(edge(), 0, LIMIT)


def ways(*facts: Fact) -> dict[str, float]:
    """Weights by ``way bearer<source`` with short names."""
    short = {FIRM: "A", OTHER: "B", THIRD: "C"}
    return {
        f"{one.way} {short[one.guarantor]}<{short[one.debtor]}": link_of(one, M, LIMIT).weight
        for one in relation_edges(facts, LIMIT)
    }


@pytest.mark.parametrize(
    ("kind", "ratio", "expected"),
    [
        ("shareholder", 0.51, {"subsidiary A<B": 0.4, "parent B<A": 0.6}),
        ("shareholder", 0.50, {"holding A<B": 0.3, "holding B<A": 0.3}),
        ("shareholder", 0.20, {"holding A<B": 0.3, "holding B<A": 0.3}),
        ("shareholder", 0.19, {}),
        ("shareholder", None, {}),
        ("investment", 0.8, {"subsidiary A<B": 0.4, "parent B<A": 0.6}),
        ("actual_controller", None, {"subsidiary A<B": 0.4, "parent B<A": 0.6}),
        ("branch", None, {"subsidiary A<B": 0.4, "parent B<A": 0.6}),
        ("same_address", None, {"same_address A<B": 0.05, "same_address B<A": 0.05}),
        ("same_phone", None, {"same_phone A<B": 0.05, "same_phone B<A": 0.05}),
        ("director", None, {}),
        ("transacts_with", None, {}),
    ],
)
def test_relations_of_two_firms(kind: str, ratio: float | None, expected: dict[str, float]) -> None:
    """Who bears whose distress, and how much."""
    fields = {} if ratio is None else {"ratio": ratio}
    assert ways(relation(kind, **fields)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "way", "beta"),
    [("actual_controller", "same_controller", 0.5), ("legal_rep", "same_legal_rep", 0.3)],
)
def test_firms_behind_which_one_person_stands(kind: str, way: str, beta: float) -> None:
    """The person joins them and is no node itself."""
    facts = [relation(kind, "ent:CN:person-1", firm, from_kind="person") for firm in (FIRM, OTHER)]
    assert ways(*facts) == pytest.approx({f"{way} A<B": beta, f"{way} B<A": beta})
    elsewhere = relation(kind, "ent:CN:person-2", THIRD, from_kind="person")
    assert ways(*facts, elsewhere) == ways(*facts)


def test_joined_only_while_both_relations_hold() -> None:
    """A legal representative who left one firm before entering the other joins nothing."""
    first = relation(
        "legal_rep", "ent:CN:p", FIRM, from_kind="person", valid_from="2024-01-01", valid_to="2025-06-01"
    )
    second = relation("legal_rep", "ent:CN:p", OTHER, from_kind="person", valid_from="2025-03-01")
    later = relation("legal_rep", "ent:CN:p", THIRD, from_kind="person", valid_from="2025-06-01")
    made = relation_edges([first, second], LIMIT)
    assert {(iso_day(one.start), iso_day(one.end or 0)) for one in made} == {("2025-03-01", "2025-06-01")}
    assert relation_edges([first, later], LIMIT) == []


def test_a_crowd_under_one_representative_is_not_joined() -> None:
    """Agencies represent hundreds; pairs would drown the graph."""
    limit = msgspec.structs.replace(LIMIT, largest_group=2)
    facts = [relation("legal_rep", "ent:CN:p", firm, from_kind="person") for firm in (FIRM, OTHER, THIRD)]
    assert relation_edges(facts, limit) == []
    assert len(relation_edges(facts, LIMIT)) == 6


def test_relations_expose_nothing_and_an_address_never_alerts_alone() -> None:
    """They have no amount; a shared address or telephone is weak."""
    links = {
        one.way: link_of(one, M, LIMIT)
        for one in relation_edges([relation("same_address"), relation("shareholder", ratio=0.3)], LIMIT)
    }
    assert {way: (one.exposure, one.guarantee, one.weak) for way, one in links.items()} == {
        "same_address": (0, False, True),
        "holding": (0, False, False),
    }


def test_both_ends_and_two_sources_make_one_edge() -> None:
    """Control said as a holding and as a controller is said once."""
    facts = [relation("shareholder", ratio=0.7), relation("actual_controller"), relation("actual_controller")]
    assert len(in_force(relation_edges(facts, LIMIT), day("2026-01-01"))) == 2


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"epsilon": 1.5}, "epsilon is a share"),
        ({"hops": 0}, "hops is at least 1"),
        ({"resolution_bits": 60}, "at most 50"),
        ({"delta_blue": 0.3}, "must not fall"),
        ({"never_alone": ["same_dream"]}, "same_dream"),
        ({"beta": {"mortgage": 2}}, "mortgage is a share"),
        ({"betta": {}}, "unknown field"),
    ],
)
def test_impossible_parameters_are_refused(values: dict[str, Any], said: str) -> None:
    """As the catalogue would bind them."""
    with pytest.raises(msgspec.ValidationError, match=said):
        msgspec.convert(values, Contagion)


def test_parameters_are_data() -> None:
    """They survive being written and read, nested table included."""
    limit = Contagion(beta=Beta(mortgage=0.55), hops=2)
    assert msgspec.convert(msgspec.to_builtins(limit), Contagion) == limit
