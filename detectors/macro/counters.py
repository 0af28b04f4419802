"""What is counted of every group, kept up by changes: a few whole numbers per group.

Theory. An entity has a standing: its groups, tier, arrears and so on. A change takes one standing out and puts another
in; a claim adds an amount on a day. All are sums of whole numbers, so the order of the changes does not matter, undoing
one is the same as its never having been, and partitions are added up.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from detectors.errors import FenghuoError

BILLION = 1_000_000_000

Day = tuple[int, int, int, int]
"""Day number, entities upgraded, entities downgraded, enforcement and claims (minor units)."""


class Standing(msgspec.Struct, frozen=True, gc=False):
    """What one entity counts for. Amounts are whole minor units of one currency: ``base`` is M(e), ``arrears``
    outstanding utility, tax and social arrears, ``billed`` what was billed in 12 months, ``exposure`` what is lent,
    ``loss`` the expected loss by contagion. ``contagion`` is p − p_s in billionths.

    Raises:
        FenghuoError: a tier outside 0 to 3.
    """

    groups: tuple[str, ...]
    tier: int = 0
    base: int = 0
    arrears: int = 0
    billed: int = 0
    exposure: int = 0
    loss: int = 0
    contagion: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.tier <= 3:
            raise FenghuoError("standing", f"a tier is 0 (none) to 3 (red), got {self.tier}")


class Changed(msgspec.Struct, frozen=True, gc=False):
    """An entity's standing on ``day`` and after; None before it entered the books or after it left them.

    A tier that rises or falls counts as upgraded or downgraded that day in every group the entity stays in.
    """

    day: int
    before: Standing | None
    after: Standing | None


class Claimed(msgspec.Struct, frozen=True, gc=False):
    """A new enforcement or claim of ``amount`` minor units against an entity of these groups."""

    day: int
    groups: tuple[str, ...]
    amount: int


Event = Changed | Claimed


class Totals(msgspec.Struct, frozen=True, gc=False):
    """The sums of one group. ``tiers`` and ``exposures`` are by tier; ``days`` ascend and hold only what is not 0."""

    tiers: tuple[int, int, int, int] = (0, 0, 0, 0)
    exposures: tuple[int, int, int, int] = (0, 0, 0, 0)
    base: int = 0
    arrears: int = 0
    billed: int = 0
    loss: int = 0
    contagion: int = 0
    days: tuple[Day, ...] = ()

    @property
    def n(self) -> int:
        """Entities in the group."""
        return sum(self.tiers)


class GroupCounters:
    """The totals of all groups that one partition's entities belong to.

    >>> counters, grey = GroupCounters(), Standing(("region:CN-330604",))
    >>> counters.apply(Changed(1, None, grey))
    >>> counters.apply(Changed(2, grey, msgspec.structs.replace(grey, tier=3)))
    >>> counters.totals("region:CN-330604").tiers, counters.totals("region:CN-330604").days
    ((0, 0, 0, 1), ((2, 1, 0, 0),))
    """

    def __init__(self, held: Iterable[tuple[str, Totals]] = ()) -> None:
        """``held`` restores from what :meth:`all` gave."""
        self._sums: dict[str, list[int]] = {}
        self._days: dict[str, dict[int, list[int]]] = {}
        for group, totals in held:
            self._sums[group] = _flat(totals)
            self._days[group] = {day: list(sums) for day, *sums in totals.days}

    def apply(self, event: Event) -> None:
        """Count an event in: O(groups of the entity)."""
        self._count(event, 1)

    def retract(self, event: Event) -> None:
        """Undo an event that was counted in."""
        self._count(event, -1)

    def forget(self, before: int) -> None:
        """Drop the daily sums before this day, which no window reaches any more."""
        for days in self._days.values():
            for day in [day for day in days if day < before]:
                del days[day]

    def totals(self, group: str) -> Totals:
        """The sums of a group; all 0 for one never heard of."""
        return _totals(self._sums.get(group, _ZERO), self._days.get(group, {}))

    def all(self) -> list[tuple[str, Totals]]:
        """Every group that counts anything, sorted: the state to keep and what is sent to be merged."""
        rows = [(group, self.totals(group)) for group in sorted(self._sums.keys() | self._days.keys())]
        return [(group, totals) for group, totals in rows if totals != _NOTHING]

    def _count(self, event: Event, sign: int) -> None:
        if isinstance(event, Claimed):
            for group in set(event.groups):
                self._on(group, event.day)[2] += sign * event.amount
            return
        before, after = event.before, event.after
        self._stand(before, -sign)
        self._stand(after, sign)
        if before is not None and after is not None and before.tier != after.tier:
            for group in set(before.groups) & set(after.groups):
                self._on(group, event.day)[0 if after.tier > before.tier else 1] += sign

    def _stand(self, standing: Standing | None, sign: int) -> None:
        if standing is None:
            return
        for group in set(standing.groups):
            sums = self._sums.setdefault(group, list(_ZERO))
            sums[standing.tier] += sign
            sums[4 + standing.tier] += sign * standing.exposure
            amounts = (standing.base, standing.arrears, standing.billed, standing.loss, standing.contagion)
            for place, amount in enumerate(amounts, 8):
                sums[place] += sign * amount

    def _on(self, group: str, day: int) -> list[int]:
        return self._days.setdefault(group, {}).setdefault(day, [0, 0, 0])


def merged(parts: Iterable[Iterable[tuple[str, Totals]]]) -> dict[str, Totals]:
    """The totals of all partitions together, each given as by :meth:`GroupCounters.all`; groups sorted."""
    together: dict[str, Totals] = {}
    for part in parts:
        for group, totals in part:
            known = together.get(group)
            together[group] = totals if known is None else added(known, totals)
    return dict(sorted(together.items()))


def added(one: Totals, other: Totals) -> Totals:
    """The sum of two totals."""
    days = {day: amounts for day, *amounts in one.days}
    for day, *amounts in other.days:
        days[day] = _plus(days.get(day, (0, 0, 0)), amounts)
    return _totals(_plus(_flat(one), _flat(other)), days)


def _plus(some: Sequence[int], more: Sequence[int]) -> list[int]:
    return [mine + theirs for mine, theirs in zip(some, more, strict=True)]


def _totals(sums: Sequence[int], days: Mapping[int, Sequence[int]]) -> Totals:
    base, arrears, billed, loss, contagion = sums[8:]
    return Totals(
        tiers=(sums[0], sums[1], sums[2], sums[3]),
        exposures=(sums[4], sums[5], sums[6], sums[7]),
        base=base,
        arrears=arrears,
        billed=billed,
        loss=loss,
        contagion=contagion,
        days=tuple(
            (day, up, down, claims)
            for day, (up, down, claims) in sorted(days.items())
            if up or down or claims
        ),
    )


def _flat(totals: Totals) -> list[int]:
    amounts = (totals.base, totals.arrears, totals.billed, totals.loss, totals.contagion)
    return [*totals.tiers, *totals.exposures, *amounts]


_ZERO = (0,) * 13
_NOTHING = Totals()
