"""Inhibition: one story is told once, nothing is hidden that matters, and nothing is lost when the inhibitor goes."""

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from alerts.policy.inhibition import CONTAGION, DEFAULTS, OWN, Inhibition, checked, table
from alerts.policy.lifecycle import Correction
from detectors.catalogue import entry as catalogue_rules
from detectors.points.finding import RED
from tests.alerts.steps import (
    CATALOGUE,
    POINTS,
    Firm,
    Subscriber,
    at_level,
    histories,
    lit,
    short,
)
from tests.detectors.verdicts import silent

COVERS = (Inhibition("WP-09", ("WP-08", "WP-22")),)
CHAIN = (Inhibition("WP-09", ("WP-08",), within="chain"),)
ACCOUNT = (Inhibition("WP-30", ("WP-22",), within="account"),)
CASE, OTHER = {"case_no": "(2026)浙0604执1号"}, {"case_no": "(2026)浙0604执2号"}
METER = {"utility": "electricity", "provider_id": "grid", "account_no": "1"}


def test_a_covered_alert_is_on_record_but_sent_to_nobody() -> None:
    """Both in one step or the member later: the incident is told, the member is marked."""
    firm = Firm(COVERS)
    assert short(firm.on(0, lit("WP-08", 2), lit("WP-09", 3))) == [
        ("opened", "WP-08", 2, "WP-09"),
        ("opened", "WP-09", 3, ""),
    ]
    assert short(firm.on(1, lit("WP-08", 3), lit("WP-09", 3))) == [("upgraded", "WP-08", 3, "WP-09")]
    assert firm.standing.points["WP-08"].peak == 0


def test_what_was_kept_back_is_told_when_the_inhibitor_goes() -> None:
    """Opened for those who never heard of it, once, with a revision of its own."""
    firm = Firm(COVERS)
    first = firm.on(0, lit("WP-08", 2), lit("WP-09", 3))
    (_, told) = firm.on(2, lit("WP-08", 2), silent("WP-09"))
    assert (told.kind, told.point, told.level, told.previous, told.suppressed_by) == (
        "alert.opened", "WP-08", 2, 0, "",
    )  # fmt: skip
    assert told.revision > first[0].revision
    assert told.episode == first[0].episode
    assert firm.on(3, lit("WP-08", 2), silent("WP-09")) == []
    assert firm.standing.points["WP-08"].hidden is None


def test_what_is_over_before_the_inhibitor_goes_is_never_told() -> None:
    """Neither its end nor, later, its beginning."""
    firm = Firm(COVERS)
    firm.on(0, lit("WP-08", 2), lit("WP-09", 3))
    firm.on(50, silent("WP-08"), lit("WP-09", 3))
    assert short(firm.on(60, silent("WP-08"), lit("WP-09", 3))) == [("cleared", "WP-08", 0, "WP-09")]
    assert short(firm.on(61, silent("WP-08"), silent("WP-09"))) == [("cleared", "WP-09", 0, "")]


def test_what_only_waits_out_its_delays_is_not_told_when_the_inhibitor_goes() -> None:
    """Its condition is over. If it comes back, it is told."""
    firm = Firm(COVERS)
    firm.on(0, lit("WP-08", 2), lit("WP-09", 3))
    firm.on(1, silent("WP-08"), lit("WP-09", 3))
    assert short(firm.on(2, silent("WP-08"), silent("WP-09"))) == [("cleared", "WP-09", 0, "")]
    assert short(firm.on(3, lit("WP-08", 2), silent("WP-09"))) == [("opened", "WP-08", 2, "")]


def test_a_pattern_covers_the_cases_it_names_and_no_others() -> None:
    """Its evidence is all that its members rest on."""
    collapse = lit("WP-09", 3, CASE, OTHER)
    named = replace(collapse, finding=replace(collapse.finding, details={"cases": [CASE["case_no"]]}))
    assert short(Firm(CHAIN).on(0, lit("WP-08", 2, CASE), named))[0][3] == "WP-09"
    assert short(Firm(CHAIN).on(0, lit("WP-08", 2, CASE, OTHER), named))[0][3] == ""


def test_the_end_of_what_was_told_is_told_although_inhibited() -> None:
    """Yellow was told; red was kept back; the end goes to those who heard yellow."""
    firm = Firm(COVERS)
    firm.on(0, lit("WP-08", 2), silent("WP-09"))
    assert short(firm.on(1, lit("WP-08", 3), lit("WP-09", 3)))[0] == ("upgraded", "WP-08", 3, "WP-09")
    fix = Correction(retraction=True, unfounded=frozenset({"WP-08"}), lowered=True)
    (gone,) = firm.on(2, silent("WP-08"), lit("WP-09", 3), correction=fix)
    assert (gone.kind, gone.previous, gone.peak, gone.suppressed_by) == ("alert.retracted", 2, 2, "")


def test_an_upgrade_kept_back_is_told_as_an_upgrade() -> None:
    """From the level that subscribers know."""
    firm = Firm(COVERS)
    firm.on(0, lit("WP-08", 2), silent("WP-09"))
    firm.on(1, lit("WP-08", 3), lit("WP-09", 3))
    told = firm.on(2, lit("WP-08", 3), silent("WP-09"))
    assert [(one.kind, one.previous, one.peak) for one in told if one.point == "WP-08"] == [
        ("alert.upgraded", 2, 3)
    ]


def test_red_under_a_yellow_inhibitor_is_told() -> None:
    """A rise of the tier is never hidden."""
    firm = Firm((Inhibition("WP-08", ("WP-30",)),))
    firm.on(0, lit("WP-08", 2), silent("WP-30"))
    (told,) = firm.on(1, lit("WP-08", 2), lit("WP-30", 3))
    assert (told.kind, told.level, told.tier_from, told.tier_to, told.suppressed_by) == (
        "alert.opened", 3, 2, 3, "",
    )  # fmt: skip


def test_a_rise_of_the_tier_by_score_that_only_a_hidden_alert_explains_is_told_of_the_tier() -> None:
    """Four yellows make 76 points: red, although each of the four is yellow and the last is not sent."""
    firm = Firm((Inhibition("WP-08", ("WP-30",)),))
    yellows = [lit(name, 2) for name in ("WP-08", "WP-22", "WP-23")]
    firm.on(0, *yellows, silent("WP-30"))
    told = firm.on(1, *yellows, lit("WP-30", 2))
    assert [(one.point, one.level, one.suppressed_by) for one in told] == [
        ("WP-30", 2, "WP-08"),
        ("TIER", 3, ""),
    ]


def test_only_the_same_case_chain_is_covered() -> None:
    """By number, or by a link between two; another case beside it is another story."""
    assert short(Firm(CHAIN).on(0, lit("WP-08", 2, CASE), lit("WP-09", 3, CASE)))[0][3] == "WP-09"
    assert short(Firm(CHAIN).on(0, lit("WP-08", 2, OTHER), lit("WP-09", 3, CASE)))[0][3] == ""
    assert short(Firm(CHAIN).on(0, lit("WP-08", 2, CASE, OTHER), lit("WP-09", 3, CASE)))[0][3] == ""
    linked = {"(2026)浙0604执2号": "root", "(2026)浙0604执1号": "root"}
    assert short(Firm(CHAIN, linked).on(0, lit("WP-08", 2, OTHER), lit("WP-09", 3, CASE)))[0][3] == "WP-09"


def test_evidence_of_unknown_case_or_account_is_not_covered() -> None:
    """Not knowing is no reason for silence."""
    assert short(Firm(CHAIN).on(0, lit("WP-08", 2), lit("WP-09", 3)))[0][3] == ""
    assert short(Firm(ACCOUNT).on(0, lit("WP-22", 1, {}), lit("WP-30", 3, {})))[0][3] == ""


def test_another_case_joining_ends_the_cover() -> None:
    """The member is then about more than the incident."""
    firm = Firm(CHAIN)
    firm.on(0, lit("WP-08", 2, CASE), lit("WP-09", 3, CASE))
    assert short(firm.on(1, lit("WP-08", 2, CASE, OTHER), lit("WP-09", 3, CASE))) == [
        ("opened", "WP-08", 2, "")
    ]


def test_only_the_same_account_is_covered() -> None:
    """Utility, provider and account."""
    other = {**METER, "account_no": "2"}
    assert short(Firm(ACCOUNT).on(0, lit("WP-22", 1, METER), lit("WP-30", 3, METER)))[0][3] == "WP-30"
    assert short(Firm(ACCOUNT).on(0, lit("WP-22", 1, other), lit("WP-30", 3, METER)))[0][3] == ""


def test_own_red_covers_contagion_and_other_contagion_does_not() -> None:
    """A firm that is red by its own facts need not be told that its circle is bad."""
    rules = (Inhibition(OWN, ("WP-30",), level=RED, but=("WP-22",)),)
    assert short(Firm(rules).on(0, lit("WP-09", 3), lit("WP-30", 3)))[1] == ("opened", "WP-30", 3, "WP-09")
    assert short(Firm(rules).on(0, lit("WP-08", 2), lit("WP-30", 3)))[1][3] == ""
    assert short(Firm(rules).on(0, lit("WP-22", 3), lit("WP-30", 3)))[1][3] == ""


def test_an_inhibitor_below_its_level_covers_nothing() -> None:
    """A cut-off notice is not a cut."""
    rules = (Inhibition("WP-30", ("WP-22",), level=RED),)
    assert short(Firm(rules).on(0, lit("WP-22", 1), lit("WP-30", 2)))[0][3] == ""


def test_a_correction_of_what_was_never_told_is_not_told() -> None:
    """And one of what was told is."""
    fix = Correction(retraction=False, amended="case-1")
    firm = Firm(COVERS)
    firm.on(0, lit("WP-08", 2), lit("WP-09", 3))
    told = firm.on(1, lit("WP-08", 2), lit("WP-09", 3), correction=fix)
    assert short(told) == [("corrected", "WP-08", 2, "WP-09"), ("corrected", "WP-09", 3, "")]


def test_an_inhibitor_that_could_be_silent_itself_is_refused() -> None:
    """Or a whole story could fall silent."""
    with pytest.raises(ValueError, match="WP-13"):
        checked((*DEFAULTS, Inhibition("CP-05", ("WP-13",))))
    assert checked(DEFAULTS) == DEFAULTS


def test_the_rules_of_the_catalogue_are_used_and_contagion_is_always_covered() -> None:
    """Without any, the defaults; a rule may start at a higher colour."""
    rule = {"by": "WP-25", "points": ("WP-22",), "within": "account", "level": RED}
    given = (catalogue_rules.Inhibition.model_validate(rule),)
    for rules, wanted in (
        (given, (Inhibition("WP-25", ("WP-22",), "account", RED), CONTAGION)),
        ((), DEFAULTS),
    ):
        # a copy shares what has been derived already, but for what is replaced
        assert table(CATALOGUE.model_copy(update={"inhibitions": rules, "memo": {}})) == wanted


RULES = (
    Inhibition("WP-09", ("WP-08", "WP-22"), within="entity"),
    Inhibition(OWN, ("WP-30",), level=RED),
)


@settings(max_examples=150, deadline=None)
@given(histories)
def test_inhibition_changes_messages_only_and_leaves_nobody_behind(
    history: list[tuple[float, dict[str, int]]],
) -> None:
    """Tier and colours are what they would be without. No rise of the tier is hidden. Nobody believes in a colour
    that is over, and whoever is not covered is known in its colour. Twice the same tells nothing the second time.
    """
    with_rules, without, reader, day = Firm(RULES), Firm(), Subscriber(), 0.0
    for pause, wanted in history:
        day += pause
        verdicts = [at_level(name, wanted[name]) for name in POINTS]
        before = with_rules.standing.tier
        step, plain = with_rules.step(day, verdicts), without.step(day, verdicts)
        assert (step.standing.tier, step.due) == (plain.standing.tier, plain.due)
        assert {n: s.level for n, s in step.standing.points.items()} == {
            n: s.level for n, s in plain.standing.points.items()
        }
        reader.hear(step.transitions)
        if step.standing.tier > before:
            assert any(one.level >= step.standing.tier and not one.suppressed_by for one in step.transitions)
        for name, state in step.standing.points.items():
            known = state.level if state.hidden is None else state.hidden.known
            assert reader.points.get(name, 0) == known <= state.level
        assert with_rules.step(day, verdicts).transitions == ()
