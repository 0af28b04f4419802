"""The explanation: why an entity, or an alert, has the colour it has, in a form a credit officer can check by hand.

An assessment and an alert already list what weighs, with measured value, threshold, evidence and the tier without
each point. The explanation adds what is needed to follow it without the program: the rule in words with its numbers,
who is to do what, why the tier follows from the points, which points could not be judged and why, and of each record
what it says, where it lies, and the hash of the bytes the source sent (可查可核可溯).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from detectors.assessment import describe, jurisdiction_of, materiality, stamp
from detectors.batch import Everybody
from detectors.catalogue.model import Catalogue, Profile
from detectors.contagion.impulse import WORKED_OUT
from detectors.counterfactual import lacking
from detectors.fact import day_of
from detectors.fold import stated
from detectors.identifiers.names import mask
from detectors.judge import Judgement, judge
from detectors.ledger import EMPTY, Ledger, fold
from detectors.points.finding import LEVEL_NAMES, SCALE
from detectors.rationale import because, firms, names, without, words
from detectors.record import CONTROL_OPS, Record, epoch
from detectors.reference import NOTHING, Reference
from detectors.saying import says
from detectors.score import score, tier


class Place(msgspec.Struct, frozen=True):
    """Where a record lies in the log."""

    topic: str
    partition: int
    offset: int


RecordKey = tuple[str, str, str, int]
"""Source, record id, role and version."""
Places = Mapping[RecordKey, Place]


def key_of(record: Record) -> RecordKey:
    """Under which the place of a record is looked up."""
    return record.source_id, record.record_id, record.subject.role, record.version


class Case(msgspec.Struct, frozen=True):
    """An entity as of an instant (epoch seconds): its records, what they come to, and the verdicts, with what was known
    besides; ``heard`` is the impulse among the records that no record told, but what is known of everybody."""

    entity: str
    at: int
    records: Sequence[Record]
    ledger: Ledger
    judgement: Judgement
    catalogue: Catalogue
    profile: Profile
    reference: Reference = NOTHING
    heard: Record | None = None


def case_among(entity: str, records: Iterable[Record], everyone: Everybody, catalogue: Catalogue) -> Case:
    """Judge an entity by its records and by what is known of everybody, as ``fenghuo assess`` does. Pure.

    What the network says of it is among its records then.
    """
    heard = everyone.impulses.get(entity)
    mine = [*records] if heard is None else [*records, heard]
    zone = catalogue.profile(jurisdiction_of(entity)).utc_offset
    case = case_of(entity, mine, everyone.at, catalogue, everyone.reference.within(zone))
    return msgspec.structs.replace(case, heard=heard)


def case_of(
    entity: str, records: Iterable[Record], at: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> Case:
    """Judge an entity by its records. Pure; records of others are ignored."""
    profile = catalogue.profile(jurisdiction_of(entity))
    mine = [one for one in records if one.entity == entity and one.op not in CONTROL_OPS]
    ledger = EMPTY
    for record in mine:
        said = stated(record, profile)
        ledger = fold(ledger, said.feed, said.ident, said.fact).ledger
    judgement = judge(ledger, day_of(at, profile.utc_offset), catalogue, profile, reference)
    return Case(entity, at, mine, ledger, judgement, catalogue, profile, reference)


def explain(case: Case, places: Places | None = None) -> dict[str, Any]:
    """The explanation of an entity as of an instant: its assessment, and what is needed to check it by hand."""
    assessed = _assessed(case)
    base = materiality(case.ledger, case.judgement.day, case.catalogue, case.profile)
    level = assessed["level"]
    told = {**assessed, "materiality": base}
    return {
        "entity": case.entity,
        "name": name_of(case),
        "as_of": assessed["as_of"],
        **_tier(level, told, case.catalogue),
        **_body(told, case, places or {}, None),
    }


def _assessed(case: Case) -> dict[str, Any]:
    return describe(
        case.entity,
        case.at,
        case.ledger,
        case.judgement,
        case.catalogue,
        case.profile,
        reference=case.reference,
    )


def explain_alert(alert: Mapping[str, Any], case: Case, places: Places | None = None) -> dict[str, Any]:
    """The same for the moment of an alert, by what the alert itself told; ``case`` is that of :func:`known_to`.

    Points, score and tier are the alert's own, verified or not; what its records say, and what could not be judged, is
    looked up in the case.
    """
    told = dict(alert)
    told.setdefault("materiality", materiality(case.ledger, case.judgement.day, case.catalogue, case.profile))
    held = (
        "alert_id",
        "type",
        "point",
        "point_name",
        "point_name_zh",
        "level",
        "level_name",
        "reason",
        "tier",
        "deadlines",
    )
    return {
        "entity": alert["entity"],
        "name": alert.get("name") or name_of(case),
        "as_of": alert["at"],
        "alert": {name: alert[name] for name in held if name in alert},
        **_tier(int(alert["tier"]["to"]), told, case.catalogue),
        **_body(told, case, places or {}, alert.get("origin", {}).get("partition")),
    }


def name_of(case: Case) -> str:
    """The name to show: what the registry says, else the first one given; of a person masked."""
    if any(one.subject.scheme == "person" for one in case.records):
        return mask(next((one.subject.name for one in case.records if one.subject.name), ""))
    named = [fact for fact in case.ledger.stating("F29") if fact.data.get("name")]
    if named:
        return str(max(named, key=lambda fact: (fact.start, fact.version, fact.digest)).data["name"])
    return next((one.subject.name for one in case.records if one.subject.name), "")


def _tier(level: int, told: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    name = LEVEL_NAMES[level]
    return {
        "tier": name,
        "level": level,
        "scale_id": SCALE,
        "score": told["score"],
        "score_from": catalogue.score.enter.model_dump(),
        "because": because(level, told, catalogue),
        "action": catalogue.actions.get(name, "nothing to do") if level else "nothing to do",
        "owner": catalogue.owner,
    }


def _body(told: Mapping[str, Any], case: Case, places: Places, partition: int | None) -> dict[str, Any]:
    catalogue = case.catalogue
    found = _Evidence(case, places, partition)
    rows = [_row(row, told, case, found) for row in told["points"]]
    missing = {
        name: verdict.finding.missing
        for name, verdict in case.judgement.verdicts.items()
        if verdict.finding.missing
    }
    base = told["materiality"]
    return {
        "points": [row for row in rows if not row["id"].startswith("CP")],
        "patterns": [row for row in rows if row["id"].startswith("CP")],
        "not_evaluable": [
            {
                "id": name,
                "name": catalogue.by_id[name].name,
                "name_zh": catalogue.by_id[name].name_zh,
                "why": why,
            }
            for name, why in missing.items()
        ],
        "names": {**names(rows, catalogue), **firms(rows, case.records)},
        "evaluated": len(catalogue.within(case.profile).points),
        "materiality": {**base, "evidence": [found.full(row) for row in base.get("evidence", ())]},
        "catalogue": told["catalogue"],
    }


def _row(row: Mapping[str, Any], told: Mapping[str, Any], case: Case, found: "_Evidence") -> dict[str, Any]:
    """A contribution with the rule in words, who is to do what, its evidence in full and the score without it."""
    full = {**row, "score_without": _score_without(row["id"], told, case)}
    full["evidence"] = [found.full(one) for one in row["evidence"]]
    catalogue = case.catalogue.within(case.profile)
    entry = catalogue.by_id.get(row["id"])
    if entry is not None:
        full |= words(entry, row, catalogue, case.catalogue.spreading_in(jurisdiction_of(case.entity)))
    return full


def _score_without(name: str, told: Mapping[str, Any], case: Case) -> float:
    """By the judgement of the case, if what is told is told of that; points that look at this one may weigh less."""
    judgement, catalogue = case.judgement, case.catalogue
    if name not in judgement.weighing or told["score"] != round(score(judgement, catalogue), 4):
        return without(told["points"], name)
    left = lacking(judgement, (name,), case.ledger, catalogue, case.profile, case.reference)
    return round(score(left, catalogue), 4)


class _Evidence:
    """Looks up the records behind evidence rows."""

    def __init__(self, case: Case, places: Places, partition: int | None) -> None:
        self._places, self._partition, self._currency = places, partition, case.profile.currency
        self._profile, self._heard = case.profile, case.heard
        self._records: dict[tuple[RecordKey, str], Record] = {}
        for record in case.records:
            digest = stated(record, case.profile).fact.digest.hex()
            self._records.setdefault((key_of(record), digest), record)

    def full(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row with hash, document, what the record says and its place in the log, as far as known."""
        key = (row["source"], row["record_id"], row.get("role", ""), row["version"])
        record, place = self._records.get((key, row["digest"])), self._places.get(key)
        full = {name: value for name, value in row.items() if name != "offset"}
        if place is not None:
            full |= msgspec.structs.asdict(place)
        elif "offset" in row and self._partition is not None:
            full |= {"partition": self._partition, "offset": row["offset"]}
        if record is None:
            return {**full, "record": "not among the records given, or no longer what it was"}
        if record is self._heard:
            full["worked_out"] = WORKED_OUT
        full["occurred_at"] = stamp(epoch(record.occurred_at), self._profile)
        full["observed_at"] = stamp(epoch(record.observed_at), self._profile)
        if record.published_at is not None:
            full["published_at"] = stamp(epoch(record.published_at), self._profile)
        said = record.evidence
        if said is not None:
            full |= {name: value for name, value in msgspec.structs.asdict(said).items() if value is not None}
        full["quality"], full["match_confidence"] = record.quality, record.match_confidence
        full["says"] = says(record, self._currency)
        return full


def as_alert(case: Case) -> dict[str, Any]:
    """What an alert of this moment would tell, to be verified like one."""
    level = tier(case.judgement, case.catalogue)
    assessed = _assessed(case)
    return {
        "entity": case.entity,
        "at": datetime.fromtimestamp(case.at, case.profile.zone).isoformat(),
        "type": "assessment",
        "point": "TIER",
        "level": level,
        "level_name": LEVEL_NAMES[level],
        "tier": {"from": level, "to": level},
        "score": assessed["score"],
        "points": assessed["points"],
        "materiality": materiality(case.ledger, case.judgement.day, case.catalogue, case.profile),
        "catalogue": case.catalogue.version,
    }
