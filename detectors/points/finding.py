"""What an evaluator answers: fired with a colour, not fired, or not evaluable with the reason."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from detectors.fact import FAR, Fact

NONE, BLUE, YELLOW, RED = 0, 1, 2, 3
LEVEL_NAMES = ("none", "blue", "yellow", "red")
SCALE = "fenghuo-3"
"""Levels are ordinals on this scale, so that a regulator's four-level scale can be mapped."""


class Finding(msgspec.Struct, frozen=True, gc=False):
    """The answer of one evaluator on one day.

    ``level`` 0 to 3; ``missing`` says why the point cannot be evaluated; ``value`` and ``threshold`` are what was
    measured and what it was held against, as short text with units; ``since`` the day the condition became true;
    ``evidence`` the facts that made it so, strongest first; ``turn`` the next day on which the answer may change by
    itself, besides those on which a fact begins or ends; ``episode`` what the story is about, if not the earliest
    evidence; ``told`` the day up to which the source must have told all before the answer may change, for answers that
    rest on something not having been said. ``quiet`` says that nothing weighs or ever did, so that a harmless fact more
    changes nothing; ``usual`` what a fact must keep to in order to be harmless, for evaluators whose measure of that
    moves with the entity.
    """

    level: int = NONE
    missing: str | None = None
    value: str = ""
    threshold: str = ""
    since: int = 0
    evidence: tuple[Fact, ...] = ()
    turn: int = FAR
    details: dict[str, Any] = {}
    episode: str = ""
    quiet: bool = False
    usual: dict[str, Any] = {}
    told: int = FAR


AS_SOON_AS_TOLD = -FAR
"""In the place of a day: as soon as the source says how far it is."""

NOT_FIRED = Finding()


def not_evaluable(reason: str) -> Finding:
    """A gap in the data must not look like health."""
    return Finding(missing=reason)


_COMPARED = {"kwh_yoy": "change of electricity use", "tax_yoy_3m": "change of tax paid"}


def no_norm(indicator: str, period: str) -> Finding:
    """Not evaluable until what is usual in the month is known; then the entity is looked at again."""
    return Finding(
        missing=f"not known yet what {_COMPARED.get(indicator, indicator)} its peers had in {period}",
        details=dict(AWAITS_NORM),
    )


AWAITS_NORM: Mapping[str, Any] = {"awaits": "norm"}
"""Among the details of a finding that the norm of a month would change, whether it shows a colour or not."""


def awaits_norm(finding: Finding) -> bool:
    """Whether a finding would say more once norms are known."""
    return finding.details.get("awaits") == "norm"


def worst(findings: Sequence[Finding]) -> Finding:
    """The strongest of several findings, the earliest of equals, which may change when any of them may."""
    if not findings:
        return NOT_FIRED
    strongest = max(findings, key=lambda finding: (finding.level, -finding.since))
    if len(findings) == 1:
        return strongest
    return msgspec.structs.replace(strongest, turn=min([finding.turn for finding in findings]))
