"""The subscriptions file (YAML) read into values, with errors a person can act on.

The text is an argument and nothing is read from disk or environment, so the same text means the same
everywhere.
"""

from collections.abc import Mapping
from typing import Any, cast

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from alerts.policy.reach import Contact, Manner
from alerts.policy.silence import Silence
from alerts.policy.subscriptions import Level, Role, Subscription, Subscriptions, near
from detectors.errors import FenghuoError


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C loader is optional
    """Safe YAML that refuses a key given twice: a second ``entities`` would silently replace the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"key {key_node.value!r} is given twice", problem_mark=key_node.start_mark
                )
            seen.add(key_node.value)
        return cast("dict[Any, Any]", super().construct_mapping(node, deep=deep))


_SHAPES = {
    "tuple_type": "a list",
    "frozen_set_type": "a list",
    "model_type": "a mapping of keys to values",
    "string_type": "text",
}


def parse_subscriptions(text: str, place: str = "subscriptions file") -> Subscriptions:
    """Read the YAML text of a subscriptions file; ``place`` (its name) is only used in errors.

    Raises:
        FenghuoError: one sentence with the file, the subscriber, the rule broken and the nearest right word.
    """
    try:
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader derives from the safe loader
    except yaml.YAMLError as error:
        raise FenghuoError(
            place, f"is not readable YAML: {_yaml_problem(error)}", "correct that line"
        ) from None
    if not isinstance(raw, Mapping):
        raise FenghuoError(place, "holds no mapping", "begin with 'subscriptions:' and a list below it")
    try:
        return Subscriptions.model_validate(raw)
    except ValidationError as error:
        # secrets or whole entity lists must not reach a terminal: only the first problem, without the input
        # (a misspelt key first: it usually explains the one that is missing)
        first = min(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
        who = _who(first, raw)
        raise FenghuoError(f"{place}: {who}" if who else place, _problem(first)) from None


def _yaml_problem(error: yaml.YAMLError) -> str:
    problem, mark = getattr(error, "problem", None), getattr(error, "problem_mark", None)
    return f"{problem or 'broken structure'}" + (
        f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    )


def _who(error: ErrorDetails, raw: Mapping[str, object]) -> str:
    """Name the subscriber an error is about: its id when readable, else its place in the list."""
    index = error["loc"][1] if len(error["loc"]) > 1 and error["loc"][0] == "subscriptions" else None
    if not isinstance(index, int):
        return ""
    entry = cast("list[object]", raw["subscriptions"])[index]
    name = entry.get("subscriber_id") if isinstance(entry, Mapping) else None
    return f"subscriber {name!r}" if isinstance(name, str) else f"subscription {index + 1}"


_WORDS = {"channel": ("kafka", "webhook"), "digest": ("daily", "none")}
_NESTED: Mapping[str, type[BaseModel]] = {"escalate_to": Contact, "delivery": Manner, "silences": Silence}


def _known(error: ErrorDetails) -> tuple[str, ...]:
    """The keys there are where an unknown one was found."""
    if len(error["loc"]) == 1:
        return ("subscriptions",)
    inside = next((_NESTED[str(part)] for part in error["loc"] if part in _NESTED), Subscription)
    return tuple(field.alias or name for name, field in inside.model_fields.items())


def _problem(error: ErrorDetails) -> str:
    """One pydantic error in plain words."""
    loc = [part for part in error["loc"] if isinstance(part, str) and part != "subscriptions"]
    field = loc[0] if loc else "subscriptions"
    key = ".".join(loc) if field in _NESTED else field
    if error["type"] == "extra_forbidden":
        return f"unknown key {key!r}{near(loc[-1] if loc else key, _known(error))}"
    if error["type"] == "missing":
        return f"{key!r} is missing"
    if error["type"] == "enum":
        words = tuple(str(item) for item in (Role if field == "role" else Level))
        return f"{field} {error['input']!r} is unknown{near(error['input'], words)}"
    if error["type"] == "literal_error":
        words = _WORDS.get(loc[-1], ("en", "zh"))
        return f"{key} {error['input']!r} is unknown{near(error['input'], words)}"
    if error["type"] in _SHAPES:
        return f"{key if loc or error['loc'][-1:] == (field,) else 'it'} must be {_SHAPES[error['type']]}"
    message = error["msg"].removeprefix("Value error, ").removesuffix(".")
    return f"{key}: {message}" if loc else message
