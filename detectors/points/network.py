"""Network points: what a firm has guaranteed, and what reaches it through those it is bound to.

What reaches a firm is worked out where the whole circle is known and told to it as an impulse (F34), which lies in its
ledger like any other fact.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from detectors.fact import IMPULSE, Fact
from detectors.points.circles import LARGE, LONGEST, require_between, require_step, two_digits
from detectors.points.evaluator import Evaluator, NoParameters, ends
from detectors.points.finding import BLUE, LEVEL_NAMES, NONE, NOT_FIRED, RED, YELLOW, Finding
from detectors.points.view import View
from detectors.points.wording import spoken


def told(view: View) -> tuple[Fact, Mapping[str, Any]] | None:
    """What the circle says of this firm today."""
    facts = view.active(IMPULSE)
    return (facts[-1], facts[-1].data["network"]) if facts else None


def contagion(view: View, _: NoParameters) -> Finding:
    """WP-49 担保圈传染: distress that reaches the firm through guarantees and control.

    The colour was decided where the circle is known, from the contagion increment p - p_s, the hops and the exposure
    against M (self-consistent vulnerability after the VulnDS model of a bank's guarantee monitor; thresholds are
    configuration defaults); the impulse carries the reason and the paths, by which it can be checked.
    """
    heard = told(view)
    if heard is None or not heard[1]["level"]:
        return NOT_FIRED if heard is None else Finding(details=_details(heard[1]))
    fact, said = heard
    return Finding(
        level=int(said["level"]),
        value=str(said["reason"]),
        threshold=str(said["threshold"]),
        since=fact.start,
        evidence=(fact,),
        details=_details(said),
        episode=f"circle {said['circle']['id']}" if said.get("circle") else "",
    )


def _details(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in ("p", "p_self", "delta", "origins", "circle") if name in said}


def key_person(view: View, _: NoParameters) -> Finding:
    """WX-04 关键人失信/被执行: a legal representative or controller is listed for debts of their own: yellow.

    Listed is whoever a court enforces against (F04), and whoever is red.
    """
    return _reached(
        view, "persons", YELLOW, NONE, "yellow when a key person is under enforcement or red by own debts"
    )


def red_affiliate(view: View, _: NoParameters) -> Finding:
    """WX-05 关联企业红色: a firm under the same controller is red: yellow; under the same representative: blue."""
    return _reached(
        view, "affiliates", YELLOW, BLUE, "yellow for one controller, blue for one legal representative"
    )


def _reached(view: View, kind: str, strong: int, weak: int, threshold: str) -> Finding:
    heard = told(view)
    others = heard[1].get(kind, []) if heard is not None else []
    if heard is None or not others:
        return NOT_FIRED
    level = strong if any(other["strong"] for other in others) else weak
    if not level:
        return NOT_FIRED
    names = ", ".join(
        f"{other['entity']} ({spoken(other['relation'])}{_but(other)})" for other in others[:_NAMED]
    )
    return Finding(
        level=level,
        value=f"{len(others)} {LEVEL_NAMES[RED]}{' or under enforcement' if any(map(_but, others)) else ''}: {names}"
        + _more(len(others)),
        threshold=threshold,
        since=heard[0].start,
        evidence=(heard[0],),
        details={kind: others},
    )


_NAMED = 5


def _but(other: Mapping[str, Any]) -> str:
    """What is said of somebody who is not red."""
    return "" if other.get("level", RED) >= RED else ", under enforcement"


def _more(number: int) -> str:
    return f" and {number - _NAMED} more" if number > _NAMED else ""


class Circular(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WX-06: longest cycle that counts."""

    longest: int = LONGEST

    def __post_init__(self) -> None:
        require_between("longest", 2, self.longest, LONGEST)


def circular_guarantee(view: View, limit: Circular) -> Finding:
    """WX-06 互保/循环担保: two firms that guarantee each other are blue; a cycle that carries M or more is yellow.

    Reciprocal guarantees are the fragile motif of guarantee networks (Wang and others, Nature Communications 2020).
    """
    heard = told(view)
    circle = heard[1].get("circle") if heard is not None else None
    if heard is None or not circle:
        return NOT_FIRED
    told_of = [(int(circle.get(one, 0)), int(circle.get(of, 0))) for one, of in _CYCLES]
    cycles = [(length, amount) for length, amount in told_of if 2 <= length <= limit.longest]
    length, amount = next(
        (one for one in cycles if one[1] >= view.base.amount), cycles[0] if cycles else (0, 0)
    )
    heavy = amount >= view.base.amount
    if not length or (length > 2 and not heavy):
        return NOT_FIRED
    return Finding(
        level=YELLOW if heavy else BLUE,
        value=f"cycle of {length} firms, {view.text(amount)}",
        threshold=f"blue for 2 firms, yellow up to {limit.longest} firms with {view.text(view.base.amount)} or more",
        since=heard[0].start,
        evidence=(heard[0],),
        details={"cycle": length, "amount": amount, "base_rung": view.base.rung},
    )


_CYCLES = (("cycle", "cycle_amount"), ("heavy_cycle", "heavy_amount"))
"""The shortest cycle through the firm, and the heaviest where that is another, with what they carry."""


class CircleSize(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """WX-07: size and density of a circle, and the share of red members."""

    firms: int = LARGE
    density: float = 0.20
    red_share: float = 0.10

    def __post_init__(self) -> None:
        if self.firms < LARGE or self.firms != two_digits(self.firms):
            raise ValueError(f"firms is at least {LARGE} and has two digits before zeros, got {self.firms}")
        require_step("density", self.density)
        require_step("red_share", self.red_share)


def circle_size(view: View, limit: CircleSize) -> Finding:
    """WX-07 担保圈规模密度: a large and dense circle, or a large one with many red members: yellow for all members."""
    heard = told(view)
    circle = heard[1].get("circle") if heard is not None else None
    if heard is None or not circle or circle["firms"] < limit.firms:
        return NOT_FIRED
    if circle["density"] < limit.density and circle["red_share"] < limit.red_share:
        return NOT_FIRED
    return Finding(
        level=YELLOW,
        value=f"circle of {circle['firms']} firms, density {circle['density']:.2f}, {circle['red_share']:.0%} red "
        "(rounded down)",
        threshold=f"yellow from {limit.firms} firms with density {limit.density:.2f} or {limit.red_share:.0%} red",
        since=heard[0].start,
        evidence=(heard[0],),
        details={"circle": circle},
        episode=f"circle {circle['id']}",
    )


EVALUATORS: Mapping[str, Evaluator] = {
    "contagion": Evaluator(contagion, NoParameters, ends),
    "key_person": Evaluator(key_person, NoParameters, ends),
    "red_affiliate": Evaluator(red_affiliate, NoParameters, ends),
    "circular_guarantee": Evaluator(circular_guarantee, Circular, ends, measured_by_base=True),
    "circle_size": Evaluator(circle_size, CircleSize, ends),
}
