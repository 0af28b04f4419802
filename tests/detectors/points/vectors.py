"""Vectors of warning points: what a firm's records say on a day, and what the point must say of them.

A vector is one line in the table of its family's module (``VECTORS``); the contract suite runs over all of them.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from detectors.fact import day_of
from detectors.fold import fold_all
from detectors.judge import Judgement, judge
from detectors.ledger import EMPTY
from detectors.points.finding import LEVEL_NAMES
from detectors.record import Record, epoch
from detectors.reference import NOTHING, Reference
from tests.detectors import build


class Vector(NamedTuple):
    """``expect`` is ``none``, ``blue``, ``yellow``, ``red`` (fired), ``holding-blue`` and so on, ``fading`` or
    ``not_evaluable``; ``entity`` and ``reference`` where the point needs them."""

    point: str
    says: str
    records: Sequence[Record]
    day: str
    expect: str
    reference: Reference = NOTHING
    entity: str = build.FIRM

    @property
    def id(self) -> str:
        """Name of the test."""
        return f"{self.point} {self.says}"


class Series(NamedTuple):
    """Ever worse situations of one firm: the colour must never fall from one to the next."""

    point: str
    says: str
    steps: Sequence[Sequence[Record]]
    day: str
    reference: Reference = NOTHING
    entity: str = build.FIRM

    @property
    def id(self) -> str:
        """Name of the test."""
        return f"{self.point} {self.says}"


def judged(
    records: Sequence[Record], day: str, reference: Reference = NOTHING, entity: str = build.FIRM
) -> Judgement:
    """The judgement at noon of ``day``, made afresh."""
    catalogue = build.shipped()
    profile = catalogue.profile(entity.split(":")[1])
    ledger = fold_all(records, catalogue).get(entity, EMPTY)
    return judge(ledger, day_of(epoch(build.at(day)), profile.utc_offset), catalogue, profile, reference)


def said(judgement: Judgement, point: str) -> str:
    """The verdict in the words of :class:`Vector`."""
    verdict = judgement.verdicts[point]
    if verdict.state == "fired":
        return LEVEL_NAMES[verdict.level]
    if verdict.state == "holding":
        return f"holding-{LEVEL_NAMES[verdict.level]}"
    return {"residual": "fading", "not_fired": "none"}.get(verdict.state, verdict.state)


def watermark(day: str, *sources: str) -> Reference:
    """Sources that have told all there is before ``day``; without names the one the builders write as."""
    number = day_of(epoch(build.at(day)), 8 * 3600)
    return Reference(dict.fromkeys(sources or ("cn.330604.test",), number))


def rec(feed: str, record_id: str, day: str, payload: dict[str, Any], **more: Any) -> Record:
    """A record, as :func:`tests.detectors.build.record`."""
    return build.record(feed, record_id, day, payload, **more)
