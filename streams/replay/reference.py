"""What a judgement may know besides the records of one entity: from a file of records of many, or from the log of its
partition."""

from collections.abc import Iterable
from datetime import UTC, datetime

from detectors.catalogue.model import Catalogue
from detectors.fact import DAY
from detectors.fold import fold_record
from detectors.hearing import Heard
from detectors.ledger import EMPTY, Ledger
from detectors.record import CONTROL_OPS, Record, decode, epoch
from detectors.reference import Reference
from streams.engine.commons import Commons
from streams.engine.exchange import NORMS, WATERMARK, Sent
from streams.engine.state import PartitionState

_REACH_DAYS = 460
"""How far back norms are added up: a year's comparison and the time a month takes to settle."""


def reference_at(records: Iterable[Record], at: int, utc_offset: int, catalogue: Catalogue) -> Reference:
    """What was known of sources and cohorts at an instant (epoch seconds), as the engine would have known it.

    Watermarks come from the heartbeats among ``records``, norms from the monthly rounds over all entities in them, each
    by what had been captured by then.
    """
    commons, ledgers = Commons(0, 1, {}, PartitionState()), dict[str, Ledger]()
    commons.norming.due(at - _REACH_DAYS * DAY)

    def settle(clock: int) -> None:
        while (due := commons.norming.due(clock)) is not None:
            _hear(commons, commons.round(due, due, sorted(ledgers.items()), catalogue))

    for record in sorted(records, key=lambda one: one.observed_at):
        moment = epoch(record.observed_at)
        if moment > at:
            break
        settle(moment)
        if record.op == "heartbeat":
            _hear(commons, commons.watermarks.heard(record, moment))
        elif record.op not in CONTROL_OPS:
            entity = record.entity
            ledgers[entity] = fold_record(ledgers.get(entity, EMPTY), record, catalogue).ledger
    settle(at)
    return commons.reference(utc_offset)


def heard_in(log: Iterable[Record]) -> Heard:
    """What a partition was told of all others, from the records in its log, in its order.

    Nothing is known before what lies before it in the log: of several instants of capture the latest counts.
    """
    commons, steps = Commons(0, 1, {}, PartitionState()), dict[datetime, Reference]()
    latest = datetime.min.replace(tzinfo=UTC)
    for record in log:
        latest = max(latest, record.observed_at)
        if record.op == "exchange" and record.feed in (WATERMARK, NORMS):
            commons.take(record)
            steps[latest] = Reference(norms=commons.norming.norms, marks=dict(commons.watermarks.told))
    return Heard(tuple(steps), tuple(steps.values()))


def _hear(commons: Commons, told: Iterable[Sent]) -> None:
    for sent in told:
        commons.take(decode(sent.value))
