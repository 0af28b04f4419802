"""The assessment: the verdict on one entity as of a time, with everything needed to check it by hand."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from detectors.catalogue.model import Catalogue, Profile
from detectors.counterfactual import Counterfactuals
from detectors.fact import MANUAL, Fact, day_of, iso_day
from detectors.forces.scores import scores
from detectors.judge import BASE_FEEDS, Judgement, Verdict, judge
from detectors.ledger import Ledger
from detectors.materiality import based_on, view_of
from detectors.objections import NOBODY, OBJECTION, contested, deleted, returned
from detectors.points.finding import LEVEL_NAMES, RED, SCALE
from detectors.reference import NOTHING, Reference
from detectors.score import score, tier

_json = msgspec.json.Encoder(order="deterministic")


def assess(
    ledger: Ledger, entity: str, as_of: int, catalogue: Catalogue, reference: Reference = NOTHING
) -> dict[str, Any]:
    """The assessment of ``entity`` as of an instant (epoch seconds). Pure: same arguments, same bytes."""
    profile = catalogue.profile(jurisdiction_of(entity))
    judgement = judge(ledger, day_of(as_of, profile.utc_offset), catalogue, profile, reference)
    view = view_of(ledger, judgement.day, judgement.base, profile, reference)
    scored = scores(view, judgement, catalogue, profile)
    return describe(entity, as_of, ledger, judgement, catalogue, profile, scored, reference)


def describe(
    entity: str,
    as_of: int,
    ledger: Ledger,
    judgement: Judgement,
    catalogue: Catalogue,
    profile: Profile,
    scored: dict[str, Any] | None = None,
    reference: Reference = NOTHING,
) -> dict[str, Any]:
    """An assessment from a judgement and ``scored`` (see :mod:`detectors.forces.scores`) already made; ``reference`` is
    what was known when it was made."""
    level = tier(judgement, catalogue)
    return {
        "entity": entity,
        "as_of": stamp(as_of, profile),
        "tier": LEVEL_NAMES[level],
        "level": level,
        "scale_id": SCALE,
        "score": round(score(judgement, catalogue), 4),
        "points": contributions(ledger, judgement, catalogue, profile, reference),
        "not_evaluable": {
            name: verdict.finding.missing
            for name, verdict in judgement.verdicts.items()
            if verdict.finding.missing
        },
        "evaluated": len(judgement.verdicts),
        "materiality": {"amount": f"{judgement.base.amount / 100:.2f}", "rung": judgement.base.rung},
        **({} if scored is None else {"scores": scored}),
        "catalogue": catalogue.version,
    }


def encode(assessment: Mapping[str, Any]) -> bytes:
    """Canonical JSON: sorted keys, no spaces, so that equal assessments are equal bytes."""
    return _json.encode(assessment)


def contributions(
    ledger: Ledger,
    judgement: Judgement,
    catalogue: Catalogue,
    profile: Profile,
    reference: Reference = NOTHING,
    offsets: Mapping[int, int] | None = None,
) -> list[dict[str, Any]]:
    """Every point that weighs, with measured value, threshold, evidence and the tier without it."""
    rows = []
    counterfactuals = Counterfactuals(judgement, ledger, catalogue, profile, reference)
    for name, verdict in judgement.weighing.items():
        point, details = catalogue.by_id[name], verdict.finding.details
        rows.append(
            {
                "id": name,
                "name": point.name,
                "name_zh": point.name_zh,
                "family": point.family,
                "state": verdict.state,
                "colour": LEVEL_NAMES[verdict.level],
                "level": verdict.level,
                "p": round(verdict.weight(judgement.day, point.half_life_days), 4),
                "hard": point.hard,
                "value": verdict.finding.value,
                "threshold": verdict.finding.threshold,
                "since": iso_day(verdict.since),
                **({"cleared": iso_day(verdict.cleared)} if verdict.cleared is not None else {}),
                "base_rung": judgement.base.rung,
                **{name: details[name] for name in _LISTED if name in details},
                "evidence": evidence(ledger, point.feeds, verdict, judgement.day, offsets or {}),
                "tier_without": LEVEL_NAMES[counterfactuals.tier_without(name)],
            }
        )
    return rows


_LISTED = ("members", "detected_late", "cohort", "n", "median")
"""Details of a finding that a contribution repeats: what a pattern is made of, and with whom a firm was compared."""


def materiality(
    ledger: Ledger,
    day: int,
    catalogue: Catalogue,
    profile: Profile,
    offsets: Mapping[int, int] | None = None,
) -> dict[str, Any]:
    """The base that amounts are measured against, in main units, and the records that alone give it."""
    base, fact = based_on(ledger, day, catalogue.materiality, profile)
    rows = [] if fact is None else _rows(ledger, BASE_FEEDS, {fact.key}, day, offsets or {})
    amount = f"{base.amount / 100:.2f}"
    return {"amount": amount, "currency": base.currency, "rung": base.rung, "evidence": rows}


def evidence(
    ledger: Ledger, feeds: tuple[str, ...], verdict: Verdict, day: int, offsets: Mapping[int, int]
) -> list[dict[str, Any]]:
    """Record keys behind a verdict; a fact that two sources state is listed twice.

    What retention no longer allows on ``day`` is left out, whether it has been purged yet or not.
    """
    return _rows(ledger, feeds, {fact.key for fact in verdict.finding.evidence}, day, offsets)


def _rows(
    ledger: Ledger, feeds: tuple[str, ...], keys: set[str], day: int, offsets: Mapping[int, int]
) -> list[dict[str, Any]]:
    rows, against = [], contested(ledger)
    gone, back = (deleted(ledger), returned(ledger)) if OBJECTION in ledger.facts else (NOBODY, NOBODY)
    for feed in feeds:
        stating = [(feed, ident, fact) for ident, fact in sorted(ledger.of(feed).items())]
        entered = sorted(ledger.of(MANUAL).items())
        stating += [(MANUAL, ident, fact) for ident, fact in entered if fact.entered == feed]
        doubted = against.get(feed, ())
        for one in stating:
            if one[2].key in keys and _shown(one[2], day) and one[:2] not in gone:
                marks = {"disputed": True} if one[2].key in doubted else {}
                marks |= {"previously_disputed": True} if one[:2] in back else {}
                rows.append(_row(*one, offsets) | marks)
    return rows


def _shown(fact: Fact, day: int) -> bool:
    return not fact.retracted and (fact.until is None or day < fact.until)


def origin_key(feed: str, ident: str) -> int:
    """Under which the offset of a fact is kept: 56 bits of a hash, a fifth of the text it stands for."""
    return int.from_bytes(blake2b(f"{feed}|{ident}".encode(), digest_size=7).digest(), "big")


def _row(feed: str, ident: str, fact: Fact, offsets: Mapping[int, int]) -> dict[str, Any]:
    source, _, rest = ident.partition("|")
    record, _, role = rest.rpartition("|")
    row: dict[str, Any] = {
        "feed": feed,
        "source": source,
        "record_id": record,
        "version": fact.version,
        "digest": fact.digest.hex(),
        "from": iso_day(fact.start),
    }
    if role:
        row["role"] = role
    if "lender_id" in fact.data:  # who may see the record
        row["lender"] = fact.data["lender_id"]
    if fact.end is not None:
        row["to"] = iso_day(fact.end)
    if fact.conflict:
        row["conflict"] = True
    if fact.ceiling < RED:
        row["raises_at_most"] = LEVEL_NAMES[fact.ceiling]
    offset = offsets.get(origin_key(feed, ident))
    if offset is not None:
        row["offset"] = offset
    return row


def stamp(seconds: int, profile: Profile) -> str:
    """RFC 3339 in the zone of the profile."""
    return datetime.fromtimestamp(seconds, profile.zone).isoformat()


def jurisdiction_of(entity: str) -> str:
    """``CN-330604`` of ``ent:CN-330604:9133…``; empty for other ids."""
    parts = entity.split(":", 2)
    return parts[1] if len(parts) == 3 and parts[0] == "ent" else ""
