"""What of an alert a subscriber may see: of loans at other lenders (F21) only that there is something, and its colour.

What a lender knows of a borrower is for that lender; others are told an aggregate. Rules:

1. Regulators and the firm itself see everything. Everybody else sees the loans that are reported under its own lender
   ids, and all that does not come from loans.
2. A record of another lender is not named. A credit point that rests on one keeps colour and weight; what was measured,
   since when, and the reason say no more than that another lender reports it.
3. The episode of such a point, which is a lender and the number of a contract, is told as a hash.
4. ``withheld`` lists the points of which something is left out. The ids of alerts, and with them who was told and who
   has answered, stay the same.
"""

from collections.abc import Mapping
from typing import Any

from alerts.policy.expiry import episode_hash

CREDIT = "credit"
"""Family of the points that tell what lenders report."""
ELSEWHERE = "reported by another lender"

_DAYS = ("since", "cleared")
"""Days from which days overdue could be counted."""


def shown(alert: Mapping[str, Any], lenders: frozenset[str] | None) -> Mapping[str, Any]:
    """The alert as somebody sees it who reports loans under these ids (None: who sees everything); the alert itself if
    nothing is left out."""
    if lenders is None:
        return alert
    told = list(alert.get("points") or ())
    rows = [_row(row, lenders) for row in told]
    withheld = {row["id"]: row for row, seen in zip(told, rows, strict=True) if seen is not row}
    episode = _episode(alert, lenders)
    if not withheld and episode == alert.get("episode"):
        return alert
    about = withheld.get(alert["point"])
    reason = str(alert["reason"])
    if about is not None and about["family"] == CREDIT and about["value"]:
        reason = reason.replace(about["value"], ELSEWHERE)
    names = sorted(withheld.keys() | ({alert["point"]} if episode != alert["episode"] else set()))
    return {**alert, "points": rows, "episode": episode, "reason": reason, "withheld": names}


def _row(row: Mapping[str, Any], lenders: frozenset[str]) -> Mapping[str, Any]:
    """One contribution; itself if it names no record of another lender."""
    named = row.get("evidence", ())
    evidence = [one for one in named if "lender" not in one or one["lender"] in lenders]
    if len(evidence) == len(named):
        return row
    if row["family"] != CREDIT:
        return {**row, "evidence": evidence}
    rest = {name: value for name, value in row.items() if name not in _DAYS}
    return {**rest, "value": ELSEWHERE, "evidence": evidence}


def _episode(alert: Mapping[str, Any], lenders: frozenset[str]) -> Any:
    """The episode of a credit point begins with the lender whose contract it was opened for."""
    episode = alert.get("episode")
    lender, bar, _ = str(episode).partition("|")
    if alert.get("feed_family") != CREDIT or not bar or lender in lenders:
        return episode
    return episode_hash(str(episode))
