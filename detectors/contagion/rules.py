"""Colours by contagion (WP-49 担保圈传染): a pure function of a firm, its origins and the contagion increment.

An origin is a firm that is yellow or red by facts of its own; a colour raised here never makes one, so that alerts
do not cascade. The increment Δ = p - p_s triggers; what an alert cites is the influence of each origin, without
return.
"""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from detectors.contagion.graph import Graph
from detectors.contagion.parameters import Contagion
from detectors.contagion.paths import path_ceiling, path_weight, paths_into
from detectors.points.finding import BLUE, LEVEL_NAMES, NONE, RED, YELLOW
from detectors.points.wording import percent

_HOPS = (
    2  # the rules know direct debtors and those behind them; further members only show in the macro figures
)


class Subject(msgspec.Struct, frozen=True):
    """The firm judged: base M in minor units, p with and p_s without contagion, its level by own facts."""

    entity: str
    base: int
    p: float
    p_self: float
    level: int = NONE

    def __post_init__(self) -> None:
        if self.base <= 0:
            raise ValueError(f"materiality base of {self.entity}: above 0, got {self.base}")

    @property
    def delta(self) -> float:
        """Contagion increment."""
        return self.p - self.p_self


class Origin(msgspec.Struct, frozen=True):
    """A firm in distress and how it reaches the subject.

    ``level`` by facts of its own only, without points that come from the network; ``hop`` 1 for a direct debtor;
    ``exposure`` what the subject answers for, minor units; ``weight`` product of the weights along ``path``, which
    runs from the origin to the subject; ``influence`` that times p_s of the origin; ``ceiling`` the highest colour
    the evidence of the path may raise.
    """

    entity: str
    level: int
    hop: int
    exposure: int
    weight: float
    influence: float
    path: tuple[str, ...]
    ceiling: int = RED


class Verdict(msgspec.Struct, frozen=True):
    """The colour, why in one sentence, and the origins that made it, strongest first."""

    level: int
    reason: str
    origins: tuple[Origin, ...] = ()
    delta: float = 0.0
    held: bool = False


class _Claim(msgspec.Struct, frozen=True):
    level: int
    reason: str
    origins: tuple[Origin, ...]


def judge(
    subject: Subject,
    origins: Collection[Origin],
    limit: Contagion,
    *,
    held: int = NONE,
    hysteresis: float | None = None,
    cells: Sequence[str] = (),
) -> Verdict:
    """The contagion colour of ``subject``; origins beyond hop 2 or below yellow are passed over.

    ``held`` is the contagion colour it has now: it falls only when the values lie below the triggers by
    ``hysteresis`` (None: as configured), so never merely for touching one; RED tells the highest that may be kept.
    ``cells`` are the neighbours on either side that are in distress by facts of their own; in ``literal_mode`` each
    makes the subject at least blue.

    The increment counts only where an origin explains it; a firm further off gets no colour.
    """
    abnormal = sorted(
        (one for one in origins if one.level >= YELLOW and 1 <= one.hop <= _HOPS),
        key=lambda one: (-one.level, one.hop, -one.influence, -one.exposure, one.entity),
    )
    now = _strongest(subject, abnormal, limit, 0.0, cells)
    if now.level >= held:
        return Verdict(now.level, now.reason, now.origins, subject.delta)
    slack = limit.hysteresis if hysteresis is None else hysteresis
    before = _strongest(subject, abnormal, limit, slack, cells)
    if before.level <= now.level:
        return Verdict(now.level, now.reason, now.origins, subject.delta)
    reason = f"{before.reason}; kept until {slack * 100:g} points below its trigger"
    return Verdict(min(before.level, held), reason, before.origins, subject.delta, held=True)


def _strongest(
    subject: Subject, origins: Sequence[Origin], limit: Contagion, slack: float, cells: Sequence[str]
) -> _Claim:
    claims = [
        *_by_exposure(subject, origins, limit, slack),
        *(claim for origin in origins for claim in _by_origin(subject, origin, limit, slack)),
        *_by_increment(subject, origins, limit, slack),
    ]
    if limit.literal_mode and cells:
        claims.append(_Claim(BLUE, f"neighbour of {_several(sorted(cells))} in distress", tuple(origins)))
    level = max((claim.level for claim in claims), default=NONE)
    if level == NONE:
        return _Claim(NONE, "no contagion", ())
    made = [claim for claim in claims if claim.level == level]
    part = {origin.entity for claim in made for origin in claim.origins}
    reason = _several([claim.reason for claim in made], between="; ")
    return _Claim(level, reason, tuple(origin for origin in origins if origin.entity in part))


def _by_increment(
    subject: Subject, origins: Sequence[Origin], limit: Contagion, slack: float
) -> list[_Claim]:
    if not origins:
        return []
    highest = max(origin.ceiling for origin in origins)
    for level, trigger in ((RED, limit.delta_red), (YELLOW, limit.delta_yellow), (BLUE, limit.delta_blue)):
        if _reaches(subject.delta, trigger, slack):
            names = _several([origin.entity for origin in origins])
            said = (
                f"contagion from {names} raises the probability of failure within a year by "
                f"{subject.delta * 100:.0f} points, from {subject.p_self:.0%} to {subject.p:.0%}"
            )
            return [_Claim(min(level, highest), said, tuple(origins))]
    return []


def _by_exposure(subject: Subject, origins: Sequence[Origin], limit: Contagion, slack: float) -> list[_Claim]:
    """Red debtors guaranteed for more than the firm can bear, all together."""
    direct = tuple(one for one in origins if one.level >= RED and one.hop == 1 and one.ceiling >= RED)
    exposure = sum(origin.exposure for origin in direct)
    if not exposure or not _reaches(exposure / subject.base, limit.exposure_red, slack):
        return []
    names = _several([origin.entity for origin in direct])
    said = (
        f"its guarantees for {names}, red by facts of their own, come to {exposure / subject.base:.0%} of M"
    )
    return [_Claim(RED, said, direct)]


def _by_origin(subject: Subject, origin: Origin, limit: Contagion, slack: float) -> list[_Claim]:
    level, said = _of_one(origin, origin.exposure / subject.base, limit, slack)
    colour = LEVEL_NAMES[origin.level]
    if level == NONE:
        return []
    return [_Claim(min(level, origin.ceiling), f"{origin.entity} is {colour}: {said}", (origin,))]


def _of_one(origin: Origin, share: float, limit: Contagion, slack: float) -> tuple[int, str]:
    """Colour and reason from one origin; ``share`` is the exposure to it over the base."""
    if origin.level < RED:
        if origin.hop == 1 and origin.exposure and _reaches(share, limit.exposure_blue, slack):
            return BLUE, f"{share:.0%} of M is guaranteed for it"
        return NONE, ""
    if origin.hop > 1:
        # without slack: the trigger is as small as the slack, and weights change only with contracts
        reached = origin.weight >= limit.path_blue
        return (
            BLUE if reached else NONE
        ), f"bound to it by way of {' > '.join(origin.path)}, path weight {origin.weight:.2f}"
    if origin.exposure and _reaches(share, limit.exposure_yellow, slack):
        return YELLOW, f"{percent(share, limit.exposure_red)} of M is guaranteed for it"
    if _reaches(origin.influence, limit.influence_yellow, slack):
        return YELLOW, f"influence {origin.influence:.2f}"
    said = percent(share, limit.exposure_yellow)
    answers = f", {said} of M is guaranteed for it" if origin.exposure else ""
    return BLUE, f"bound to it directly{answers}, influence {origin.influence:.2f}"


def _reaches(value: float, trigger: float, slack: float) -> bool:
    return value >= trigger - slack


def _several(names: Sequence[str], between: str = ", ") -> str:
    shown = 3
    more = len(names) - shown
    return between.join(names[:shown]) + (f" and {more} more" if more > 0 else "")


def origins_of(graph: Graph, entity: str, own_levels: Mapping[str, int], limit: Contagion) -> list[Origin]:
    """Firms within two hops that are yellow or red by facts of their own, in the order of ids.

    ``own_levels`` must leave out every point that comes from the network. Arcs that never raise an alert alone are
    not followed. Of a direct debtor the direct arc is told, even where a longer path weighs more.
    """
    found = []
    for origin, path in sorted(paths_into(graph, entity, limit, hops=_HOPS).items()):
        level = own_levels.get(origin, NONE)
        if level < YELLOW:
            continue
        pair = graph.pair(entity, origin)
        direct = pair is not None and not pair.weak
        told = (origin, entity) if direct else path
        weight = path_weight(graph, told)
        found.append(
            Origin(
                entity=origin,
                level=level,
                hop=len(told) - 1,
                exposure=pair.exposure if direct and pair is not None else 0,
                weight=weight,
                influence=weight * graph.own(origin),
                path=told,
                ceiling=path_ceiling(graph, told),
            )
        )
    return found


def cells_of(graph: Graph, entity: str, own_levels: Mapping[str, int]) -> list[str]:
    """Neighbours on either side of a strong arc that are yellow or red by facts of their own, in the order of
    ids."""
    below = [name for name, pair in graph.debtors(entity).items() if not pair.weak]
    above = [name for name in graph.guarantors(entity) if not graph.debtors(name)[entity].weak]
    return sorted({name for name in (*below, *above) if own_levels.get(name, NONE) >= YELLOW})
