"""Verifying every alert of a log, each with what its partition knew when it was told."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

import msgspec

from alerts.policy.alert import alert_id
from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue
from detectors.record import CONTROL_OPS, Record, decode
from detectors.reference import Reference
from detectors.verification import Difference, Verification, verify
from streams.engine.commons import Commons
from streams.engine.raw import RawRecord
from streams.engine.state import PartitionState
from streams.replay.catalogues import Catalogues

Alert = Mapping[str, Any]


def audit(
    log: Iterable[RawRecord], alerts: Iterable[Alert], catalogue: Catalogue, *, alone: bool = False
) -> Iterator[tuple[Alert, Verification]]:
    """Every alert about an entity with its verification, in the order of the log of one partition.

    ``catalogue`` is the one the worker began with; an alert that names one which came through the log is judged by
    that, unless ``alone``.
    What a timer led to is checked with what lay before its origin, all else with the origin too: a timer fires before
    the record that moved the clock is taken in, but after what partitions tell each other.
    """
    told: defaultdict[int, list[Alert]] = defaultdict(list)
    for alert in alerts:
        if jurisdiction_of(alert["entity"]):
            told[alert["origin"]["offset"]].append(alert)
    known: defaultdict[str, list[Record]] = defaultdict(list)
    shared, catalogues = Commons(0, 1, {}, PartitionState()), Catalogues(catalogue, alone=alone)
    for raw in log:
        due = told.get(raw.offset, ())
        timed = [one for one in due if before(one, raw)]
        yield from ((one, _checked(one, known, shared, catalogues.of(one))) for one in timed)
        _learn(raw, known, shared, catalogues)
        yield from (
            (one, _checked(one, known, shared, catalogues.of(one))) for one in due if one not in timed
        )


class Audited(msgspec.Struct):
    """How many alerts about entities were ``checked``, how many of them ``hold``; the id, the entity and one sentence
    of each that does not; how many were ``unreached`` because the log no longer holds, or does not yet hold, what they
    followed from; how many partitions were ``shortened``, whose oldest records are no longer kept, so that an alert
    which rests on these differs."""

    checked: int = 0
    hold: int = 0
    differing: list[tuple[str, str, str]] = []
    unreached: int = 0
    shortened: int = 0

    @property
    def ok(self) -> bool:
        """Whether every alert was checked and holds."""
        return not self.differing and not self.unreached


def audit_all(
    partitions: Mapping[int, Iterable[RawRecord]],
    alerts: Iterable[Alert],
    catalogue: Catalogue,
    progress: Callable[[int], None] = lambda _: None,
    *,
    alone: bool = False,
) -> Audited:
    """Verify every alert about an entity against the log of the partition it came from, one partition after another;
    by the catalogues that :func:`audit` says."""
    told: defaultdict[int, list[Alert]] = defaultdict(list)
    for alert in alerts:
        if jurisdiction_of(alert["entity"]):
            told[alert["origin"]["partition"]].append(alert)
    found = Audited()
    for number, whole in partitions.items():
        log = iter(whole)
        oldest = list(islice(log, 1))
        found.shortened += bool(oldest and oldest[0].offset)
        log = chain(oldest, log)
        for alert, outcome in audit(log, told[number], catalogue, alone=alone):
            found.checked += 1
            found.hold += outcome.ok
            if not outcome.ok:
                found.differing.append((str(alert["alert_id"]), str(alert["entity"]), outcome.sentence))
            progress(found.checked)
    found.unreached = sum(map(len, told.values())) - found.checked
    return found


def before(alert: Alert, origin: RawRecord) -> bool:
    """Whether an alert was told before the record of its origin was taken in."""
    return bool(alert["origin"].get("timer")) and _EXCHANGE not in (origin.value or b"")


_EXCHANGE = b'"op":"exchange"'


def verified(
    alert: Alert, records: Iterable[Record], catalogue: Catalogue, reference: Reference
) -> Verification:
    """:func:`detectors.verification.verify`, and whether the id is that of what the alert tells."""
    found = verify(alert, records, catalogue, reference)
    said = (alert["entity"], alert["point"], alert["episode"], alert["level"], alert["revision"])
    own = alert_id(*said)
    if (
        own == alert["alert_id"] or alert["type"] == "alert.expired"
    ):  # which tells of its episode a hash alone
        return found
    wrong = Difference("alert id", str(alert["alert_id"]), own)
    return msgspec.structs.replace(found, differences=(*found.differences, wrong))


def _checked(
    alert: Alert, known: Mapping[str, list[Record]], shared: Commons, catalogue: Catalogue
) -> Verification:
    profile = catalogue.profile(jurisdiction_of(alert["entity"]))
    reference = shared.reference(profile.utc_offset)
    return verified(alert, known.get(alert["entity"], ()), catalogue, reference)


def _learn(
    raw: RawRecord, known: Mapping[str, list[Record]], shared: Commons, catalogues: Catalogues
) -> None:
    """Take in one record of the log, as the engine did; what cannot be decoded was a dead letter."""
    try:
        record = decode(raw.value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    if record.op == "exchange":
        shared.take(record)
        catalogues.take(record)
    elif record.op not in CONTROL_OPS:
        known[record.entity].append(record)
