"""Entries of the catalogue: points and patterns, as validated data bound to the functions behind them."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, model_validator

from detectors.points import EVALUATORS, PATTERNS, Evaluator, PatternRule

Family = Literal[
    "court",
    "seizure_mortgage",
    "utility",
    "tax",
    "registry",
    "labour",
    "credit",
    "network",
    "media",
    "source",
    "pattern",
]
Days = Annotated[int, Field(ge=0)]


class Frozen(BaseModel):
    """A value: unknown fields are mistakes, and nothing changes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Conditions(Frozen):
    """The rule of a point in words, with its parameters in braces: what raises each colour, and what clears it."""

    blue: str = ""
    yellow: str = ""
    red: str = ""
    clear: str = ""


class Handling(Frozen):
    """What is expected when a colour is told: an answer within so many working days (0: the same day), and closer
    watching."""

    within_working_days: Days
    watchlist: bool = False


class Entry(Frozen):
    """What a point and a pattern have in common."""

    id: str
    name: str
    name_zh: str
    family: Family
    parameters: Mapping[str, float | int | str] = {}
    when: Conditions = Conditions()
    owner: str = ""
    action: str = ""
    source: str
    why: str

    def said(self, colour: str) -> str:
        """The condition of a colour (or ``clear``) with the numbers filled in; empty if there is none."""
        return self._filled(getattr(self.when, colour))

    @property
    def advice(self) -> str:
        """What to do when it fires, with the numbers filled in; empty where what the colour asks for is enough."""
        return self._filled(self.action)

    def _filled(self, text: str) -> str:
        return text.format_map({**self.numbers(), "_": ""}) if "{" in text else text

    def numbers(self) -> Mapping[str, Any]:
        """Every parameter with the value in force, defaults included."""
        return msgspec.structs.asdict(self.limit)

    @cached_property
    def limit(self) -> msgspec.Struct:
        """The bound parameters."""
        return msgspec.convert(dict(self.parameters), self._parameters())

    def _parameters(self) -> type[msgspec.Struct]:
        raise NotImplementedError

    def _bound(self, known: Mapping[str, object], evaluator: str) -> None:
        """Check that the evaluator exists, takes these parameters, and that the words name no others."""
        if evaluator not in known:
            raise ValueError(f"evaluator {evaluator!r} does not exist; known are {', '.join(sorted(known))}")
        try:
            _ = self.limit
        except msgspec.ValidationError as error:
            raise ValueError(f"parameters of {evaluator}: {error}") from error
        words = {f"when.{colour}": text for colour, text in self.when} | {"action": self.action}
        for place, text in words.items():
            try:
                self._filled(text)
            except (KeyError, ValueError, IndexError) as error:
                names = ", ".join(sorted(self.numbers())) or "none"
                raise ValueError(f"{place} names {error}, the parameters are: {names}") from error


class Point(Entry):
    """One warning point: data about it, the evaluator behind it and the parameters it is called with.

    ``only`` names the payload values that the records of a feed must have to concern it (``{utility: water}``),
    ``looks_at`` the other points whose colour it asks for, ``core`` tells the 49 from the extensions.
    """

    id: str = Field(pattern=r"^(WP-\d{2}|WX-\d{2})$")
    feeds: Annotated[tuple[str, ...], Field(min_length=1)]
    evaluator: str
    half_life_days: Annotated[int, Field(gt=0)]
    hard: bool = False
    statutory: bool = False
    hold_days: Days = 0
    only: Mapping[str, str] = {}
    looks_at: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _bind(self) -> "Point":
        self._bound(EVALUATORS, self.evaluator)
        return self

    @property
    def core(self) -> bool:
        """Whether it is one of the 49."""
        return self.id.startswith("WP")

    @cached_property
    def behind(self) -> Evaluator:
        """The evaluator."""
        return EVALUATORS[self.evaluator]

    def _parameters(self) -> type[msgspec.Struct]:
        return EVALUATORS[self.evaluator].parameters


class Pattern(Entry):
    """A composite pattern: a sequence or a coincidence of points that moves the tier, never the score.

    ``members`` are the points it is made of; unless one of them weighs it is not looked at. ``feeds`` are theirs.
    """

    id: str = Field(pattern=r"^CP-\d{2}$")
    evaluator: str
    members: Annotated[tuple[str, ...], Field(min_length=1)]
    feeds: tuple[str, ...] = ()
    half_life_days: Literal[1] = 1
    hard: Literal[False] = False
    statutory: Literal[False] = False

    @model_validator(mode="after")
    def _bind(self) -> "Pattern":
        self._bound(PATTERNS, self.evaluator)
        return self

    @cached_property
    def rule(self) -> PatternRule:
        """The function behind it."""
        return PATTERNS[self.evaluator]

    def _parameters(self) -> type[msgspec.Struct]:
        return PATTERNS[self.evaluator].parameters


class Inhibition(Frozen):
    """While ``by`` shows ``level`` or more, no message is sent about ``points``: it is the same story. The score counts
    them.

    ``within`` tells what they must share: nothing, the ``chain`` of a case, or the utility ``account``.
    """

    by: str
    points: tuple[str, ...]
    within: Literal["entity", "chain", "account"] = "entity"
    level: Annotated[int, Field(ge=1, le=3)] = 1
