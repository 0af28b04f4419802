"""Reading the catalogue from disk: the file or folder given, or the one that ships with the package."""

import importlib.resources
from importlib.resources.abc import Traversable
from pathlib import Path

from detectors import catalogue
from detectors.catalogue.model import Catalogue
from detectors.errors import FenghuoError

SUFFIXES = (".yaml", ".yml")


def read_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue.

    Raises:
        FenghuoError: a file cannot be read, is not YAML, or breaks a rule of the catalogue.
    """
    if path is None:
        return catalogue.parse_parts(read_parts(shipped()), catalogue.PARTS)
    if path.is_dir():
        parts = read_parts(path)
        if not parts:
            raise FenghuoError(str(path), "holds no .yaml file", "give a catalogue file or folder")
        return catalogue.parse_parts(parts, str(path))
    return catalogue.parse(_text(path), str(path))


def shipped() -> Traversable:
    """The folder of the catalogue in the package."""
    return importlib.resources.files(catalogue) / catalogue.PARTS


def read_parts(folder: Traversable) -> dict[str, str]:
    """Texts of the files of a catalogue by name.

    Raises:
        FenghuoError: one cannot be read.
    """
    return {one.name: _text(one) for one in folder.iterdir() if one.name.endswith(SUFFIXES)}


def _text(path: Traversable) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise FenghuoError(str(path), f"cannot be read ({error.strerror})", "give a catalogue file") from None
    except UnicodeDecodeError as error:
        raise FenghuoError(str(path), f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from None
