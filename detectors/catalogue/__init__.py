"""Reading a catalogue: YAML text in, a checked :class:`Catalogue` out. Reading the file is the caller's business."""

import yaml
from pydantic import ValidationError

from detectors.catalogue.model import Catalogue, Point, Profile
from detectors.errors import FenghuoError

__all__ = ["DEFAULT", "Catalogue", "Point", "Profile", "parse"]

DEFAULT = "catalogue.yaml"
"""Name of the catalogue that ships inside this package."""


def parse(text: str, place: str) -> Catalogue:
    """Read a catalogue.

    Raises:
        FenghuoError: not YAML, or a field breaks its rule; the message names the place inside ``place``.
    """
    try:
        return Catalogue.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place}:{mark.line + 1}" if mark else place
        raise FenghuoError(
            where, f"not YAML ({getattr(error, 'problem', error)})", "mend the line"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "catalogue"
        raise FenghuoError(place, f"{field}: {first['msg']}", "see docs/catalogue.md") from error
