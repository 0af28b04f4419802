"""What a firm is compared as and counted in, read from its master data."""

from collections.abc import Iterable

import msgspec

from detectors.cohorts.key import Attributes, scheme_of
from detectors.errors import FenghuoError
from detectors.fact import Fact
from detectors.points.view import View


def firm_of(entity: str, masters: Iterable[Fact]) -> Attributes | None:
    """The attributes of an entity from its facts of F29; None while its industry is not known."""
    known = [fact for fact in masters if not fact.retracted and fact.data.get("industry")]
    if not known:
        return None
    latest = max(known, key=_age)
    region = [*entity.split(":", 2), ""][1]
    return attributes(latest.data["industry"], latest.data.get("size_class"), region)


def member_of(entity: str, masters: Iterable[Fact]) -> Attributes | None:
    """The same with the industrial cluster (产业集群) it is counted in, if its master data name one, as a tag.

    For the groups of the macro index. Norms do not ask for it: a firm is compared with its trade.
    """
    facts = list(masters)
    firm = firm_of(entity, facts)
    named = [fact for fact in facts if not fact.retracted and fact.data.get("cluster")]
    if firm is None or not named:
        return firm
    return msgspec.structs.replace(firm, tags=(str(max(named, key=_age).data["cluster"]),))


COMPARED = ("F15", "F19", "F30")
"""Feeds from which comparisons are made: who tells nothing of them contributes nothing."""

_NOT_ACTIVE = frozenset(
    {
        "suspended", "deregistered", "licence_revoked", "closure_ordered", "registration_cancelled", "moved_out",
        "insolvent",
    }
)  # fmt: skip
"""States of existence in which nothing of a firm is usual for its trade."""


def is_compared(view: View) -> bool:
    """Whether a firm is one that others are compared with: something of it can be measured, and it works as far as the
    register knows (F25, F29)."""
    if not any(view.known(feed) for feed in COMPARED):
        return False
    told = [fact for fact in view.active("F25") if fact.data.get("item") == "status"]
    told += [fact for fact in view.known("F29") if "status" in fact.data]
    latest = max(told, key=_age, default=None)
    return latest is None or latest.data["status"] not in _NOT_ACTIVE


def _age(fact: Fact) -> tuple[int, int, bytes]:
    return fact.start, fact.version, fact.digest


def attributes(industry: object, size_class: object, region: str) -> Attributes | None:
    """The attributes of a firm, its industry in the scheme of its region (GB/T 4754, SIC, NAICS); None if it is no code
    of that scheme: there is nobody to compare with.

    >>> attributes("62012", "small", "GB").scheme, attributes("62012", "small", "CN-330604")
    ('sic', None)
    """
    try:
        return Attributes(str(industry), str(size_class or ""), region, scheme=scheme_of(region))
    except FenghuoError:
        return None
