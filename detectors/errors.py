"""Errors a person can act on: each message names the place, the rule and what came instead."""

from collections.abc import Mapping
from typing import Any


class FenghuoError(Exception):
    """A mistake outside the program (input, configuration, environment); shown as one sentence, never a traceback."""

    def __init__(self, place: str, problem: str, remedy: str = "") -> None:
        """``place`` says where, ``problem`` what rule was broken by what, ``remedy`` what to do about it."""
        super().__init__(f"{place}: {problem}" + (f"; {remedy}" if remedy else ""))
        self.place = place
        self.problem = problem
        self.remedy = remedy


def rule_of(error: Mapping[str, Any]) -> str:
    """The rule that one of pydantic's errors names, to be read behind the name of the field, and what came instead.

    >>> rule_of({"type": "greater_than", "msg": "Input should be greater than 0", "input": -4})
    'should be greater than 0, got -4'
    """
    kind, came = error["type"], error["input"]
    if kind in _RULES:
        return _RULES[kind]
    said: str = error["msg"].removeprefix("Value error, ")
    if kind == "value_error":
        return said
    said = said.removeprefix("Input ").removeprefix("String ")
    return f"{said}, got {came!r}" if isinstance(came, str | int | float) else said


_RULES = {
    "missing": "is missing",
    "extra_forbidden": "is no name that is known here",
    "model_type": "should be a mapping of names to values",
    "dict_type": "should be a mapping of names to values",
}
