"""Feeds that tell of one matter in stages: applied for, accepted, over.

Some sources change one record as the matter goes on, others send a record for each stage under one natural key. The
statement about the latest stage speaks for the matter, and both ways give the same answer.
"""

from collections.abc import Mapping

from detectors.fact import RETRACT, Fact
from detectors.points.view import View


def matters(view: View, feed: str, stages: tuple[str, ...]) -> list[list[Fact]]:
    """Statements by matter (natural key), each in the order of stages, so that the last one speaks; matters in the
    order in which they began. ``stages`` are the values of ``event``, earliest first; unknown ones come before."""
    rank: Mapping[object, int] = {name: number for number, name in enumerate(stages)}
    held: dict[str, list[Fact]] = {}
    for fact in view.ledger.stating(feed):
        begun = fact.rank != RETRACT and fact.start <= view.day and fact.ceiling >= view.floor
        if begun and (fact.until is None or view.today < fact.until):
            held.setdefault(fact.key, []).append(fact)
    for facts in held.values():
        facts.sort(
            key=lambda fact: (
                fact.occurred,
                rank.get(fact.data.get("event"), -1),
                fact.version,
                fact.weight,
                fact.digest,
            )
        )
    return sorted(held.values(), key=lambda facts: (begin(facts), facts[0].key))


def begin(matter: list[Fact]) -> int:
    """The day on which a matter began."""
    return min(fact.start for fact in matter)


def running(matter: list[Fact], day: int) -> bool:
    """Whether a matter is not over, by its last statement."""
    end = matter[-1].end
    return end is None or day < end
