"""What points about silence ask first: whether the source speaks at all, and whether a suspension of business (歇业)
explains it."""

from detectors.points.view import View

LONGEST_DAYS = 1_096
"""A suspension lasts three years at most (市场主体登记管理条例 art. 30)."""


def suspensions(view: View) -> list[tuple[int, int]]:
    """Half-open intervals of days for which a suspension was filed (F25), up to any later change of status."""
    changes = [fact for fact in view.known("F25") if fact.data.get("item") == "status"]
    found = []
    for index, fact in enumerate(changes):
        if fact.data.get("status") != "suspended":
            continue
        ends = [fact.start + LONGEST_DAYS]
        ends += [later.start for later in changes[index + 1 : index + 2]]
        ends += [fact.end] if fact.end is not None else []
        if min(ends) > fact.start:
            found.append((fact.start, min(ends)))
    return found


def suspended(view: View, day: int) -> bool:
    """Whether a suspension was in force on ``day``."""
    return any(begin <= day < end for begin, end in suspensions(view))
