"""What became of firms: JSON lines as on the ``outcomes`` topic, or the hidden truth of a simulated district."""

import json
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

import msgspec

from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue
from detectors.errors import FenghuoError
from detectors.record import epoch
from streams.engine.worker import ADVERSE


class Outcomes(msgspec.Struct, frozen=True):
    """Failures (epoch seconds) by firm, how many lines told of something else, and whether all of it is made up."""

    failures: dict[str, list[int]]
    others: int
    simulated: bool


def read_outcomes(path: Path, catalogue: Catalogue) -> Outcomes:
    """Read a file of outcomes; a firm of the hidden truth fails at the beginning of the day of its default.

    Raises:
        FenghuoError: the file cannot be read, or a line is no outcome.
    """
    found: dict[str, list[int]] = {}
    others, simulated = 0, False
    for number, said in _lines(path):
        if "kind" in said:
            simulated = True
        try:
            told = _told(said, catalogue)
        except (KeyError, TypeError, ValueError) as error:
            what = f"not an outcome ({type(error).__name__}: {error})"
            raise FenghuoError(f"{path}:{number}", what, "give entity, outcome and at") from None
        if told is None:
            others += 1
        else:
            found.setdefault(told[0], []).append(told[1])
    return Outcomes(found, others, simulated)


def _told(said: dict[str, Any], catalogue: Catalogue) -> tuple[str, int] | None:
    """Firm and instant of a failure; None for a line about something else."""
    if "kind" in said:
        if said["kind"] != "firm" or said["default_on"] is None:
            return None
        zone = catalogue.profile(jurisdiction_of(said["entity"])).zone
        return said["entity"], epoch(
            datetime.combine(datetime.fromisoformat(said["default_on"]), time(), zone)
        )
    at = datetime.fromisoformat(said["at"])
    if at.tzinfo is None:
        raise ValueError(f"at {said['at']} has no offset")
    return (str(said["entity"]), epoch(at)) if said["outcome"] in ADVERSE else None


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    said = json.loads(line)
                    if not isinstance(said, dict):
                        raise FenghuoError(f"{path}:{number}", "not a JSON object", "mend the line")
                    yield number, said
    except OSError as error:
        raise FenghuoError(
            str(path), f"cannot be read ({error.strerror})", "give a file of outcomes"
        ) from None
    except ValueError as error:
        raise FenghuoError(str(path), f"not JSON lines ({error})", "give a file of outcomes") from None
