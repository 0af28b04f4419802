"""Who is told, and why; nobody gets what they may not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.policy.routing import Reason, Router, region_prefixes
from alerts.policy.subscriptions import Subscription, Subscriptions
from tests.alerts.samples import ENTITY, alert, subscription

NOW = datetime(2026, 1, 6, tzinfo=UTC)


def router(*subscriptions: Subscription) -> Router:
    return Router(Subscriptions(subscriptions=subscriptions))


OTHER = "ent:CN-330604:OTHER"
LOWERED = {"type": "alert.downgraded", "level": 1, "point": "TIER", "tier": {"from": 3, "to": 1}}
AREA = {
    "entity": "area:region:CN-330604",
    "point": "MRI",
    "level": 2,
    "tier": {"from": 0, "to": 2},
    "points": [],
    "feed_family": "macro",
    "audience": "all",
}
ROWS: list[tuple[dict[str, Any], dict[str, Any], Reason]] = [
    # the entity is on the bank's list
    ({"entities": [ENTITY]}, {}, Reason.LISTED),
    # it is not: a bank never hears of a firm it has nothing to do with
    ({"entities": [OTHER]}, {}, Reason.OUT_OF_SCOPE),
    ({"entities": []}, {}, Reason.OUT_OF_SCOPE),
    # everything
    ({}, {}, Reason.EVERYTHING),
    # the region, at every depth, and the one beside it
    ({"entities": None, "regions": ["CN-330604"]}, {}, Reason.REGION),
    ({"entities": None, "regions": ["CN-33"]}, {}, Reason.REGION),
    ({"entities": None, "regions": ["CN"]}, {}, Reason.REGION),
    ({"entities": None, "regions": ["CN-3301"]}, {}, Reason.OUT_OF_SCOPE),
    # a list and a region add up
    ({"entities": [OTHER], "regions": ["CN-33"]}, {}, Reason.REGION),
    # the level is reached, or not
    ({"min_level": "red"}, {"level": 3}, Reason.EVERYTHING),
    ({"min_level": "red"}, {"level": 2, "tier": {"from": 0, "to": 3}}, Reason.BELOW_LEVEL),
    # going down: whoever was told red hears that it is red no longer, and only they
    ({"min_level": "red"}, LOWERED, Reason.TOLD_BEFORE),
    ({"min_level": "red"}, {**LOWERED, "tier": {"from": 2, "to": 1}}, Reason.BELOW_LEVEL),
    ({"min_level": "blue"}, LOWERED, Reason.EVERYTHING),
    ({"min_level": "yellow"}, {"type": "alert.retracted", "level": 0, "previous": 2}, Reason.TOLD_BEFORE),
    # a point falls by its own former level, not by the firm's tier
    (
        {"min_level": "red"},
        {"type": "alert.cleared", "level": 0, "previous": 1, "tier": {"from": 3, "to": 3}},
        Reason.BELOW_LEVEL,
    ),
    # it was red earlier in the episode, then yellow, and now it never was true
    (
        {"min_level": "red"},
        {"type": "alert.retracted", "level": 0, "previous": 2, "peak": 3},
        Reason.TOLD_BEFORE,
    ),
    # a rise is judged by where it arrives
    (
        {"min_level": "red"},
        {"type": "alert.upgraded", "level": 2, "tier": {"from": 3, "to": 3}},
        Reason.BELOW_LEVEL,
    ),
    # validity: the first moment counts, the last does not
    ({"valid_from": NOW}, {}, Reason.EVERYTHING),
    ({"valid_from": NOW + timedelta(seconds=1)}, {}, Reason.NOT_YET_VALID),
    ({"valid_to": NOW + timedelta(seconds=1)}, {}, Reason.EVERYTHING),
    ({"valid_to": NOW}, {}, Reason.NO_LONGER_VALID),
    # an ended subscription does not even hear that the alarm is over
    ({"valid_to": NOW}, LOWERED, Reason.NO_LONGER_VALID),
    # filters, by the alert's own feed and point or by one that contributes
    ({"feeds": ["court"]}, {}, Reason.EVERYTHING),
    ({"feeds": ["tax"]}, {}, Reason.OTHER_FEED),
    ({"points": ["WP-09"]}, {}, Reason.EVERYTHING),
    ({"points": ["WP-31"]}, {}, Reason.OTHER_POINT),
    ({"points": ["WP-09"]}, {"point": "TIER"}, Reason.EVERYTHING),
    ({"points": ["WP-09"], "feeds": ["tax"]}, {}, Reason.OTHER_FEED),
    # the tier falls and the point that raised it is gone from the alert: told all the same
    ({"points": ["WP-09"]}, {**LOWERED, "points": []}, Reason.EVERYTHING),
    # what another alert says already, nobody is sent
    ({}, {"suppressed_by": "CP-04"}, Reason.SUPPRESSED),
    # recovery reaches whoever was told, whatever points they wanted
    (
        {"points": ["WP-31"], "min_level": "red"},
        {"type": "entity.recovered", "point": "CP-07", "level": 0, "peak": 3, "points": []},
        Reason.TOLD_BEFORE,
    ),
    (
        {"min_level": "red"},
        {"type": "entity.recovered", "level": 0, "previous": 0, "peak": 2},
        Reason.BELOW_LEVEL,
    ),
    # that a point flaps is for data stewards only, who have the right to the firm
    ({}, {"type": "alert.flapping", "feed_family": "source", "level": 0}, Reason.OPERATIONAL),
    ({"feeds": ["source"]}, {"type": "alert.flapping", "level": 0}, Reason.EVERYTHING),
    ({"feeds": ["source"], "entities": [OTHER]}, {"type": "alert.flapping", "level": 0}, Reason.OUT_OF_SCOPE),
    # warnings of areas: asked for by name, by a wider one, or all; asking for all firms asks for none of them
    ({"areas": ["region:CN-330604"]}, {**AREA}, Reason.AREA),
    ({"areas": ["region:CN-33"], "entities": None}, {**AREA}, Reason.AREA),
    ({"areas": "*", "entities": []}, {**AREA}, Reason.AREA),
    ({"areas": ["industry:gbt4754:C"]}, {**AREA, "entity": "area:industry:gbt4754:C17"}, Reason.AREA),
    ({"areas": ["industry:gbt4754:C17"]}, {**AREA, "entity": "area:industry:gbt4754:C"}, Reason.OUT_OF_SCOPE),
    ({"areas": ["cluster:umbrella", "region:CN-3301"]}, {**AREA}, Reason.OUT_OF_SCOPE),
    ({}, {**AREA}, Reason.OUT_OF_SCOPE),
    ({"entities": None, "regions": ["CN-33"]}, {**AREA}, Reason.OUT_OF_SCOPE),
    ({"areas": "*"}, {"jurisdiction": "CN-330604", "entity": OTHER}, Reason.EVERYTHING),
    # filters of points and feeds do not concern them, levels do
    ({"areas": "*", "points": ["WP-09"], "feeds": ["tax"]}, {**AREA}, Reason.AREA),
    ({"areas": "*", "min_level": "red"}, {**AREA}, Reason.BELOW_LEVEL),
    (
        {"areas": "*", "min_level": "yellow"},
        {**AREA, "type": "alert.cleared", "level": 0, "previous": 1, "peak": 2},
        Reason.TOLD_BEFORE,
    ),
    # a group too small is for regulators alone
    ({"areas": "*"}, {**AREA, "audience": "regulator"}, Reason.TOO_SMALL),
    ({"areas": "*", "role": "regulator"}, {**AREA, "audience": "regulator"}, Reason.AREA),
    # but another point falling is not news
    ({"points": ["WP-31"]}, {"type": "alert.cleared", "level": 0, "previous": 3}, Reason.OTHER_POINT),
]


@pytest.mark.parametrize(("wanted", "said", "reason"), ROWS)
def test_every_decision_has_its_reason(wanted: dict[str, Any], said: dict[str, Any], reason: Reason) -> None:
    routes = router(subscription(**wanted))
    assert routes.judge("bank-1", alert(**said), NOW) is reason
    assert [delivery.reason for delivery in routes.route(alert(**said), NOW)] == (
        [reason] if reason.tells else []
    )


def test_every_reason_has_a_row() -> None:
    assert {reason for _, _, reason in ROWS} == set(Reason)


def test_deliveries_name_the_topic_or_the_address_in_file_order() -> None:
    hook = {"channel": "webhook", "url": "https://r.example/h", "secret_env": "X", "role": "regulator"}
    routes = router(
        subscription(subscriber_id="all"),
        subscription(subscriber_id="scjgj", **hook),
        subscription(subscriber_id="listed", entities=[ENTITY]),
    )
    told = routes.route(alert(), NOW)
    assert [(d.subscriber_id, d.channel, d.topic, d.url) for d in told] == [
        ("all", "kafka", "fenghuo.alerts.bank.all", None),
        ("scjgj", "webhook", None, "https://r.example/h"),
        ("listed", "kafka", "fenghuo.alerts.bank.listed", None),
    ]


def test_an_unknown_subscriber_is_told_nothing() -> None:
    assert router().judge("nobody", alert(), NOW) is Reason.OUT_OF_SCOPE
    assert router().route(alert(), NOW) == []


def test_an_alert_without_jurisdiction_reaches_no_region() -> None:
    assert router(subscription(entities=None, regions=["CN"])).route(alert(jurisdiction=None), NOW) == []


def test_region_prefixes_outside_china() -> None:
    assert region_prefixes("GB") == ("GB",)
    assert region_prefixes("US-CA") == ("US", "US-CA")


ENTITIES = [f"ent:{place}:{n}" for place in ("CN-330604", "CN-330106", "US-CA", "GB") for n in range(2)]
REGIONS = ["CN", "CN-33", "CN-3306", "CN-330604", "CN-44", "US", "US-CA", "GB"]
TARGETS = st.one_of(
    st.fixed_dictionaries({"entities": st.lists(st.sampled_from(ENTITIES), max_size=4)}),
    st.fixed_dictionaries({"entities": st.just("*")}),
    st.fixed_dictionaries({"regions": st.lists(st.sampled_from(REGIONS), min_size=1, max_size=3)}),
)
TIMES = st.integers(-3, 3).map(lambda days: NOW + timedelta(days=days))


@st.composite
def subscriptions(draw: st.DrawFn) -> list[Subscription]:
    made = []
    for number in range(draw(st.integers(0, 6))):
        start = draw(st.none() | TIMES)
        fields = {
            **draw(TARGETS),
            "min_level": draw(st.sampled_from(["blue", "yellow", "red"])),
            "feeds": draw(st.lists(st.sampled_from(["court", "tax"]), max_size=1)),
            "valid_from": start,
            "valid_to": draw(st.none() | st.just((start or NOW) + timedelta(days=2))),
        }
        made.append(Subscription.model_validate({"subscriber_id": f"s{number}", "role": "bank", **fields}))
    return made


@st.composite
def alerts(draw: st.DrawFn) -> dict[str, Any]:
    entity = draw(st.sampled_from(ENTITIES))
    return alert(
        entity=entity,
        jurisdiction=entity.split(":")[1],
        type=draw(st.sampled_from(["alert.opened", "alert.upgraded", "alert.downgraded", "alert.retracted"])),
        level=draw(st.integers(0, 3)),
        point=draw(st.sampled_from(["TIER", "WP-09"])),
        tier={"from": draw(st.integers(0, 3)), "to": 0},
    )


@given(subscriptions(), alerts(), TIMES)
def test_nobody_gets_what_they_may_not_and_everybody_what_they_should(
    made: list[Subscription], said: dict[str, Any], now: datetime
) -> None:
    """Against the rules written once more, plainly, without any index."""
    told = {delivery.subscriber_id for delivery in router(*made).route(said, now)}
    for one in made:
        place = said["jurisdiction"]
        inside = (
            one.entities == "*"
            or said["entity"] in (one.entities or ())
            or any(place == r or place.startswith(r if r.startswith("CN-") else r + "-") for r in one.regions)
        )
        valid = (one.valid_from is None or one.valid_from <= now) and (
            one.valid_to is None or now < one.valid_to
        )
        falls = said["type"] in ("alert.downgraded", "alert.retracted")
        level = max(said["level"], said["tier"]["from"]) if falls else said["level"]
        wanted = not one.feeds or "court" in one.feeds or (falls and said["point"] == "TIER")
        should = inside and valid and level >= one.min_level.number and wanted
        assert (one.subscriber_id in told) == should, one
