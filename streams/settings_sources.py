"""Settings and where each came from: command line, then environment (FENGHUO_*), then TOML file, then default.

``load`` is the one way in; it turns every mistake into one sentence naming the source, the key and the remedy.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import EnvSettingsSource
from pydantic_settings import SettingsError as UnreadableVariable

from detectors.errors import rule_of
from streams.access import Security
from streams.settings import Settings, SettingsError, describe

DEFAULT_FILE = Path("fenghuo.toml")
CONFIG_VARIABLE = "FENGHUO_CONFIG"
OUTSIDE = frozenset({CONFIG_VARIABLE, "FENGHUO_DATA"})  # variables of ours that are not settings


def load(overrides: Mapping[str, object] | None = None, *, config: Path | None = None) -> Settings:
    """Settings from all sources.

    ``overrides``: what the command line said, by setting name (``security.username`` for nested ones); None: not said.
    ``config``: the TOML file; default FENGHUO_CONFIG, else fenghuo.toml if it exists. Relative paths in the file are
    taken from the file's directory. Raises SettingsError.
    """
    said = {name: value for name, value in (overrides or {}).items() if value is not None}
    sources = [*_file(config), *_environment(), ("command line", said)]
    merged: dict[str, Any] = {}
    said_by: dict[str, str] = {}
    for origin, values in sources:
        for name, value in _leaves(values):
            _put(merged, name, value)
            said_by[name] = f"{origin} {_variable(name)}" if origin == "environment" else origin
    for name, origin in said_by.items():
        _check_known(name, origin)
    try:
        return Settings(**merged).told_by(said_by)
    except ValidationError as error:
        raise _explain(error, said_by) from None


def origins(settings: Settings) -> list[tuple[str, str, str]]:
    """``(name, value as text, origin)`` of every setting, in order of declaration; secrets are starred out."""
    return [
        (name, "" if value is None else str(value), settings.origin(name))
        for name, value in _leaves(settings)
    ]


def _file(config: Path | None) -> list[tuple[str, Mapping[str, Any]]]:
    named = config or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    path = named or DEFAULT_FILE
    if named is None and not path.is_file():
        return []
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(
            str(path), f"the settings file cannot be read ({reason})", "check --config"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), f"is not valid TOML ({error})", "correct that line") from None
    for name, value in _leaves(values):
        field = _field(name)
        if field is not None and "Path" in str(field) and isinstance(value, str):
            _put(values, name, str(path.parent / value))
    return [(str(path), values)]


def _environment() -> list[tuple[str, Mapping[str, Any]]]:
    known = {_variable(name) for name, _, _ in describe()} | OUTSIDE
    # Not every FENGHUO_ variable is a setting (a secret may be kept in one), so only likely slips are refused.
    for variable in (
        name for name in os.environ if name.startswith("FENGHUO_") and name.upper() not in known
    ):
        if close := difflib.get_close_matches(variable.upper(), known, 1, 0.85):
            raise SettingsError(f"environment {variable}", "is not a setting", f"did you mean {close[0]}?")
    try:
        return [("environment", EnvSettingsSource(Settings)())]
    except UnreadableVariable as error:
        raise SettingsError(
            "environment", str(error), "set one variable per value, FENGHUO_SECURITY__USERNAME"
        ) from None


def _variable(name: str) -> str:
    return "FENGHUO_" + name.replace(".", "__").upper()


def _leaves(values: Mapping[str, Any] | BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted name and value of everything that is not itself a table."""
    for name, value in list(values.items() if isinstance(values, Mapping) else values):
        if isinstance(value, Mapping | BaseModel):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _put(tree: dict[str, Any], name: str, value: object) -> None:
    *tables, last = name.split(".")
    for table in tables:
        below = tree.setdefault(table, {})
        tree = below if isinstance(below, dict) else {}
    tree[last] = value


def _field(name: str) -> object:
    """The declared type of a setting, None when there is no such setting."""
    first, _, rest = name.partition(".")
    if first == "security" and rest:
        return getattr(Security.model_fields.get(rest), "annotation", None)
    return getattr(Settings.model_fields.get(name), "annotation", None)


def _check_known(name: str, origin: str) -> None:
    if _field(name) is not None:
        return
    known = [known for known, _, _ in describe()]
    close = difflib.get_close_matches(name, known, 1, 0.6)
    remedy = f"did you mean {close[0]!r}?" if close else f"the settings are {', '.join(known)}"
    raise SettingsError(origin, f"unknown setting {name!r}", remedy)


def _explain(error: ValidationError, said_by: Mapping[str, str]) -> SettingsError:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    secret = SecretStr.__name__ in str(_field(name))
    message = rule_of({**first, "input": None} if secret else first)
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    related = [
        origin for key, origin in said_by.items() if key == name or key.startswith(f"{name}.") or not name
    ]
    place = related[0] if related else "settings"
    return SettingsError(
        place, f"{name + ' ' if name else ''}{message}{more}", "see fenghuo config show --origin"
    )
