"""The reason of an alert: one sentence that is understood without knowing the catalogue."""

import re

from detectors.catalogue.entry import Pattern, Point
from detectors.catalogue.model import Catalogue
from detectors.judge import Judgement
from detectors.points.finding import BLUE, LEVEL_NAMES, YELLOW
from detectors.score import in_tenths, level_of_score, score

_ID = re.compile(r"\b(?:WP|WX|CP)-\d{2}\b")
_SHOWN = 3


def sentence(why: str, about: Point | Pattern | None, catalogue: Catalogue) -> str:
    """What an alert is about and why, with the name of every point that is mentioned."""
    said = _ID.sub(lambda found: named(found[0], catalogue), why)
    return f"{about.name}: {said}" if about is not None and said else said


def named(point: str, catalogue: Catalogue) -> str:
    """The id of a point or pattern with its name; the id alone if it is not of this catalogue."""
    entry = catalogue.by_id.get(point)
    return point if entry is None else f"{point} {entry.name}"


def tier_reason(
    before: int, after: int, judgement: Judgement, catalogue: Catalogue, *, at_once: bool = False
) -> str:
    """Why the tier moved though no single point tells it: the score, several blues, or a step down.

    ``at_once`` says that evidence was withdrawn or corrected.
    """
    value = score(judgement, catalogue)
    stands = f"the score is {in_tenths(value)} of 100"
    if after > before:
        colour, points = LEVEL_NAMES[after], judgement.weighing.items()
        if level_of_score(value, catalogue) >= after:
            return (
                f"{stands} ({colour} from {catalogue.score.enter[after]:g}){_heaviest(judgement, catalogue)}"
            )
        shown = sorted(name for name, verdict in points if verdict.level >= after)
        return f"{colour} by {', '.join(shown)}" if shown else _blues(judgement, catalogue)
    if at_once:
        return f"evidence was withdrawn or corrected by its source; {stands}"
    return f"nothing asks for {LEVEL_NAMES[before]} any more, and its waiting time is over; {stands}"


def _heaviest(judgement: Judgement, catalogue: Catalogue) -> str:
    """The points that weigh most, with their share of 100 each."""
    weights = [
        (verdict.weight(judgement.day, catalogue.by_id[name].half_life_days), name)
        for name, verdict in judgement.weighing.items()
    ]
    rows = sorted(((p, name) for p, name in weights if p > 0), key=lambda one: (-one[0], one[1]))
    said = [f"{name} ({p:.0f})" for p, name in rows[:_SHOWN]]
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return f", most by {', '.join(said)}{more}" if said else ""


def _blues(judgement: Judgement, catalogue: Catalogue) -> str:
    blues = sorted(name for name, verdict in judgement.weighing.items() if verdict.level == BLUE)
    days = catalogue.score.blues_window_days
    return (
        f"{LEVEL_NAMES[YELLOW]} for {len(blues)} blue points, of which {catalogue.score.blues_for_yellow} from "
        f"different feeds within {days} days: {', '.join(blues)}"
    )
