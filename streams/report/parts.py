"""Sentences and lists that every form of the report shows."""

from typing import Any, NamedTuple

from detectors.cohorts.rules import DEFAULT
from detectors.points.wording import cohort_words as meaning
from streams.report.content import Report


class Row(NamedTuple):
    """A record and the points it is evidence of."""

    row: dict[str, Any]
    used: list[str]


def evidence(report: Report) -> list[Row]:
    """Every record behind a colour or behind the base M, once, with who uses it."""
    found: dict[tuple[str, ...], Row] = {}
    said = report.explanation
    users = [(point["id"], point["evidence"]) for point in (*said["points"], *said["patterns"])]
    for name, rows in (*users, ("M", said["materiality"]["evidence"])):
        for row in rows:
            key = (row["feed"], row["source"], row["record_id"], row.get("role", ""))
            blank: dict[str, Any] = dict.fromkeys(("role", "to", "doc_no", "says", "sha256", "worked_out"))
            found.setdefault(key, Row({**blank, **row}, [])).used.append(name)
    return [found[key] for key in sorted(found)]


def cohorts_used(report: Report) -> list[str]:
    """The cohorts compared with, in words, and how many firms are in each."""
    sizes: dict[str, list[int]] = {}
    for one in report.compared:
        sizes.setdefault(one.cohort, []).append(one.n)
    return [f"{cohort_words(name)}: {_between(min(n), max(n))} firms" for name, n in sorted(sizes.items())]


def _between(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"


def cohort_words(cohort: str) -> str:
    """The id of a cohort with what it means.

    >>> cohort_words("gbt4754:C|*|CN-330000|*")
    'gbt4754:C|*|CN-330000|* (trade C, any size, CN-330000)'
    """
    return f"{cohort} ({meaning(cohort)})"


def no_peers(report: Report) -> str:
    """Why there is no comparison."""
    if report.peers is None:
        return "Not available: the records do not tell the industry of the firm."
    return (
        f"Not available: the records hold {report.peers} other firms of its industry and region, and a "
        f"comparison takes {DEFAULT.enough} with the same indicator."
    )


def method(report: Report) -> list[str]:
    """How the figures come about."""
    said = report.explanation
    return [
        f"Warning points by catalogue {said['catalogue']}: each point is a rule with published thresholds on the "
        "records of its feeds; the risk score is 100 (1 - product of (1 - p/100)) over all points, live and fading.",
        "The tier is the highest of: a point's colour, a pattern's colour, the level of the risk score, and yellow for "
        "several blue points from different feeds.",
        f"Forces by the efficacy-coefficient method, numbers {report.rules_version}; standards are the quantiles of "
        "the peers where they suffice, else published or default standard values. A force with coverage below 40 % "
        "has no score.",
        "A register that does not report in these records counts as having nothing to tell.",
    ]
