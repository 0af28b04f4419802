"""The dates that law, court or contract attach to the points of an explanation."""

from typing import Any

from alerts.policy.deadlines import deadlines
from detectors.explanation import Case


def with_deadlines(answer: dict[str, Any], case: Case) -> dict[str, Any]:
    """The explanation with ``deadlines`` (field to ISO date) in each point that shows a colour and has any."""
    for row in (*answer["points"], *answer["patterns"]):
        verdict = case.judgement.verdicts.get(row["id"])
        if row["level"] and verdict is not None:
            found = deadlines(
                row["id"], verdict.finding.evidence, case.judgement.day, case.entity.split(":")[1]
            )
            if found:
                row["deadlines"] = found
    return answer
