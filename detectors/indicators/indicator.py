"""What an indicator is: a row of the registry and the pure function behind it."""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

import msgspec

from detectors.errors import FenghuoError
from detectors.points.view import View

FamilyId = Literal[
    "judicial", "security", "utility", "tax", "labour", "credit", "regulatory", "network", "forces"
]  # fmt: skip
Direction = Literal["higher_is_worse", "higher_is_better", "neutral"]
NullPolicy = Literal["zero", "unknown", "peers", "circle"]
Privacy = Literal["public", "shared", "authorised", "derived"]

NULLS: Mapping[NullPolicy, str] = {
    "zero": "a register without an entry says that there is none: 0",
    "unknown": "unknown until a record tells it",
    "peers": "unknown while no cohort of the firm is large enough",
    "circle": "unknown while the guarantee circle has told nothing of itself",
}
"""What it means that there is no value."""

PRIVACY: Mapping[Privacy, str] = {
    "public": "published by a court or register",
    "shared": "exchanged between departments",
    "authorised": "of lenders; to be seen with the firm's authorisation",
    "derived": "worked out from records of other firms too",
}
"""Who may see it."""

VERSION = "2026.1"
EFFECTIVE_FROM = "2026-01-01"


class Family(msgspec.Struct, frozen=True):
    """A family of indicators: its names and who answers for it."""

    id: FamilyId
    name_en: str
    name_zh: str
    owner: str


FAMILIES: Mapping[FamilyId, Family] = {
    family.id: family
    for family in (
        Family("judicial", "courts", "司法", "court desk"),
        Family("security", "seizure and security", "查封与担保", "security desk"),
        Family("utility", "utilities", "水电气", "utility desk"),
        Family("tax", "tax", "税务", "tax desk"),
        Family("labour", "labour and social insurance", "劳动与社保", "labour desk"),
        Family("credit", "credit", "信贷", "credit desk"),
        Family("regulatory", "registration and penalties", "登记与监管", "registry desk"),
        Family("network", "guarantees and relations", "担保与关联", "network desk"),
        Family("forces", "five forces beside the industry", "五力与行业对比", "scoring desk"),
    )
}
"""The families, in the order of the registry."""


class Indicator(msgspec.Struct, frozen=True):
    """One indicator.

    ``feed`` names the feeds it is read from; ``agg`` how single values become one; ``window`` the time looked at
    (``now``, ``active``, ``365d``, ``12m``; ``d90`` is the change in 90 days); ``filter`` what is counted; ``unit``
    that of the value (amounts: main units of the currency of the jurisdiction). ``behind`` raises
    :class:`~detectors.forces.measure.Unknown` with the reason where the data do not tell.

    Raises:
        FenghuoError: a code that is none of the registry's.
    """

    id: str
    family: FamilyId
    name_zh: str
    name_en: str
    feed: tuple[str, ...]
    measure: str
    agg: str
    window: str
    unit: str
    direction: Direction
    behind: Callable[[View], float]
    filter: str = ""
    null_policy: NullPolicy = "zero"
    privacy_class: Privacy = "public"
    jurisdiction: str = "*"
    version: str = VERSION
    effective_from: str = EFFECTIVE_FROM

    def __post_init__(self) -> None:
        codes = (
            (self.family, FamilyId),
            (self.direction, Direction),
            (self.null_policy, NullPolicy),
            (self.privacy_class, Privacy),
        )
        for said, known in codes:
            if said not in get_args(known):
                raise FenghuoError(f"indicator {self.id}", f"one of {get_args(known)}, got {said!r}")

    @property
    def owner(self) -> str:
        """The desk that answers for it."""
        return FAMILIES[self.family].owner

    def row(self) -> dict[str, str]:
        """The row of the registry."""
        return {
            "id": self.id,
            "family": self.family,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "feed": "+".join(self.feed),
            "measure": self.measure,
            "agg": self.agg,
            "window": self.window,
            "filter": self.filter,
            "unit": self.unit,
            "direction": self.direction,
            "jurisdiction": self.jurisdiction,
            "version": self.version,
            "owner": self.owner,
            "effective_from": self.effective_from,
            "null_policy": self.null_policy,
            "privacy_class": self.privacy_class,
        }
