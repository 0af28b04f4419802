"""From counts to rates: the report on one source and period."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from detectors.governance.exchange import Item
from detectors.governance.lags import summary

TIMELY, VALID, COMPLETE = 0.4, 0.4, 0.2
"""Shares of the three qualities in the appraisal score (configuration default)."""

LAGS = ("occurred_observed", "occurred_published", "published_observed")
"""Parts of the way of a record to us: the whole, and where it says when it was published the two parts of it."""


class ItemReport(msgspec.Struct, frozen=True):
    """What was due of one item and what came."""

    item: str
    feed: str
    due: int
    received: int


class SourceReport(msgspec.Struct, frozen=True):
    """One source in one period. Rates are 0 to 1, None where nothing could be measured.

    ``received`` = ``accepted`` + ``flagged`` + ``quarantined``; ``duplicates`` and ``retracted`` are not among them.
    ``lags`` are in seconds (half, nine tenths, longest) per part of the way.
    """

    source: str
    unit: str
    period: str
    received: int
    accepted: int
    flagged: int
    quarantined: int
    reasons: dict[str, int]
    duplicates: int
    retracted: int
    due: int
    items: list[ItemReport]
    report_rate: float | None
    timely_rate: float | None
    valid_rate: float | None
    complete_rate: float | None
    appraisal: float | None
    lags: dict[str, dict[str, float] | None]


class Tally:
    """Counts of one source and period."""

    def __init__(self) -> None:
        """Everything at zero."""
        self.accepted = self.flagged = self.taken_back = self.repeated = 0
        self.reasons: Counter[str] = Counter()
        self._timely: Counter[int] = Counter()
        self._filled = self._required = 0
        self._lags: dict[str, list[int]] = {part: [] for part in LAGS}

    def accept(
        self, flagged: bool, timely: int, filled: int, required: int, lags: Sequence[int | None]
    ) -> None:
        """One delivery that stands; ``timely`` -1 if it was not measured, ``lags`` in the order of :data:`LAGS`."""
        self.flagged += flagged
        self.accepted += not flagged
        self._timely[timely] += 1
        self._filled += filled
        self._required += required
        for seconds, known in zip(lags, self._lags.values(), strict=True):
            if seconds is not None:
                known.append(seconds)

    def report(
        self, source: str, unit: str, period: str, due: Sequence[tuple[Item, int, int]]
    ) -> SourceReport:
        """The rates; ``due`` holds each item with what was due and what came."""
        valid, refused = self.accepted + self.flagged, self.reasons.total()
        owed = sum(count for _, count, _ in due)
        reported = _share(sum(min(got, count) for _, count, got in due), owed)
        nothing = 0.0 if refused and not valid else None
        in_time = _share(self._timely[1], self._timely[0] + self._timely[1], nothing)
        complete = _share(self._filled, self._required, nothing)
        valid_rate = _share(valid, valid + refused)
        return SourceReport(
            source=source,
            unit=unit,
            period=period,
            received=valid + refused,
            accepted=self.accepted,
            flagged=self.flagged,
            quarantined=refused,
            reasons=dict(sorted(self.reasons.items())),
            duplicates=self.repeated,
            retracted=self.taken_back,
            due=owed,
            items=[ItemReport(item.name, item.feed, count, got) for item, count, got in due],
            report_rate=_rounded(reported),
            timely_rate=_rounded(in_time),
            valid_rate=_rounded(valid_rate),
            complete_rate=_rounded(complete),
            appraisal=_rounded(appraised(reported, in_time, valid_rate, complete)),
            lags={part: summary(seconds) for part, seconds in self._lags.items()},
        )


def appraised(
    reported: float | None, timely: float | None, valid: float | None, complete: float | None
) -> float | None:
    """The appraisal score, 0 to 1; None if nothing was due. Without any delivery it is 0, for nothing was reported.

    What was not measured gives its weight to the others: timeliness where there were amendments only, completeness
    where the agreement requires no fields.

    >>> round(appraised(0.9, 0.8, 0.95, 1.0), 3)
    0.81
    """
    if reported is None:
        return None
    weighed = [(TIMELY, timely), (VALID, valid), (COMPLETE, complete)]
    known = [(share, rate) for share, rate in weighed if rate is not None]
    total = sum(share for share, _ in known)
    return reported * sum(share * rate for share, rate in known) / total if total else 0.0


def _share(part: int, whole: int, otherwise: float | None = None) -> float | None:
    return part / whole if whole else otherwise


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)
