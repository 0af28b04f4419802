"""Reading a catalogue: YAML texts in, a checked :class:`Catalogue` out. Reading the files is the caller's business.

A catalogue is one file, or several that together are one: each gives other keys, and the lists of points, patterns
and inhibitions are joined in the order of the file names.
"""

from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from detectors.catalogue.entry import Pattern, Point
from detectors.catalogue.model import Catalogue, Profile
from detectors.errors import FenghuoError, rule_of

__all__ = ["PARTS", "Catalogue", "Pattern", "Point", "Profile", "joined", "parse", "parse_parts"]

PARTS = "shipped"
"""Folder of the catalogue that ships inside this package."""

_LISTS = ("points", "patterns", "inhibitions")


def parse(text: str, place: str) -> Catalogue:
    """Read a catalogue of one file.

    Raises:
        FenghuoError: not YAML, or a field breaks its rule; the message names the place inside ``place``.
    """
    return _checked(_loaded(text, place), place)


def parse_parts(parts: Mapping[str, str], place: str) -> Catalogue:
    """Read a catalogue of several files, by name; ``place`` is the folder.

    Raises:
        FenghuoError: as :func:`parse`, or two files give one key.
    """
    return _checked(joined(parts, place), place)


def joined(parts: Mapping[str, str], place: str) -> dict[str, Any]:
    """The parts as one mapping, not yet checked.

    Raises:
        FenghuoError: a part is not YAML or no mapping, or gives a key that another has given.
    """
    whole: dict[str, Any] = {}
    for name in sorted(parts):
        part = _loaded(parts[name], f"{place}/{name}")
        for key, value in part.items():
            if key in _LISTS and isinstance(value, list):
                whole[key] = [*whole.get(key, []), *value]
            elif key in whole:
                raise FenghuoError(
                    f"{place}/{name}", f"gives {key}, which another file has given", "keep one"
                )
            else:
                whole[key] = value
    return whole


def _loaded(text: str, place: str) -> dict[str, Any]:
    try:
        loaded = yaml.load(text, _Loader)  # noqa: S506 - the C form of the safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place}:{mark.line + 1}" if mark else place
        what = f"not YAML ({getattr(error, 'problem', error)})"
        raise FenghuoError(where, what, "mend the line") from error
    if not isinstance(loaded, dict):
        raise FenghuoError(place, "holds no mapping", "see docs/catalogue.md")
    return loaded


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _checked(values: Mapping[str, Any], place: str) -> Catalogue:
    try:
        return Catalogue.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False)  # a misspelt field explains the missing one
        first = min(found, key=lambda one: one["type"] != "extra_forbidden")
        field = ".".join(str(part) for part in _named(first["loc"], values)) or "catalogue"
        raise FenghuoError(place, f"{field}: {rule_of(first)}", "see docs/catalogue.md") from error


def _named(path: tuple[int | str, ...], values: Any) -> tuple[int | str, ...]:
    """The path with the id of an entry in the place of its number in the list."""
    if len(path) > 1 and path[0] in _LISTS and isinstance(path[1], int):
        entries = values.get(path[0])
        entry = entries[path[1]] if isinstance(entries, list) and path[1] < len(entries) else None
        if isinstance(entry, dict) and "id" in entry:
            return (path[0], str(entry["id"]), *path[2:])
    return path
