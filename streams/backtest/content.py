"""What a backtest found, as one mapping that is written as JSON and shown as a table and a page."""

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from detectors.catalogue.model import Catalogue
from detectors.evaluation.measures import month_of
from detectors.fact import IMPULSE
from detectors.points.finding import BLUE, LEVEL_NAMES, RED, YELLOW
from detectors.record import from_epoch
from streams.backtest.run import Job, Run

SIMULATED = "Simulated history: precision and recall describe the simulation and no real population."
MEASURED = (
    "Measured against the outcomes given and what the catalogue counts as one. Failures that nobody reported are "
    "missing, so this is no statement of how accurate the warnings are."
)
WITHOUT_NORMS = (
    "Judged without what is usual among firms of a trade, which these data do not hold: {points} say less, or "
    "nothing."
)
WITHOUT_IMPULSES = (
    "Judged without what reaches a firm through guarantees and relations, which these data do not hold: {points} say "
    "nothing."
)
HELD = "Records read back from the records topic hold what workers told of it."
COLOURS = (BLUE, YELLOW, RED)


def content(job: Job, run: Run, catalogues: Sequence[Catalogue], *, simulated: bool) -> dict[str, Any]:
    """The report; ``catalogues`` from the old to the new, one or two."""
    zone = catalogues[-1].profiles["CN"].utc_offset
    months = _months(run, zone)
    total = sum(run.seconds)
    return {
        "data": job.data.name,
        "from": from_epoch(run.earliest).isoformat(),
        "to": from_epoch(run.latest).isoformat(),
        "simulated": simulated,
        "note": SIMULATED if simulated else MEASURED,
        "without": without(run, catalogues),
        "records": run.records,
        "refused": {"count": len(run.refused), "first": run.refused[:20]},
        "firms": run.result.firms.total(),
        "source_alerts": len(run.source_alerts),
        "area_alerts": len(run.area_alerts),
        "outcomes": {
            "failures": sum(len(times) for times in job.outcomes.failures.values()),
            "unknown_firms": run.strangers,
            "others": job.outcomes.others,
        },
        "catalogues": [_of(run, number, catalogue, months) for number, catalogue in enumerate(catalogues)],
        "tiers": _moves(run.result.tiers),
        "highest": _moves(run.result.highest),
        "moved": [
            {"entity": entity, "highest": [LEVEL_NAMES[level] for level in levels]}
            for entity, levels in run.result.moved
        ],
        "speed": {
            "seconds": round(total, 2),
            "splitting": round(run.seconds[0], 2),
            "judging": round(run.seconds[1], 2),
            "processes": job.processes,
            "records_per_second": round(run.records / total) if total else 0,
            "records_per_second_per_process": round(run.records / total / job.processes) if total else 0,
        },
    }


def without(run: Run, catalogues: Sequence[Catalogue]) -> list[str]:
    """What the stream would have known and this replay did not, in sentences; empty if it knew all."""
    comparing = {name for catalogue in catalogues for name in catalogue.comparing}
    told = {point.id for catalogue in catalogues for point in catalogue.points if IMPULSE in point.feeds}
    said = []
    if not run.norms and comparing:
        said.append(WITHOUT_NORMS.format(points=", ".join(sorted(comparing))))
    if not run.impulses and told:
        said.append(WITHOUT_IMPULSES.format(points=", ".join(sorted(told))))
    return [*said, HELD] if said else []


def _of(
    run: Run, number: int, catalogue: Catalogue, months: Mapping[str, tuple[int, float]]
) -> dict[str, Any]:
    """What one catalogue told."""
    measures = run.result.judged[number].measures
    firm_months = sum(firms * share for firms, share in months.values())
    return {
        "version": catalogue.version,
        "points": len(catalogue.points),
        "alerts": {LEVEL_NAMES[level]: measures.sent[level] for level in COLOURS},
        "alerts_per_1000_firms_month": {
            LEVEL_NAMES[level]: _rate(measures.sent[level], firm_months) for level in COLOURS
        },
        "monthly": [
            {
                "month": month,
                "firms": firms,
                **{
                    LEVEL_NAMES[level]: _rate(measures.monthly[month, level], firms * share)
                    for level in COLOURS
                },
            }
            for month, (firms, share) in months.items()
        ],
        **measures.summary(),
        "calibration": _calibration(run, number),
    }


def _calibration(run: Run, number: int) -> dict[str, Any] | None:
    """How honest the probability of default was; None where no outcomes were given."""
    found = run.result.judged[number].forecasts
    return {"months": 12, **found.summary()} if any(half for half in found.scores) else None


def _rate(alerts: int, firm_months: float) -> float:
    return round(1_000 * alerts / firm_months, 3) if firm_months else 0.0


def _months(run: Run, zone: int) -> dict[str, tuple[int, float]]:
    """Every month of the history with the firms known by its end, and the share of it that the history covers."""
    found: dict[str, tuple[int, float]] = {}
    first, last = run.earliest + zone, run.latest + zone
    day, known = datetime.fromtimestamp(first, UTC).replace(day=1, hour=0, minute=0, second=0), 0
    while day.timestamp() <= last and run.records:
        month, length = month_of(int(day.timestamp())), monthrange(day.year, day.month)[1]
        following = day + timedelta(days=length)
        known += run.result.firms[month]
        covered = min(last, following.timestamp()) - max(first, day.timestamp())
        found[month] = known, max(covered, 1.0) / (length * 86_400)
        day = following
    return found


def _moves(counted: Counter[tuple[int, ...]]) -> dict[str, Any]:
    """Firms by tier (one catalogue), or by old and new tier: ``matrix`` with a row for each old one."""
    if all(len(levels) == 1 for levels in counted):
        return {"firms": {name: counted[(level,)] for level, name in enumerate(LEVEL_NAMES)}}
    matrix = {
        old: {new: counted[a, b] for b, new in enumerate(LEVEL_NAMES)} for a, old in enumerate(LEVEL_NAMES)
    }
    differ = sum(count for levels, count in counted.items() if levels[0] != levels[1])
    return {"matrix": matrix, "differ": differ}
