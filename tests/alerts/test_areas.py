"""Warnings of the macro risk index: what is told of an area when its level changes, and to how many."""

import pytest

from alerts.delivery.plain_words import render
from alerts.policy.areas import AreaNews, Warned, advance
from detectors.macro.index import Component, Reading
from detectors.macro.rules import DEFAULT
from streams.engine.areas import alert_of

PARTS = (
    Component("prevalence", 0.5, "own", 0.1, 0.1, 3.0, 0.99, 0.3),
    Component("flow", 0.2, "parent", 0.0, 0.1, 2.0, 0.97, 0.2),
    Component("arrears", 0.0, "own", 0.1, 0.1, -1.0, 0.15, 0.2),
)


def reading(
    level: int, day: int, n: int = 25, index: float | None = 75.0, since: int | None = None
) -> Reading:
    """What the index of a county says on a day on which it changed its level."""
    since = day if since is None else since
    return Reading("region:CN-330604", day, n, index, 40.0, level, "", since, 1.0, PARTS)


def told(*readings: Reading) -> list[AreaNews]:
    """Everything told of these readings in a row."""
    warned, found = Warned(), []
    for one in readings:
        warned, news = advance(warned, one, DEFAULT)
        found += [] if news is None else [news]
    return found


def test_an_episode_is_opened_raised_lowered_and_cleared_under_one_name() -> None:
    """Readings in between that change nothing tell nothing; revisions go on over episodes."""
    days = (0, 2, 2, 3, 3, 1, 0, 0, 1)
    news = told(*(reading(level, 20_500 + n) for n, level in enumerate(days)))
    assert [(one.kind, one.previous, one.level, one.peak, one.revision) for one in news] == [
        ("alert.opened", 0, 2, 2, 1),
        ("alert.upgraded", 2, 3, 3, 2),
        ("alert.downgraded", 3, 1, 3, 3),
        ("alert.cleared", 1, 0, 3, 4),
        ("alert.opened", 0, 1, 1, 5),
    ]
    assert [one.episode for one in news] == ["2026-02-17"] * 4 + ["2026-02-24"]


def test_the_reason_is_one_plain_sentence_with_the_limit_and_what_carries_it() -> None:
    up, down = told(reading(2, 1), reading(0, 9, index=50.0))
    assert up.why == (
        "the macro risk index of region CN-330604 is 75.0 (50 is its own normal) and was at 70 or above for 3 days in "
        "a row, carried by prevalence 0.5 against 0.1 in its past year and flow 0.2 against 0 in the wider group's "
        "past year"
    )
    assert down.why == (
        "the macro risk index of region CN-330604 is 50.0 (50 is its own normal) and was below 57 for 3 days in a row"
    )


@pytest.mark.parametrize(
    ("sizes", "wide", "shown"),
    [
        ((25, 25), (True, True), (True, True)),
        # few: regulators alone, both times
        ((9, 5), (False, False), (True, True)),
        # whoever heard of it hears that it is over, but no number of a group that has become too small
        ((25, 9), (True, True), (True, False)),
        # told to be over to those who heard of it, when it is told to nobody any more
        ((9, 2), (False, False), (True, False)),
        # others than regulators never heard of it
        ((9, 25), (False, False), (True, True)),
    ],
)
def test_who_hears_depends_on_how_many_firms_there_are(
    sizes: tuple[int, int], wide: tuple[bool, bool], shown: tuple[bool, bool]
) -> None:
    news = told(reading(3, 1, sizes[0]), reading(0, 9, sizes[1]))
    assert tuple(one.wide for one in news) == wide
    assert tuple(one.shown for one in news) == shown
    numbers = [{"index", "entities", "components"} <= alert_of(reading(3, 1), one).keys() for one in news]
    assert tuple(numbers) == shown


def test_of_a_group_too_small_for_anybody_nothing_is_told() -> None:
    assert told(reading(3, 1, n=2)) == []
    over, again = told(reading(3, 1), reading(3, 2, n=2, since=1), reading(3, 3, since=1))[1:]
    assert (over.kind, over.wide, over.shown) == ("alert.cleared", True, False)
    assert "too few firms" in over.why
    assert again.why.endswith("and stays red")


def test_the_alert_says_whose_colours_these_are_and_its_id_depends_on_nothing_else() -> None:
    one, again = (alert_of(reading(2, 20_500), told(reading(2, 20_500))[0]) for _ in range(2))
    assert one == again
    assert (one["entity"], one["scale_id"], one["level_name"]) == (
        "area:region:CN-330604",
        "fenghuo-macro-risk",
        "yellow",
    )
    assert "business-climate" in one["scale_words"]
    assert one["at"] == "2026-02-17T00:00:00+08:00"


@pytest.mark.parametrize(("lang", "words"), [("en", "not a firm's"), ("zh", "并非企业级别")])
def test_in_words_nobody_takes_it_for_a_firm(lang: str, words: str) -> None:
    text = render(alert_of(reading(2, 20_500), told(reading(2, 20_500))[0]), lang)  # type: ignore[arg-type]  # of the parameters
    assert words in text
    assert "firm's tier" not in text
    assert "企业等级" not in text
    assert "working days" not in text
