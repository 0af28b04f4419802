"""Bitemporal questions: what was true on a day, as far as was known at an instant.

Two times are kept apart. The fact's own time (``occurred_at``, validity) decides on which days it counts; the time of
capture (``observed_at``) decides from when on anybody could have known. A question names both: only records captured
until ``as_of_knowledge`` are folded, and the entity is judged as of ``as_of_fact``. A retraction is knowledge like any
other: captured before, it hides; captured after, it does not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec

from detectors.assessment import assess, jurisdiction_of, stamp
from detectors.batch import assessed_one
from detectors.catalogue.model import Catalogue, Profile
from detectors.contagion.node import BINDING
from detectors.fact import MANUAL, RANK, Fact, day_of, iso_day
from detectors.fold import fold_all, fold_record, stated, together
from detectors.hearing import Heard
from detectors.ledger import EMPTY, Ledger
from detectors.objections import deleted
from detectors.record import CONTROL_OPS, Record, epoch
from detectors.saying import says

_encoder = msgspec.json.Encoder(order="deterministic")
_PLACING = frozenset({"F29", MANUAL, *BINDING})
"""Feeds that say whom an entity is bound to, and with whom it is compared."""


def known_at(records: Iterable[Record], knowledge: datetime) -> list[Record]:
    """The records that had been captured by ``knowledge``."""
    return [one for one in records if one.observed_at <= knowledge]


def state(
    records: Iterable[Record],
    entity: str,
    as_of_fact: datetime,
    as_of_knowledge: datetime,
    catalogue: Catalogue,
    heard: Heard | None = None,
) -> dict[str, Any] | None:
    """The assessment of ``entity`` as of a fact day, from what was known then; None if nothing was.

    With everything known it is the assessment ``fenghuo assess`` gives: ``records`` about others count where they say
    what is usual, or bind entities to each other. With ``heard`` these are not needed: what the others told counts.
    """
    known, at = known_at(records, as_of_knowledge), epoch(as_of_fact)
    everyone = heard.among(known, at, as_of_knowledge, catalogue) if heard else together(known, catalogue, at)
    if not everyone.ledgers.get(entity, EMPTY).live():
        return None
    return assessed_one(entity, everyone, catalogue)


def versions(
    records: Iterable[Record], entity: str, as_of_knowledge: datetime, catalogue: Catalogue
) -> list[dict[str, Any]]:
    """Every fact of the entity with all its versions known by then, in the order of version and operation.

    A version's ``status`` is ``stands`` (in force), ``replaced`` (a higher one is known), ``contradicted`` (another
    content of the same version stands), ``withdrawn`` (hidden by a retraction), ``deleted`` (by an upheld objection) or
    ``dropped`` (beyond what is kept). ``says`` are its amounts, dates and codes, never names, and ``changes`` what
    differs from the version before; both are left out of what was withdrawn, was deleted or is past its retention, of
    which only digests and times are kept.
    """
    profile = catalogue.profile(jurisdiction_of(entity))
    mine = known_at((one for one in records if one.entity == entity), as_of_knowledge)
    ledger = fold_all(mine, catalogue).get(entity, EMPTY)
    day = day_of(epoch(as_of_knowledge), profile.utc_offset)
    facts: dict[tuple[str, str], dict[tuple[int, int, bytes], Record]] = {}
    for one in sorted((one for one in mine if one.op not in CONTROL_OPS), key=_order):
        said = stated(one, profile)
        key = (one.version, said.fact.rank, said.fact.digest)
        facts.setdefault((said.feed, said.ident), {}).setdefault(key, one)  # the one captured first
    gone = deleted(ledger)
    return [
        _fact(feed, ident, said, ledger, day, profile, gone=(feed, ident) in gone)
        for (feed, ident), said in sorted(facts.items())
    ]


def _order(record: Record) -> tuple[datetime, int, int, bytes]:
    return record.observed_at, record.version, RANK.get(record.op, 0), _encoder.encode(record)


def _fact(
    feed: str,
    ident: str,
    said: Mapping[tuple[int, int, bytes], Record],
    ledger: Ledger,
    day: int,
    profile: Profile,
    *,
    gone: bool,
) -> dict[str, Any]:
    held = ledger.of(feed).get(ident)
    kept = held is not None and not held.retracted and (held.until is None or day < held.until)
    shown = kept and not gone
    rows, before = list[dict[str, Any]](), dict[str, str]()
    for key, record in sorted(said.items()):
        row = _version(key, record, held, profile, gone=gone)
        if shown:
            now = says(record, profile.currency)
            row["says"] = now
            if rows:
                row["changes"] = _changes(before, now)
            before = now
        rows.append(row)
    first = next(iter(said.values()))
    fact: dict[str, Any] = {
        "feed": feed,
        "source": first.source_id,
        "record_id": first.record_id,
        "versions": rows,
    }
    if first.subject.role:
        fact["role"] = first.subject.role
    if held is not None and shown:
        fact["from"] = iso_day(held.start)
        fact["to"] = None if held.end is None else iso_day(held.end)
    return fact


def _version(
    key: tuple[int, int, bytes], record: Record, held: Fact | None, profile: Profile, *, gone: bool
) -> dict[str, Any]:
    number, _, digest = key
    row: dict[str, Any] = {
        "version": number,
        "op": record.op,
        "known_from": _exactly(record.observed_at, profile),
        "occurred_at": stamp(epoch(record.occurred_at), profile),
        "digest": digest.hex(),
        "status": _status(key, held, gone=gone),
    }
    if record.published_at is not None:
        row["published_at"] = stamp(epoch(record.published_at), profile)
    if record.evidence is not None and record.evidence.sha256:
        row["sha256"] = record.evidence.sha256
    return row


def _exactly(moment: datetime, profile: Profile) -> str:
    """With its fraction of a second, so that it can be asked for as knowledge."""
    return moment.astimezone(profile.zone).isoformat()


def _status(key: tuple[int, int, bytes], held: Fact | None, *, gone: bool) -> str:
    if held is None:
        return "dropped"
    if key == (held.version, held.rank, held.digest):
        return "deleted" if gone else "stands"
    if held.retracted:
        return "withdrawn"
    return "contradicted" if key[:2] == (held.version, held.rank) else "replaced"


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, list[str | None]]:
    names = sorted(before.keys() | now.keys())
    return {name: [before.get(name), now.get(name)] for name in names if before.get(name) != now.get(name)}


def timeline(
    records: Iterable[Record],
    entity: str,
    as_of_fact: datetime,
    as_of_knowledge: datetime,
    catalogue: Catalogue,
    heard: Heard | None = None,
) -> list[dict[str, Any]]:
    """How the verdict on one and the same fact day changed as knowledge grew, oldest first; ``records`` may be about
    others too.

    A row per instant of capture at which records of the entity changed tier or contributing points, with these, and a
    last one if others have changed them since. Every row is the state as of its instant; ``others`` are points that do
    not show so by the entity's own records alone, but by what is usual, whom it is bound to, or how far sources are.
    """
    profile = catalogue.profile(jurisdiction_of(entity))
    known = known_at(records, as_of_knowledge)
    rows, shown = list[dict[str, Any]](), _row(None, None)
    told = heard.last(as_of_knowledge) if heard else None
    for moment, alone, because in _turns(known, entity, as_of_fact, catalogue, told):
        row = _row(state(known, entity, as_of_fact, moment, catalogue, heard), alone)
        if _seen(row) != _seen(shown):
            rows.append({"known_from": _exactly(moment, profile), **row, "because": because})
            shown = row
    return rows


def _turns(
    known: Sequence[Record], entity: str, as_of_fact: datetime, catalogue: Catalogue, told: datetime | None
) -> Iterator[tuple[datetime, dict[str, Any] | None, list[dict[str, Any]]]]:
    """The instants at which the entity's own records change its verdict by these alone, or what it is to others, and
    the last capture, or when others ``told`` anything last: the verdict by its own records, and those that did it."""
    steps = sorted((one for one in known if one.entity == entity and one.op not in CONTROL_OPS), key=_order)
    ledger, shown, alone = EMPTY, _row(None, None), None
    for moment, batch in groupby(steps, key=lambda one: one.observed_at):
        because = list[dict[str, Any]]()
        for record in batch:
            folded = fold_record(ledger, record, catalogue)
            ledger = folded.ledger
            if folded.changed:
                because.append(_step(record, folded.effect))
        if not because:
            continue
        alone = assess(ledger, entity, epoch(as_of_fact), catalogue) if ledger.live() else None
        row = _row(alone, alone)
        if _seen(row) != _seen(shown) or any(one["feed"] in _PLACING for one in because):
            yield moment, alone, because
        shown = row
    if steps:
        yield max([told or steps[-1].observed_at, *(one.observed_at for one in known)]), alone, []


def _seen(row: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    return row["tier"], row["points"]


def _row(assessment: Mapping[str, Any] | None, alone: Mapping[str, Any] | None) -> dict[str, Any]:
    if assessment is None:
        return {"tier": "none", "level": 0, "score": 0.0, "points": {}, "others": []}
    points, own = _colours(assessment), _colours(alone)
    return {
        "tier": assessment["tier"],
        "level": assessment["level"],
        "score": assessment["score"],
        "points": points,
        "others": sorted(name for name, colour in points.items() if own.get(name) != colour),
    }


def _colours(assessment: Mapping[str, Any] | None) -> dict[str, str]:
    return {} if assessment is None else {point["id"]: point["colour"] for point in assessment["points"]}


def _step(record: Record, effect: str) -> dict[str, Any]:
    return {
        "feed": record.feed,
        "source": record.source_id,
        "record_id": record.record_id,
        "version": record.version,
        "op": record.op,
        "effect": effect,
    }


def history(
    records: Iterable[Record],
    entity: str,
    as_of_fact: datetime,
    as_of_knowledge: datetime,
    catalogue: Catalogue,
    heard: Heard | None = None,
) -> dict[str, Any]:
    """All three answers: ``assessment`` (None: nothing was known), ``facts`` with their versions, ``timeline``.

    Facts are those of the entity's own records; assessment and timeline heed those of others, or what was ``heard``.
    """
    every = list(records)
    profile = catalogue.profile(jurisdiction_of(entity))
    return {
        "entity": entity,
        "as_of_fact": stamp(epoch(as_of_fact), profile),
        "as_of_knowledge": stamp(epoch(as_of_knowledge), profile),
        "assessment": state(every, entity, as_of_fact, as_of_knowledge, catalogue, heard),
        "facts": versions(every, entity, as_of_knowledge, catalogue),
        "timeline": timeline(every, entity, as_of_fact, as_of_knowledge, catalogue, heard),
    }
