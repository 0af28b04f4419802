"""Who wants which alerts (信息订阅): frozen, validated values.

A subscription names what a subscriber *may* see (entities or regions, validity) and what it *wants* to see
(level, feeds, points); :mod:`alerts.policy.routing` enforces both, :mod:`alerts.policy.subscription_file`
reads the text. Secrets are named here, never held.
"""

import difflib
import re
from enum import StrEnum
from typing import Literal, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from alerts.policy.moment import Moment
from alerts.policy.reach import Contact, Manner, check_secrets, checked_url
from alerts.policy.silence import Silence
from detectors.catalogue.entry import Family
from detectors.points.finding import LEVEL_NAMES


class Role(StrEnum):
    """What the subscriber is in law; it bounds what may be sent to it."""

    BANK = "bank"
    GUARANTOR = "guarantor"
    REGULATOR = "regulator"
    PARK = "park"
    SELF = "self"


class Level(StrEnum):
    """The levels one can subscribe to: of firms on ``fenghuo-3``, of areas on the scale of their index."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"

    @property
    def number(self) -> int:
        """Ordinal on the scale: blue 1, yellow 2, red 3."""
        return LEVEL_NAMES.index(self)


FEED_FAMILIES: tuple[str, ...] = get_args(Family)
"""Values of ``feed_family`` on an alert."""

SUBSCRIBER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
"""A Kafka topic suffix. No dot: Kafka refuses two topics that differ only in ``.`` and ``_``."""

_ENTITY = re.compile(r"(ent|src):\S+")
_REGION = re.compile(r"CN(-\d{2}(\d{2}(\d{2})?)?)?|[A-Z]{2}(-[A-Z0-9]{1,3})?")
_AREA = re.compile(r"(region|industry|cluster|size):\S+")
_POINT = re.compile(r"(WP|WX|CP)-\d{2}|TIER")


class Subscription(BaseModel):
    """What one subscriber may and wants to see, and how it is reached."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subscriber_id: str
    role: Role
    entities: frozenset[str] | Literal["*"] | None = Field(default=None, repr=False)
    regions: frozenset[str] = frozenset()
    """Jurisdictions with everything below them: ``CN-33`` covers ``CN-330604``, ``US`` covers ``US-CA``."""
    areas: frozenset[str] | Literal["*"] = frozenset()
    """Of whose macro risk index to warn (``region:CN-3306``, ``industry:gbt4754:C17``), with everything below."""
    min_level: Level = Level.BLUE
    feeds: frozenset[str] = frozenset()
    """Feed families wanted; empty means all."""
    points: frozenset[str] = frozenset()
    """Warning points wanted; empty means all."""
    lender_ids: frozenset[str] = frozenset()
    """Under which it reports loans (F21), and so whose loans it sees; empty means its own id."""
    channel: Literal["kafka", "webhook"] = "kafka"
    url: str | None = None
    secret_env: str | None = None
    secret_file: str | None = None
    escalate_to: Contact | None = None
    """Told when a red alert stays unacknowledged for two days."""
    delivery: Manner = Manner()
    silences: tuple[Silence, ...] = ()
    """What not to be told for a while, and why."""
    valid_from: Moment | None = None
    valid_to: Moment | None = None
    """First moment at which nothing is sent any more."""
    purpose: str = ""
    legal_basis: str = ""
    authorisation_refs: tuple[str, ...] = ()
    locale: Literal["en", "zh"] = "zh"

    @field_validator("subscriber_id")
    @classmethod
    def _topic_suffix(cls, value: str) -> str:
        if not SUBSCRIBER_ID.fullmatch(value):
            raise ValueError(
                f"{value!r} cannot end a topic name; use letters, digits, '-' and '_' (at most 63)"
            )
        return value

    @field_validator("entities", mode="before")
    @classmethod
    def _entity_list(cls, value: object) -> object:
        if value == "*" or value is None:
            return value
        if not isinstance(value, list | tuple | set | frozenset):
            raise ValueError(f"{value!r} is neither a list of entity ids nor '*'")
        for item in value:
            if not isinstance(item, str) or not _ENTITY.fullmatch(item):
                raise ValueError(
                    f"{item!r} is not an entity id; write it like ent:CN-330604:91330604MA2ABCDE1X"
                )
        return frozenset(value)

    @field_validator("areas", mode="before")
    @classmethod
    def _area_list(cls, value: object) -> object:
        if value == "*":
            return value
        if not isinstance(value, list | tuple | set | frozenset):
            raise ValueError(f"{value!r} is neither a list of areas nor '*'")
        for item in value:
            place = item.removeprefix("region:") if isinstance(item, str) else ""
            if not isinstance(item, str) or not _AREA.fullmatch(item):
                raise ValueError(
                    f"{item!r} is not an area; write it like region:CN-3306, industry:gbt4754:C17 or cluster:NAME"
                )
            if place != item and not _REGION.fullmatch(place):
                raise ValueError(f"{place!r} is not a region; write it like region:CN-3306, region:GB")
        return frozenset(value)

    @field_validator("regions", "feeds", "points")
    @classmethod
    def _known_words(cls, value: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        for item in sorted(value):
            if info.field_name == "regions" and not _REGION.fullmatch(item):
                raise ValueError(f"{item!r} is not a region; write it like CN-3306, GB or US-CA")
            if info.field_name == "feeds" and item not in FEED_FAMILIES:
                raise ValueError(f"{item!r} is not a feed family{near(item, FEED_FAMILIES)}")
            if info.field_name == "points" and not _POINT.fullmatch(item):
                raise ValueError(f"{item!r} is not a warning point; write it like WP-09, or TIER")
        return value

    @field_validator("url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        return None if value is None else checked_url(value)

    @property
    def sees_loans_of(self) -> frozenset[str] | None:
        """Lender ids whose loans it sees (:mod:`alerts.policy.need_to_know`); None: everybody's."""
        if self.role in (Role.REGULATOR, Role.SELF):
            return None
        return self.lender_ids or frozenset({self.subscriber_id})

    @model_validator(mode="after")
    def _whole(self) -> Self:
        self._check_targets()
        self._check_channel()
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValueError(f"valid_to {self.valid_to.isoformat()} is not after valid_from")
        return self

    def _check_targets(self) -> None:
        if self.entities is None and not self.regions and not self.areas:
            raise ValueError("no targets; give 'entities' (a list, or '*'), 'regions' or 'areas'")
        if self.entities == "*" and self.regions:
            raise ValueError("'*' already covers every region; give one of 'entities: \"*\"' and 'regions'")
        if self.role is Role.SELF and (self.entities == "*" or self.regions or self.areas):
            raise ValueError("role self sees its own alerts only; list its entity ids under 'entities'")

    def _check_channel(self) -> None:
        if self.channel == "kafka":
            if self.url or self.secret_env or self.secret_file:
                raise ValueError("'url' and secrets belong to channel webhook, and the channel is kafka")
            if self.escalate_to is not None or self.delivery != Manner():
                raise ValueError(
                    "'escalate_to' and 'delivery' belong to channel webhook, and the channel is kafka"
                )
            return
        if not self.url:
            raise ValueError("channel webhook needs a 'url'")
        check_secrets((self.secret_env, self.secret_file), "channel webhook")


class Subscriptions(BaseModel):
    """The whole file, in its own order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subscriptions: tuple[Subscription, ...]

    @model_validator(mode="after")
    def _no_twins(self) -> Self:
        seen: set[str] = set()
        for subscription in self.subscriptions:
            if subscription.subscriber_id in seen:
                raise ValueError(f"subscriber {subscription.subscriber_id!r} is given twice; keep one")
            seen.add(subscription.subscriber_id)
        return self

    def get(self, subscriber_id: str) -> Subscription | None:
        """The subscription of that id, if there is one."""
        return next((s for s in self.subscriptions if s.subscriber_id == subscriber_id), None)


def near(word: object, known: tuple[str, ...]) -> str:
    """`` (did you mean "x"?)`` when one of ``known`` is close, else the list of them."""
    close = difflib.get_close_matches(str(word), known, n=1)
    return f' (did you mean "{close[0]}"?)' if close else f" (known: {', '.join(known)})"
