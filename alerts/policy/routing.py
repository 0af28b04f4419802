"""Who is told: the decision, with its reason, for one alert at one moment. Pure.

Rules, in the order in which they are asked:

1. *Scope*: nobody receives an alert about an entity outside its list or regions. Warnings of the macro risk index go
   to those who ask for their area or a wider one, and of groups too small for others to regulators alone.
2. *Validity*: nothing before ``valid_from`` or from ``valid_to`` on; entitlement is judged at emission and
   again when a stored notification is sent.
3. *Level*: the alert must reach ``min_level``. News that lowers (downgraded, cleared, retracted) reaches as
   far as the level it takes back, so whoever was told red is told that it is red no longer.
4. *Wishes*: feed and point filters, which do not concern areas. Lowering news about the tier of an entity passes
   them, because the points that raised it may be gone from the alert: better told twice than left with a withdrawn
   alarm.

Finding candidates is dictionary look-ups (entity, every prefix of the jurisdiction, subscribers to all); the
rules above then run only on those.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from alerts.policy.alert import LOWERING, OPERATIONAL
from alerts.policy.areas import PREFIX
from alerts.policy.silence import Shelf, hides
from alerts.policy.subscriptions import Role, Subscription, Subscriptions
from detectors.macro.group import parent_of

Alert = Mapping[str, Any]
"""An alert as JSON object."""


class Reason(StrEnum):
    """Why a subscriber is told, or is not: a closed set, fit for a metric label."""

    LISTED = "entity_listed"
    REGION = "entity_in_region"
    EVERYTHING = "all_entities"
    AREA = "area_subscribed"
    TOLD_BEFORE = "told_the_higher_level_before"
    OUT_OF_SCOPE = "entity_not_subscribed"
    TOO_SMALL = "group_too_small_for_the_role"
    NOT_YET_VALID = "subscription_not_yet_valid"
    NO_LONGER_VALID = "subscription_ended"
    BELOW_LEVEL = "below_min_level"
    OTHER_FEED = "feed_not_wanted"
    OTHER_POINT = "point_not_wanted"
    SUPPRESSED = "another_alert_says_it"
    OPERATIONAL = "not_a_data_steward"

    @property
    def tells(self) -> bool:
        """Whether the alert is sent."""
        return self in _TELLING


_TELLING = frozenset({Reason.LISTED, Reason.REGION, Reason.EVERYTHING, Reason.AREA, Reason.TOLD_BEFORE})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert to one subscriber. Exactly one of ``topic`` and ``url`` is set, as ``channel`` says.

    ``lenders`` are those whose loans the subscriber sees, None if all. ``silenced`` is the reason of a silence of the
    subscriber that covers it, empty if none does. A webhook's silences are kept where it is sent.
    """

    subscriber_id: str
    channel: Literal["kafka", "webhook"]
    topic: str | None
    url: str | None
    reason: Reason
    lenders: frozenset[str] | None = None
    silenced: str = ""


@dataclass(frozen=True, slots=True)
class _Alert:
    """What routing looks at, taken out of the alert once and not once per subscriber."""

    entity: str
    regions: tuple[str, ...]
    level: int
    reach: int
    lowers_tier: bool
    feeds: frozenset[str]
    points: frozenset[str]
    operational: bool
    areas: tuple[str, ...] = ()
    regulators_only: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """One subscription with the deliveries it can lead to, made once."""

    subscription: Subscription
    deliveries: Mapping[Reason, Delivery]
    shelves: tuple[tuple[Shelf, str], ...] = ()

    @classmethod
    def of(cls, subscription: Subscription, prefix: str) -> "_Row":
        who, channel = subscription.subscriber_id, subscription.channel
        topic = bank_topic(prefix, who) if channel == "kafka" else None
        url, lenders = subscription.url, subscription.sees_loans_of
        made = {reason: Delivery(who, channel, topic, url, reason, lenders) for reason in _TELLING}
        silences = subscription.silences if channel == "kafka" else ()
        return cls(subscription, made, tuple((one.shelf, one.reason) for one in silences))

    def marked(self, delivery: Delivery, alert: Alert, now: datetime) -> Delivery:
        """The delivery with the mark of a silence that covers the alert, if one does."""
        at, point = int(now.timestamp()), str(alert["point"])
        for shelf, reason in self.shelves if hides(alert) else ():
            if shelf.covers(alert["entity"], point, at):
                return replace(delivery, silenced=reason)
        return delivery

    @property
    def listed(self) -> frozenset[str]:
        entities = self.subscription.entities
        return entities if isinstance(entities, frozenset) else frozenset()


class Router:
    """A set of subscriptions compiled for look-up.

    Args:
        subscriptions: who wants what.
        prefix: first part of all topic names.
    """

    def __init__(self, subscriptions: Subscriptions, prefix: str = "fenghuo") -> None:
        self._rows = [_Row.of(subscription, prefix) for subscription in subscriptions.subscriptions]
        self._by_id = {row.subscription.subscriber_id: row for row in self._rows}
        self._everything = [n for n, row in enumerate(self._rows) if row.subscription.entities == "*"]
        self._watching = [n for n, row in enumerate(self._rows) if row.subscription.areas]
        by_entity: dict[str, list[int]] = {}
        by_region: dict[str, list[int]] = {}
        for number, row in enumerate(self._rows):
            for entity in row.listed:
                by_entity.setdefault(entity, []).append(number)
            for region in row.subscription.regions:
                by_region.setdefault(region, []).append(number)
        shared: dict[tuple[int, ...], tuple[int, ...]] = {}  # millions of entities, few distinct groups
        self._by_entity = {e: shared.setdefault(group := tuple(n), group) for e, n in by_entity.items()}
        self._by_region = {region: tuple(numbers) for region, numbers in by_region.items()}

    def route(self, alert: Alert, now: datetime) -> list[Delivery]:
        """Everybody who is told of ``alert`` at ``now`` (aware), in the order of the subscriptions file."""
        if alert.get("suppressed_by"):
            return []
        seen = _read(alert)
        rows = [self._rows[number] for number in self._candidates(seen)]
        reasons = [_judge(row.subscription, seen, now) for row in rows]
        told = [
            (row, row.deliveries[reason]) for row, reason in zip(rows, reasons, strict=True) if reason.tells
        ]
        return [row.marked(delivery, alert, now) if row.shelves else delivery for row, delivery in told]

    def judge(self, subscriber_id: str, alert: Alert, now: datetime) -> Reason:
        """Why one subscriber is told or not; an unknown subscriber is out of scope."""
        row = self._by_id.get(subscriber_id)
        if row is None:
            return Reason.OUT_OF_SCOPE
        return (
            Reason.SUPPRESSED if alert.get("suppressed_by") else _judge(row.subscription, _read(alert), now)
        )

    def _candidates(self, alert: _Alert) -> Iterable[int]:
        if alert.areas:  # few ask, and few are told
            return self._watching
        found = self._by_entity.get(alert.entity, ())
        regional = (
            [n for region in alert.regions for n in self._by_region.get(region, ())]
            if self._by_region
            else []
        )
        if not regional and not self._everything:
            return found
        return sorted({*found, *regional, *self._everything})


def region_prefixes(jurisdiction: str) -> tuple[str, ...]:
    """Every region that contains ``jurisdiction``, itself included.

    Chinese division codes nest by pairs of digits (GB/T 2260); elsewhere a subdivision lies in its country.

    >>> region_prefixes("CN-330604")
    ('CN', 'CN-33', 'CN-3306', 'CN-330604')
    >>> region_prefixes("US-CA")
    ('US', 'US-CA')
    """
    country, dash, rest = jurisdiction.partition("-")
    if not dash:
        return (country,)
    if country == "CN" and re.fullmatch(r"\d{6}", rest):
        return (country, *(f"CN-{rest[:length]}" for length in (2, 4, 6)))
    return (country, jurisdiction)


def areas_around(group: str) -> tuple[str, ...]:
    """Every area that contains a group, itself included: what a subscription may name to be warned of it.

    >>> areas_around("region:CN-330600")
    ('region:CN', 'region:CN-33', 'region:CN-3306', 'region:CN-330600')
    >>> areas_around("industry:gbt4754:C17")
    ('industry:gbt4754:C17', 'industry:gbt4754:C')
    """
    kind, _, name = group.partition(":")
    if kind == "region":
        return tuple(f"region:{place}" for place in region_prefixes(name))
    around, wider = [group], parent_of(group)
    while wider is not None:
        around.append(wider)
        wider = parent_of(wider)
    return tuple(around)


def bank_topic(prefix: str, subscriber_id: str) -> str:
    """The topic that only this subscriber may read."""
    return f"{prefix}.alerts.bank.{subscriber_id}"


def _read(alert: Alert) -> _Alert:
    level, kind = int(alert["level"]), alert["type"]
    lowering = kind in LOWERING
    points, is_area = alert.get("points") or (), alert["entity"].startswith(PREFIX)
    return _Alert(
        entity=alert["entity"],
        regions=region_prefixes(alert.get("jurisdiction") or ""),
        level=level,
        reach=max(level, _highest_told(alert)) if lowering else level,
        lowers_tier=lowering and (alert["point"] == "TIER" or kind == "entity.recovered"),
        feeds=frozenset({alert.get("feed_family"), *(p.get("family") for p in points)} - {None}),
        points=frozenset({alert["point"], *(p.get("id") for p in points)} - {None}),
        operational=kind in OPERATIONAL,
        areas=areas_around(alert["entity"].removeprefix(PREFIX)) if is_area else (),
        regulators_only=alert.get("audience") == Role.REGULATOR,
    )


def _highest_told(alert: Alert) -> int:
    """The highest level said before: ``peak`` of the episode if the alert has it, and the level it leaves.

    That is ``previous`` for a point; without it, and for a tier, the entity's former tier.
    """
    tier = (alert.get("tier") or {}).get("from") or 0
    before = tier if alert["point"] == "TIER" else alert.get("previous", tier)
    return max(int(alert.get("peak") or 0), int(before))


def _judge(subscription: Subscription, alert: _Alert, now: datetime) -> Reason:
    scope = _scope(subscription, alert)
    if not scope.tells:
        return scope
    if subscription.valid_from is not None and now < subscription.valid_from:
        return Reason.NOT_YET_VALID
    if subscription.valid_to is not None and now >= subscription.valid_to:
        return Reason.NO_LONGER_VALID
    if alert.operational:
        return scope if "source" in subscription.feeds else Reason.OPERATIONAL
    wanted = subscription.min_level.number
    if alert.reach < wanted:
        return Reason.BELOW_LEVEL
    told = scope if alert.level >= wanted else Reason.TOLD_BEFORE
    return told if alert.lowers_tier or alert.areas else _wish(subscription, alert) or told


def _wish(subscription: Subscription, alert: _Alert) -> Reason | None:
    """The filter that keeps the alert away, if one does."""
    if subscription.feeds and subscription.feeds.isdisjoint(alert.feeds):
        return Reason.OTHER_FEED
    if subscription.points and subscription.points.isdisjoint(alert.points):
        return Reason.OTHER_POINT
    return None


def _scope(subscription: Subscription, alert: _Alert) -> Reason:
    if alert.areas:
        wanted = subscription.areas
        if wanted != "*" and frozenset(wanted).isdisjoint(alert.areas):
            return Reason.OUT_OF_SCOPE
        seen = subscription.role is Role.REGULATOR or not alert.regulators_only
        return Reason.AREA if seen else Reason.TOO_SMALL
    if subscription.entities == "*":
        return Reason.EVERYTHING
    if subscription.entities and alert.entity in subscription.entities:
        return Reason.LISTED
    if subscription.regions and not subscription.regions.isdisjoint(alert.regions):
        return Reason.REGION
    return Reason.OUT_OF_SCOPE
