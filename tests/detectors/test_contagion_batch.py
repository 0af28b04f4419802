"""Nodes from ledgers, and impulses for the firms of a file."""

from typing import Any

import pytest

from detectors.assessment import jurisdiction_of
from detectors.contagion import batch
from detectors.contagion.batch import reached, untold, with_impulses
from detectors.contagion.impulse import Told, record_of
from detectors.contagion.node import Node, node_of
from detectors.fact import IMPULSE, day_number, day_of
from detectors.fold import assess_all, fold_all, stated
from detectors.history import state
from detectors.judge import judge
from detectors.ledger import EMPTY
from detectors.record import Record, epoch
from detectors.records.validation import validate
from tests.detectors import build
from tests.detectors.build import at, dishonest, enforcement
from tests.detectors.examples import example_record
from tests.detectors.points.credit_records import status
from tests.streams.cluster import firm, founded, guarantee, insolvency, relation

CATALOGUE = build.shipped()
A, B, C = firm(1), firm(2), firm(3)
PERSON = "ent:CN-330604:person:7f3a"
TODAY = epoch(at("2026-03-01"))


def node(*records: Record, entity: str = A, as_of: int = TODAY) -> Node:
    """The node of an entity by the shipped catalogue."""
    profile = CATALOGUE.profile(jurisdiction_of(entity))
    ledger = fold_all(records, CATALOGUE).get(entity, EMPTY)
    judgement = judge(ledger, day_of(as_of, profile.utc_offset), CATALOGUE, profile)
    return node_of(entity, ledger, judgement, CATALOGUE, profile)


def told(said: dict[str, Any], entity: str = A, day: str = "2026-01-10") -> Record:
    """An impulse as it lies in the log."""
    return record_of(entity, Told(1, 1, epoch(at(day)), said, stands=True), "assert", epoch(at(day)))


RED_IMPULSE = {
    "level": 3,
    "reason": "",
    "threshold": "",
    "origins": [],
    "delta": 0.6,
    "p": 0.7,
    "p_self": 0.1,
}


def test_a_quiet_firm_is_none_and_its_base_is_its_capital() -> None:
    assert node(founded(A, 10e6)) == Node(A, 0.01, 0, 10_000_000_00)


def test_level_and_probability_come_from_points_that_show_a_colour() -> None:
    yellow = node(founded(A, 10e6), enforcement(1, "2026-01-05", 6e5, entity=A))
    assert (yellow.level, yellow.p_self, yellow.since) == (2, 0.1, day_number(at("2026-01-05").date()))
    assert node(dishonest(1, "2026-01-05", entity=A)).p_self == 0.9
    insolvent = node(insolvency(A, "2026-01-10"))
    assert (insolvent.level, insolvent.p_self, insolvent.no_discussion) == (3, 1.0, True)


def test_what_has_cleared_calls_no_guarantor_however_long_the_score_remembers() -> None:
    """The score of a dismissed bankruptcy halves in three years; its debtors' guarantors are free at once."""
    over = insolvency(A, "2026-02-01", "dismissed", op="amend", version=2)
    records = [insolvency(A, "2026-01-10"), over]
    assert assess_all(fold_all(records, CATALOGUE), CATALOGUE, TODAY)[0]["score"] > 80
    assert (node(*records).level, node(*records).p_self) == (0, 0.01)


def test_a_colour_from_the_network_makes_no_origin() -> None:
    """Contagion that counted as a firm's own would feed on itself."""
    plain = [founded(A, 10e6), *guarantee(1, A, B, 1e6)]
    assert node(*plain, told(RED_IMPULSE)) == node(*plain)
    assert assess_all(fold_all([*plain, told(RED_IMPULSE)], CATALOGUE), CATALOGUE, TODAY)[0]["tier"] == "red"


def test_a_node_carries_what_binds_and_leaves_out_the_rest() -> None:
    """Retracted guarantees, offices and holdings of persons bind nobody; two sources that agree count once."""
    twice = [*guarantee(1, A, B, 1e6), *guarantee(1, A, B, 1e6, source_id="other.source")]
    gone = guarantee(2, A, C, 1e6, op="retract", version=2)
    offices = relation("director", PERSON, A, fields={"from_kind": "person"})
    holding = relation("shareholder", PERSON, A, fields={"from_kind": "person", "ratio": 0.9})
    owned = relation("shareholder", C, A, fields={"ratio": 0.6})
    said = node(*twice, *gone, *offices, *holding, *owned)
    assert [fact.data["contract_no"] for fact in said.guarantees] == ["BZ-1"]
    assert [fact.data["type"] for fact in said.relations] == ["shareholder"]
    assert said.mentions() == {B, C}


def test_amounts_of_another_jurisdiction_are_reckoned_in_one_currency() -> None:
    british = "ent:GB:01234567"
    records = [
        founded(british, 1e6, jurisdiction="GB"),
        *guarantee(1, british, A, 1e6, fields={"principal": build.money(1e6, "GBP")}),
    ]
    records[0].payload["paid_capital"]["currency"] = "GBP"
    said = node(*records, entity=british)
    assert (said.base, said.rate) == (9_200_000_00, 9.2)
    assert said.guarantees[0].data["principal"] == [1_000_000_00, "GBP"]
    heard = reached(fold_all([*records, insolvency(A, "2026-01-10")], CATALOGUE), TODAY, CATALOGUE)
    assert heard[british]["origins"][0]["exposure"] == 1_000_000_00


def test_a_file_with_guarantees_tells_its_firms_what_reaches_them() -> None:
    """Also a firm of which the file holds nothing else, and a debtor that no copy was sent of."""
    own_side = guarantee(1, A, B, 10e6)[:1]
    ledgers = fold_all([founded(A, 10e6), *own_side, insolvency(B, "2026-01-10")], CATALOGUE)
    by_id = {one["entity"]: one for one in assess_all(ledgers, CATALOGUE, TODAY)}
    assert [(one["id"], one["level"]) for one in by_id[A]["points"]] == [("WP-49", 3)]
    assert by_id[B]["tier"] == "red"
    assert list(untold(ledgers, TODAY, CATALOGUE)) == [A, B]  # both lie in a circle with a red member


def test_persons_and_affiliates_reach_a_firm_through_relations_alone() -> None:
    person = {"from_kind": "person"}
    records = [
        *relation("legal_rep", PERSON, A, fields=person),
        *relation("legal_rep", PERSON, B, fields=person),
        dishonest(1, "2026-01-05", entity=PERSON),
        dishonest(2, "2026-01-05", entity=B),
    ]
    by_id = {one["entity"]: one for one in assess_all(fold_all(records, CATALOGUE), CATALOGUE, TODAY)}
    assert [(one["id"], one["level"]) for one in by_id[A]["points"] if one["id"] != "WP-49"] == [
        ("WX-04", 2),
        ("WX-05", 1),
    ]


def test_a_representative_under_enforcement_is_told_as_such() -> None:
    """A case is a listing for debts of one's own, however small."""
    records = [
        *relation("legal_rep", PERSON, A, fields={"from_kind": "person"}),
        enforcement(1, "2026-01-05", 100, entity=PERSON),
    ]
    by_id = {one["entity"]: one for one in assess_all(fold_all(records, CATALOGUE), CATALOGUE, TODAY)}
    assert [(one["id"], one["colour"], one["value"]) for one in by_id[A]["points"]] == [
        (
            "WX-04",
            "yellow",
            f"1 red or under enforcement: {PERSON} (legal representative, under enforcement)",
        )
    ]


@pytest.mark.parametrize(("became_yellow", "told"), [("2026-01-08", ["CP-06"]), ("2026-01-07", [])])
def test_newly_yellow_is_who_was_blue_before(became_yellow: str, told: list[str]) -> None:
    """Three of a ring pay no interest for long; what counts is the day on which that became yellow, not blue."""
    firms = [firm(number) for number in range(10, 14)]
    records = [one for n, name in enumerate(firms) for one in guarantee(n, name, firms[(n + 1) % 4], 1e4)]
    for n, name in enumerate(firms[:3]):
        for day, late in (("2025-11-30", 5), (became_yellow, 40)):
            records.append(status(day, f"loan-{n}", interest_overdue_days=late, entity=name))
    at_ = epoch(at("2026-02-06"))
    by_id = {one["entity"]: one for one in assess_all(fold_all(records, CATALOGUE), CATALOGUE, at_)}
    assert [one["since"] for one in by_id[firms[0]]["points"] if one["id"] == "WP-40"] == ["2025-11-26"]
    assert [one["id"] for one in by_id[firms[3]]["points"] if one["id"] == "CP-06"] == told


def test_a_large_circle_in_which_one_in_ten_is_red_makes_all_yellow() -> None:
    firms = [firm(number) for number in range(10, 20)]
    ring = [one for n, name in enumerate(firms) for one in guarantee(n, name, firms[(n + 1) % 10], 1e4)]
    ledgers = fold_all([*ring, dishonest(1, "2026-01-05", entity=firms[0])], CATALOGUE)
    levels = {
        one["entity"]: {point["id"]: point["level"] for point in one["points"]}
        for one in assess_all(ledgers, CATALOGUE, TODAY)
    }
    assert {levels[name].get("WX-07") for name in firms} == {2}
    healthy = assess_all(fold_all(ring, CATALOGUE), CATALOGUE, TODAY)
    assert {one["tier"] for one in healthy} == {"none"}


def test_nobody_pays_where_nobody_is_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """No judgement is made for the network, and the ledgers are not even copied."""
    monkeypatch.setattr(batch, "judge", None)
    ledgers = fold_all([founded(A, 10e6), enforcement(1, "2026-01-05", 6e5, entity=A)], CATALOGUE)
    assert with_impulses(ledgers, TODAY, CATALOGUE) is ledgers


def test_a_ledger_that_was_told_keeps_what_it_was_told() -> None:
    ledgers = fold_all([*guarantee(1, A, B, 1e6), insolvency(B, "2026-01-10"), told(RED_IMPULSE)], CATALOGUE)
    kept = with_impulses(ledgers, TODAY, CATALOGUE)[A].of(IMPULSE)
    assert [fact.data["network"] for fact in kept.values()] == [RED_IMPULSE]


def test_an_impulse_that_is_over_is_kept_for_four_hundred_days() -> None:
    profile = CATALOGUE.profile("CN")
    over = record_of(A, Told(1, 2, epoch(at("2026-01-10")), RED_IMPULSE), "close", epoch(at("2026-02-01")))
    fact = stated(over, profile).fact
    days = [day_number(at(day).date()) for day in ("2026-01-10", "2026-02-01")]
    assert [fact.start, fact.end, fact.until] == [*days, days[1] + 400]
    assert stated(told(RED_IMPULSE), profile).fact.until is None


@pytest.mark.parametrize("field", ["schema", "feed"])
def test_no_connector_can_publish_an_impulse(field: str) -> None:
    """Neither as a record of its own nor as a manual entry."""
    raw = example_record("F32" if field == "feed" else "F04")
    if field == "feed":
        raw["payload"]["feed"] = IMPULSE
    else:
        raw["schema"] = f"{IMPULSE}/1.0"
    outcome = validate(raw, now=at("2026-06-01"))
    assert (outcome.kind, outcome.wire) == ("quarantined", None)


def test_history_heeds_what_was_known_of_the_others() -> None:
    """The listing of the debtor was captured on 10 January: nobody could know before."""
    records = [
        founded(A, 10e6),
        *guarantee(1, A, B, 10e6),
        dishonest(1, "2026-01-05", entity=B, observed="2026-01-10"),
    ]
    tiers = []
    for knowledge in ("2026-01-09", "2026-01-11"):
        found = state(records, A, at("2026-01-12"), at(knowledge), CATALOGUE)
        assert found is not None
        tiers.append(found["tier"])
    assert tiers == ["none", "red"]
