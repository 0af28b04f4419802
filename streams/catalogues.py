"""Reading the catalogue from disk: the file given, or the one that ships with the package."""

import importlib.resources
from pathlib import Path

from detectors import catalogue
from detectors.catalogue.model import Catalogue
from detectors.errors import FenghuoError


def read_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue.

    Raises:
        FenghuoError: the file cannot be read, is not YAML, or breaks a rule of the catalogue.
    """
    if path is None:
        shipped = importlib.resources.files(catalogue) / catalogue.DEFAULT
        return catalogue.parse(shipped.read_text("utf-8"), catalogue.DEFAULT)
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise FenghuoError(str(path), f"cannot be read ({error.strerror})", "give a catalogue file") from None
    except UnicodeDecodeError as error:
        raise FenghuoError(str(path), f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from None
    return catalogue.parse(text, str(path))
