"""Why a tier follows from the points, and what an explanation adds to a point from the catalogue, in words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from detectors.catalogue.entry import Pattern, Point
from detectors.catalogue.model import Catalogue
from detectors.contagion.parameters import Contagion
from detectors.points.finding import BLUE, LEVEL_NAMES, YELLOW
from detectors.record import Record
from detectors.score import in_tenths, level_of_score, noisy_or

_PARAMETER = re.compile(r"`(\w+)`( points)?")
_ID = re.compile(r"\b(?:WP|WX|CP)-\d{2}\b|\bent:[\w-]+:[\w./-]*[\w-]")


def because(level: int, told: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
    """Every reason for which the tier is at least this one, in words."""
    rows: Sequence[Mapping[str, Any]] = told["points"]
    enter, value = catalogue.score.enter, in_tenths(told["score"])
    if not level:
        return [f"no point shows a colour, and the score {value} is below {enter[BLUE]:g}"]
    found = [f"{row['id']} {row['name']} is {row['colour']}" for row in rows if row["level"] >= level]
    if level_of_score(told["score"], catalogue) >= level:
        found.append(f"the score {value} reaches {enter[level]:g}, from which it is {LEVEL_NAMES[level]}")
    blues = [row["id"] for row in rows if row["level"] == BLUE]
    if level == YELLOW and not found and len(blues) >= catalogue.score.blues_for_yellow:
        days = catalogue.score.blues_window_days
        found.append(f"several blue points from different feeds within {days} days: {', '.join(blues)}")
    return found or [
        f"it has been {LEVEL_NAMES[level]} and falls one level at a time, each after its waiting time; "
        "no point and no score asks for it any more"
    ]


def words(
    entry: Point | Pattern, row: Mapping[str, Any], catalogue: Catalogue, spreading: Contagion
) -> dict[str, Any]:
    """The rule of a point with its numbers, who is to do what, and where the rule is from."""
    colours = (*LEVEL_NAMES[1:], "clear")
    found = {
        "rule": {one: _numbered(said, spreading) for one in colours if (said := entry.said(one))},
        "action": entry.advice or catalogue.actions.get(row["colour"], "nothing to do")
        if row["level"]
        else "nothing to do",
        "owner": entry.owner or catalogue.owner,
        "rule_source": entry.source,
        "why": entry.why,
    }
    if isinstance(entry, Pattern):
        found["members"] = list(row.get("members", entry.members))
    return found


def _numbered(said: str, spreading: Contagion) -> str:
    """A rule that names numbers of the contagion model by their parameters, with the numbers."""

    def filled(found: re.Match[str]) -> str:
        number = getattr(spreading, found[1], None)
        if not isinstance(number, int | float):
            return found[0]
        return f"{number * 100:g} points" if found[2] else f"{number:.0%}"

    return _PARAMETER.sub(filled, said)


def without(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    """The score without one of the points that weigh."""
    return round(noisy_or([row["p"] for row in rows if row["id"] != name]), 4)


def with_names(text: str, known: Mapping[str, str]) -> str:
    """A text with the name behind the id of every point, and of every firm, that it mentions.

    >>> with_names("one within 30 days after WP-30", {"WP-30": "tax-arrears notice"})
    'one within 30 days after WP-30 tax-arrears notice'
    """
    return _ID.sub(lambda found: f"{found[0]} {known[found[0]]}" if found[0] in known else found[0], text)


def names(rows: Sequence[Mapping[str, Any]], catalogue: Catalogue) -> dict[str, str]:
    """The names of all points and patterns that the texts of an explanation mention by their ids."""
    return {one: catalogue.by_id[one].name for one in _mentioned(rows) if one in catalogue.by_id}


def _mentioned(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    said = [str(row.get(field, "")) for row in rows for field in ("value", "threshold", "rule", "members")]
    return sorted({one for text in said for one in _ID.findall(text)})


_ENDS = ("guarantor", "debtor", "from", "to")
_NAMELESS = re.compile(r":(?:person|name)-")


def firms(rows: Sequence[Mapping[str, Any]], records: Iterable[Record]) -> dict[str, str]:
    """The names of the firms that the texts of an explanation mention by their ids, as far as the records of the firm
    explained name those it is bound to (F26, F27). Persons stay nameless, and so does whoever is known by a name alone,
    which may be that of a person."""
    asked = {one for one in _mentioned(rows) if one.startswith("ent:") and not _NAMELESS.search(one)}
    found: dict[str, str] = {}
    persons: set[str] = set()
    for record in records if asked else ():
        if record.feed in ("F26", "F27"):
            for end in _ENDS:
                who, name = record.payload.get(end), record.payload.get(f"{end}_name")
                if who in asked and name:
                    found[who] = str(name)
            if record.payload.get("from_kind") == "person":
                persons.add(str(record.payload.get("from")))
    return {who: name for who, name in sorted(found.items()) if who not in persons}
