"""The network: what everybody hears depends on what all last said and on the day, on nothing else."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.contagion.impulse import Told, tell
from detectors.contagion.network import Network, Said
from detectors.contagion.node import Node
from detectors.contagion.parameters import Contagion
from detectors.fact import Fact
from detectors.points.finding import BLUE, YELLOW

LIMIT = Contagion()
FIRMS = [f"ent:CN:{name}" for name in "ABCDE"]
A, B, C, D, E = FIRMS
PERSON = "ent:CN:p"
M = 1_000_000_00


def fact(feed_key: str, start: int = 0, end: int | None = None, weight: float = 1.0, **data: Any) -> Fact:
    """A fact as a node carries it."""
    return Fact(0, 0, b"", 0, 0, start, end, None, 1.0, weight, 3, feed_key, data)


def stands_for(guarantor: str, debtor: str, amount: int = M, number: int = 0, **more: Any) -> Fact:
    """A joint guarantee."""
    contract = f"{number}{guarantor[-1]}{debtor[-1]}"
    said = {"contract_no": contract, "guarantor": guarantor, "debtor": debtor, "way": "joint_guarantee"}
    return fact(contract, principal=amount, **{**said, **more})


def leads(lead: str, firm: str, kind: str = "legal_rep", **more: Any) -> Fact:
    """A relation."""
    days = {name: more.pop(name) for name in ("start", "end", "weight") if name in more}
    named = {"from": lead, "to": firm, "type": kind, "from_kind": "person" if lead == PERSON else "org"}
    return fact(f"{lead}{firm}{kind}", **days, **named, **more)


P_OF = {0: 0.01, 1: 0.03, 2: 0.1, 3: 0.9}


def node(entity: str, level: int = 0, *facts: Fact, since: int = 0, **more: Any) -> Node:
    """A node whose probability goes with its level."""
    given_ = [one for one in facts if "guarantor" in one.data]
    related = [one for one in facts if "from" in one.data]
    return Node(entity, P_OF[level], level, more.pop("base", M), since, more.pop("stuck", False),
                tuple(given_), tuple(related), **more)  # fmt: skip


def network(*nodes: Node, day: int = 100, limit: Contagion = LIMIT) -> Network:
    return Network(limit, {"CNY": 1.0}, nodes, day)


def heard(*nodes: Node, day: int = 100) -> dict[str, Said]:
    """What a fresh network tells everybody to whom anything is told."""
    return {name: said for name, said in network(*nodes, day=day).settle().items() if said}


FEW = [A, B, C, D]
DAYS = st.integers(90, 130)
GUARANTEES = st.builds(
    lambda ends, amount, number, start, end, weight: stands_for(
        ends[0], ends[1], amount, number, start=start, end=end, weight=weight
    ),
    st.permutations(FEW),
    st.sampled_from((M // 10, M // 2, M)),
    st.integers(0, 1),
    st.one_of(st.just(0), DAYS),
    st.one_of(st.none(), DAYS),
    st.sampled_from((1.0, 0.8)),
)
RELATIONS = st.builds(
    lambda lead, firm, kind, ratio, start, end: leads(lead, firm, kind, ratio=ratio, start=start, end=end),
    st.sampled_from((PERSON, E)),
    st.sampled_from(FEW),
    st.sampled_from(("legal_rep", "actual_controller", "shareholder", "same_address")),
    st.sampled_from((0.1, 0.3, 0.8)),
    st.one_of(st.just(0), DAYS),
    st.one_of(st.none(), DAYS),
)
WHO = st.sampled_from([*FEW, E, PERSON])
SAYS = st.tuples(WHO, st.lists(GUARANTEES, max_size=2), st.lists(RELATIONS, max_size=1))
EVENTS = st.one_of(
    SAYS,
    st.tuples(WHO, st.integers(0, 3), st.integers(70, 110)),
    st.tuples(WHO, st.sampled_from((M, 5 * M)), st.booleans()),
    st.integers(1, 12),
)


def changed(before: Node, one: Any, other: Any) -> Node:
    """The node after an event: other facts, another level, or another base."""
    if isinstance(one, list):
        return msgspec.structs.replace(before, guarantees=tuple(one), relations=tuple(other))
    if isinstance(other, bool):
        return msgspec.structs.replace(before, base=one, no_discussion=other)
    return msgspec.structs.replace(before, level=one, p_self=P_OF[one], since=other)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(SAYS, min_size=4, max_size=8),
    st.lists(EVENTS, min_size=1, max_size=8),
    st.randoms(use_true_random=False),
    st.booleans(),
)
def test_what_is_heard_depends_on_the_last_words_and_the_day_alone(
    first: list[Any], events: list[Any], random: Any, literal: bool
) -> None:
    """After any tells, days and settlements, everybody has been told what a fresh network tells: colours, origins,
    persons, affiliates and circles."""
    limit = msgspec.structs.replace(LIMIT, literal_mode=literal)
    last = {name: node(name) for name in [*FEW, E]}
    last[PERSON] = node(PERSON, 0, leads(PERSON, A), leads(PERSON, B))
    for who, *what in first:
        last[who] = changed(last[who], *what)
    grown = network(*last.values(), day=90, limit=limit)
    told = grown.settle()
    for event in events:
        if isinstance(event, int):
            grown.advance(grown.day + event)
        else:
            who, one, other = event
            last[who] = changed(last[who], one, other)
            grown.tell(last[who])
        if random.random() < 0.7:
            told |= grown.settle()
    told |= grown.settle()
    assert not grown.unsettled
    nodes = list(last.values())
    random.shuffle(nodes)
    fresh = Network(limit, {"CNY": 1.0}, nodes, grown.day).settle()
    assert told == fresh


def test_a_red_debtor_reaches_its_guarantor_and_who_stands_for_that() -> None:
    """Loss runs from the debtor to the guarantor, never the other way."""
    said = heard(
        node(A, 0, stands_for(A, B)), node(B, 0, stands_for(B, C)), node(C, 3), node(D, 0, stands_for(C, D))
    )
    assert said[B]["level"] == 3
    assert said[A]["level"] == 3  # 0.58 more
    assert [(one["entity"], one["hop"]) for one in said[A]["origins"]] == [(C, 2)]
    assert D not in {name for name, one in said.items() if one["level"]}


def test_a_debtor_that_recovers_takes_everything_back_in_one_step() -> None:
    """Mutual guarantees feed each other; after the shock the values are those of before to the last bit."""
    grown = network(node(A, 1, stands_for(A, B)), node(B, 0, stands_for(B, A)))
    before = grown.settle()
    grown.tell(node(B, 3, stands_for(B, A)))
    shocked = grown.settle()
    assert (shocked[A]["level"], shocked[A]["delta"] > 0.5) == (3, True)
    grown.tell(node(B, 0, stands_for(B, A)))
    assert grown.settle() == before


def test_a_guarantee_ends_on_its_day_without_a_word() -> None:
    """The day before it still weighs; a day in the past changes nothing."""
    grown = network(node(A, 0, stands_for(A, B, end=120)), node(B, 3))
    assert grown.settle()[A]["level"] == 3
    grown.advance(119)
    assert not grown.unsettled
    grown.advance(120)
    assert grown.unsettled
    assert grown.settle()[A] == {}
    grown.advance(110)
    assert grown.day == 120


def test_a_guarantee_that_begins_later_waits_for_its_day() -> None:
    grown = network(node(A, 0, stands_for(A, B, start=120)), node(B, 3))
    assert grown.settle()[A] == {}
    grown.advance(120)
    assert grown.settle()[A]["level"] == 3


def test_an_edge_counts_once_both_ends_have_spoken() -> None:
    grown = network(node(A, 0, stands_for(A, B)))
    assert grown.unknown(node(A, 0, stands_for(A, B))) == [B]
    assert grown.settle() == {A: {}}
    grown.tell(node(B, 3))
    assert grown.settle()[A]["level"] == 3


def test_the_same_said_again_is_no_news() -> None:
    """Neither is that something was withdrawn, if nothing fell."""
    grown = network(node(A, 0, stands_for(A, B)), node(B))
    grown.settle()
    assert not grown.tell(node(B, withdrawn=True))
    assert not grown.unsettled


def test_a_bankrupt_debtor_loses_a_general_guarantor_its_discussion() -> None:
    """The benefit of discussion is gone: the general guarantee weighs as a joint one."""
    general = stands_for(A, B, way="general_guarantee")
    said = [heard(node(A, 0, general), node(B, 3, stuck=stuck)) for stuck in (False, True)]
    assert [one[A]["origins"][0]["weight"] for one in said] == [0.5, 0.8]


def test_more_own_capital_makes_the_same_guarantee_weigh_less() -> None:
    grown = network(node(A, 0, stands_for(A, B)), node(B, 3))
    assert grown.settle()[A]["level"] == 3
    grown.tell(node(A, 0, stands_for(A, B), base=20 * M))
    assert grown.settle()[A]["level"] == 1


def test_a_red_person_is_told_to_the_firms_he_leads_while_he_leads_them() -> None:
    """Also if only his own record says so."""
    led = leads(PERSON, A, end=120)
    grown = network(node(PERSON, 3, led), node(A))
    assert grown.settle()[A]["persons"] == [{"entity": PERSON, "relation": "legal_rep", "strong": True}]
    grown.advance(120)
    assert grown.settle()[A] == {}


def test_a_person_that_turns_red_later_is_told_too() -> None:
    """Nobody's probability moves by it."""
    grown = network(node(PERSON, 0, leads(PERSON, A)), node(A))
    assert grown.settle() == {A: {}, PERSON: {}}
    grown.tell(node(PERSON, 3, leads(PERSON, A)))
    assert [one["entity"] for one in grown.settle()[A]["persons"]] == [PERSON]


def test_so_is_a_person_under_enforcement_who_is_not_red() -> None:
    led = leads(PERSON, A)
    grown = network(node(PERSON, 2, led), node(A))
    assert grown.settle()[A] == {}
    grown.tell(node(PERSON, 2, led, enforced=True))
    said = {"entity": PERSON, "relation": "legal_rep", "strong": True, "level": 2}
    assert grown.settle()[A]["persons"] == [said]
    grown.tell(node(PERSON, 3, led, enforced=True))
    assert "level" not in grown.settle()[A]["persons"][0]
    grown.tell(node(PERSON, 2, led))
    assert grown.settle()[A] == {}


def test_a_second_origin_is_told_behind_one_that_has_failed_already() -> None:
    """The probability of who stands between cannot rise any more, and still there is news for its guarantor."""
    lost = msgspec.structs.replace(node(B, 3, leads(B, C, "shareholder", ratio=0.3)), p_self=1.0)
    grown = network(node(A, 0, stands_for(A, B)), lost, node(C))
    assert [one["entity"] for one in grown.settle()[A]["origins"]] == [B]
    grown.tell(node(C, 3))
    assert [one["entity"] for one in grown.settle()[A]["origins"]] == [B, C]


def test_a_red_firm_is_told_to_the_others_of_its_controller() -> None:
    """A person is no affiliate, and nobody is his own."""
    grown = network(
        node(PERSON, 3, leads(PERSON, A, "actual_controller")),
        node(A, 3, leads(PERSON, A, "actual_controller")),
        node(B, 0, leads(PERSON, B, "actual_controller"), leads(PERSON, B)),
    )
    said = grown.settle()
    assert said[B]["affiliates"] == [{"entity": A, "relation": "actual_controller", "strong": True}]
    assert "affiliates" not in said[A]
    grown.tell(node(A, 0, leads(PERSON, A, "actual_controller")))
    assert "affiliates" not in grown.settle()[B]


def test_members_of_a_circle_hear_how_many_of_it_sank_within_a_month() -> None:
    """A hub is who stands for three of them; after thirty days it is over."""
    ring = [stands_for(A, one) for one in (B, C, D)]
    grown = network(
        node(A, 0, *ring), *(node(one, 2, since=100) for one in (B, C, D)), node(E, 0, stands_for(D, E))
    )
    said = grown.settle()
    assert {name: said[name]["circle"]["newly_yellow"] for name in (A, B, E)} == {A: 3, B: 3, E: 3}
    assert [said[name]["circle"]["affected_guarantees"] for name in (A, E)] == [3, 0]
    grown.advance(129)
    assert not grown.unsettled
    grown.advance(130)
    assert grown.settle()[E] == {}


def test_a_cycle_is_told_with_all_it_carries() -> None:
    """The sum over its guarantees, in the currency of who hears it."""
    said = heard(
        node(A, 0, stands_for(A, B, 2 * M)),
        node(B, 0, stands_for(B, C, 3 * M)),
        node(C, 0, stands_for(C, A, M), rate=2.0),
    )
    assert [(said[one]["circle"]["cycle"], said[one]["circle"]["cycle_amount"]) for one in (A, C)] == [
        (3, 6 * M),
        (3, 3 * M),
    ]


def test_a_light_cycle_does_not_hide_a_heavy_one() -> None:
    """The shortest is told, and the heaviest beside it."""
    both = heard(
        node(A, 0, stands_for(A, B, 1), stands_for(A, C, 9 * M)),
        node(B, 0, stands_for(B, A, 9 * M)),
        node(C, 0, stands_for(C, B, 9 * M)),
    )
    told = both[A]["circle"]
    assert [told[name] for name in ("cycle", "cycle_amount", "heavy_cycle", "heavy_amount")] == [
        2,
        9 * M + 1,
        3,
        27 * M,
    ]
    assert "heavy_cycle" not in both[C]["circle"]


def test_a_colour_is_left_clearly_below_its_trigger() -> None:
    """A fifth of M guaranteed for a red debtor is yellow, and stays so down to 15 % (of a larger M)."""
    told, levels = Told(), []
    grown = network(node(A, 0, stands_for(A, B, M // 5)), node(B, 3))
    for share in (0.20, 0.18, 0.1501, 0.149, 0.18, 0.20):
        grown.tell(node(A, 0, stands_for(A, B, M // 5), base=round(M / 5 / share)))
        said = grown.settle().get(A)
        if said is not None:
            told, _ = tell(A, told, said, 0, withdrawn=False)
        levels.append(told.network["level"])
    assert levels == [YELLOW, YELLOW, YELLOW, BLUE, BLUE, YELLOW]


def test_a_split_circle_is_two_circles() -> None:
    grown = network(
        node(A, 0, stands_for(A, B), stands_for(B, A)),
        node(C, 0, stands_for(C, D), stands_for(D, C), stands_for(B, C, end=120)),
        node(B),
        node(D),
    )
    assert {one["circle"]["id"] for one in grown.settle().values()} == {A}
    grown.advance(120)
    said = grown.settle()
    assert {name: said[name]["circle"]["id"] for name in (A, B, C, D)} == {A: A, B: A, C: C, D: C}
