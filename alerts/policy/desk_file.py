"""What a desk knows of one firm: cool-downs, attention, answers, and alerts on their way. Pure, see
:mod:`alerts.policy.desk`. Times are epoch seconds."""

from collections.abc import Mapping
from typing import Any

import msgspec

from alerts.policy.attention import (
    Acknowledged,
    Attention,
    Clock,
    Disposed,
    Disposition,
    Pace,
    advance_attention,
)
from alerts.policy.cooldown import SPANS, Cool, Cooldowns, admit, news
from alerts.policy.quiet import Quiet
from alerts.policy.silence import hides
from detectors.points.finding import RED

_SAME_COLOUR = frozenset({"alert.corrected", "alert.annotated", "alert.expired"})
"""They say something else than the colour, about a colour already told: a cool-down does not concern them."""


_CODES = frozenset(str(code) for code in Disposition)


class Known(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is remembered of an alert that waits; ``urgent`` waits for no company, ``quiet`` asks for no answer,
    ``cause`` is what elsewhere brought it about."""

    point: str
    level: int
    revision: int
    reach: int
    urgent: bool
    quiet: bool
    cause: str = ""


class Answer(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Somebody took notice of the alert of this revision; ``outcome`` is a disposition, or anything else."""

    by: str
    revision: int
    at: int
    outcome: str = ""

    @property
    def event(self) -> Acknowledged | Disposed:
        """What it means for the attention to the alert."""
        if self.outcome in _CODES:
            return Disposed(self.by, Disposition(self.outcome), self.revision, self.at)
        return Acknowledged(self.by, self.revision, self.at)


class File(msgspec.Struct, array_like=True):
    """What the desk knows of one firm, by point; ``pending`` are alerts on their way, by id.

    ``cool_due`` and ``attention_due`` say when to look again at the cool-downs and at the attention (0: never).
    """

    cool: Cooldowns = msgspec.field(default_factory=Cooldowns)
    attention: dict[str, Attention] = {}
    answers: dict[str, tuple[Answer, ...]] = {}
    pending: dict[str, Known] = {}
    cool_due: int = 0
    attention_due: int = 0

    @property
    def held(self) -> set[str]:
        """Alerts that a cool-down keeps back."""
        return {cool.held for cool in self.cool.points.values() if cool.held}

    @property
    def standing(self) -> set[str]:
        """Alerts that somebody may yet be reminded of."""
        return {one.alert_id for one in self.attention.values() if one.status in ("OPEN", "ESCALATED")}


def admitted(
    file: File, alert: Mapping[str, Any], at: int, spans: tuple[int, ...] = SPANS, silent: int = 0
) -> bool:
    """Whether the cool-down, and a silence until ``silent``, let news pass now."""
    one = news(alert)
    key = f"{one.entity}\x1f{one.point}"
    cool = file.cool.points.get(key, Cool())
    if one.revision == 1 < cool.last:  # the count begins anew: the engine has forgotten the point since
        cool = msgspec.structs.replace(cool, last=0)
        file.cool = Cooldowns({**file.cool.points, key: cool})
    if one.revision <= cool.last:
        return False
    silent = silent if hides(alert) else 0
    if silent or (alert["type"] in _SAME_COLOUR and one.level == cool.believed):
        one = msgspec.structs.replace(one, rises=not silent)
    file.cool, sent = admit(file.cool, one, at, spans, silent)
    return sent


def forget_ended(file: File) -> None:
    """Attention that is closed, and answers that nothing will ask for any more."""
    for point, state in list(file.attention.items()):
        closed = state.status == "CLOSED"
        first = state.revision + 1 if closed else state.opened
        answers = tuple(one for one in file.answers.get(point, ()) if one.revision >= first)
        file.answers[point] = answers
        if not answers:
            del file.answers[point]
        if closed:
            del file.attention[point]


def dues(file: File, at: int, pace: Pace, hours: Quiet | None = None) -> tuple[int, int]:
    """When to look at the cool-downs and at the attention again; 0: never. Of ``hours`` only red is reminded."""
    quiet = []
    for cool in file.cool.points.values():
        if cool.held:
            quiet.append(cool.until)
        elif not cool.believed:  # remembered as long as its cool-downs last
            ends = [told + span for told, span in zip(cool.told, SPANS, strict=True) if told]
            quiet.append(max(ends, default=at))
    asked = []
    for state in file.attention.values():
        due = advance_attention(state, Clock(0), pace)[2]
        if due is not None:
            asked.append(due if hours is None or state.level >= RED else hours.over(due))
    return min(quiet, default=0), min(asked, default=0)
