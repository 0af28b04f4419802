"""The monthly round of norms: every partition adds up its own firms and tells all partitions, through the log.

``SETTLE_DAYS`` after a month has ended, a partition reads its ledgers once and writes what its firms contribute to
their cohorts. When the parts of all partitions lie in a partition's log, the month is complete there, and firms whose
points wait for it are looked at again. What is usual in a month is thereby a function of the log, and the same for
everybody. A correction that comes later shows in the next month's round, never in one that is closed.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

import msgspec

from detectors.cohorts.cohort import CohortStore, Contribution, Partial
from detectors.cohorts.key import Attributes, cohorts_of
from detectors.cohorts.merged import Cohorts
from detectors.cohorts.norm import NormTable, encode, norms
from detectors.cohorts.period import earlier, month_number
from detectors.cohorts.rules import DEFAULT
from detectors.fact import DAY, day_number, midnight
from detectors.ledger import Ledger
from detectors.record import Record
from detectors.reference import NoNorms, Norms
from streams.engine.exchange import NORMS, Sent, control

SETTLE_DAYS = 20
"""Days after the end of a month within which readings, payrolls and returns of it arrive (configuration default)."""

KEPT_MONTHS = 14
"""Months of norms that are kept: a year's comparison and the month before it."""

_SLOTS = KEPT_MONTHS + DEFAULT.months
"""Months whose parts are kept: norms of large cohorts rest on sketches of a year, and those of the oldest month kept
too; one more, so that a month that is being told takes no place of one still needed."""

STATE = b"\x00norms|"
"""Keys under which the parts received are kept."""

_ZONE = 8 * 3_600  # one instant for all partitions
_CHUNK = 4_000
"""Values in one control record, well below a megabyte."""

Contribute = Callable[[str, Ledger, int, str], tuple[Attributes | None, Mapping[str, float]]]
"""What an entity contributes: (entity, ledger, day, month) to its attributes and the values by indicator."""


class Part(msgspec.Struct, frozen=True):
    """Payload of the control record: ``piece`` of ``pieces`` of what one partition of ``of`` knows about a month."""

    period: str
    partition: int
    of: int
    piece: int
    pieces: int
    partials: list[Partial]


class Norming:
    """The rounds of one partition, and the norms all of them gave."""

    def __init__(self, partition: int, partitions: int, kept: Iterable[bytes], settled: str) -> None:
        """``kept`` are the parts received; ``settled`` is the last month added up here, empty before the first."""
        self.settled = settled
        self._partition, self._partitions = partition, partitions
        self._parts: dict[str, dict[tuple[int, int], Part]] = {}
        self._cohorts = Cohorts()
        self._table = NormTable()
        self.known = False
        parts = [msgspec.json.decode(value, type=Part) for value in kept]
        for part in sorted(parts, key=lambda one: (one.period, one.partition, one.piece)):
            self._put(part)  # as they were told: a month rests on those before it

    @property
    def norms(self) -> Norms:
        """What is usual, of the months that are complete."""
        return self._table if self.known else NoNorms()

    def rows(self) -> list[tuple[bytes, bytes]]:
        """Key and value of every norm of the latest complete month, as all may see it."""
        latest = max((period for period in self._parts if self._complete(period)), default="")
        return [
            (f"{one.cohort}|{one.indicator}".encode(), encode(one))
            for one in norms(self._cohorts, period=latest)
        ]

    def due(self, clock: int) -> int | None:
        """The instant of the next round if it has come by ``clock``; months before the first record are skipped."""
        if not self.settled:
            self.settled = _last_month(clock)
            return None
        following = earlier(self.settled, -1)
        at = _settles(following)
        return at if at <= clock else None

    def next_month(self) -> str:
        """The month of the next round."""
        return earlier(self.settled, -1)

    def round(
        self, at: int, clock: int, entities: Iterable[tuple[str, Ledger]], contribute: Contribute
    ) -> list[Sent]:
        """Add up the month that is due at ``at``."""
        period = self.settled = earlier(self.settled, -1)
        store, version = CohortStore(), month_number(period)
        day = (at + _ZONE) // DAY
        for entity, ledger in entities:
            firm, values = contribute(entity, ledger, day, period)
            if firm is None:
                continue
            cohorts = _cohorts(firm)
            for indicator, value in values.items():
                store.apply(Contribution(entity, indicator, period, version, cohorts, value))
        chunks = list(_chunks(store.partials(self._partition, version)))
        return [self._sent(period, clock, number, len(chunks), chunk) for number, chunk in enumerate(chunks)]

    def _sent(self, period: str, clock: int, piece: int, pieces: int, partials: list[Partial]) -> Sent:
        part = Part(period, self._partition, self._partitions, piece, pieces, partials)
        name = f"norms|{period}|{self._partition}|{piece}"
        return control(NORMS, name, clock, msgspec.to_builtins(part))

    def take(self, record: Record) -> tuple[bytes, bytes, bool]:
        """A part from the log: key and value to keep it under, and whether its month is complete now and was not."""
        part = msgspec.convert(record.payload, Part)
        before = self._complete(part.period)
        self._put(part)
        slot = month_number(part.period) % _SLOTS
        key = STATE + f"{slot}|{part.partition}|{part.piece}".encode()
        return key, msgspec.json.encode(part), self._complete(part.period) and not before

    def _put(self, part: Part) -> None:
        parts = self._parts.setdefault(part.period, {})
        parts[part.partition, part.piece] = part
        if self._complete(part.period):
            for piece in parts.values():
                for partial in piece.partials:
                    self._cohorts.put(partial)
            oldest = earlier(part.period, KEPT_MONTHS - 1)
            for period in [one for one in self._parts if one < oldest]:
                del self._parts[period]
            self._cohorts.forget(oldest)
            self._table = self._table.copy()  # who was judged before has heard of nothing yet
            self._table.forget(oldest)
            for one in norms(self._cohorts, period=part.period):
                self._table.put(one)
            self.known = True

    def _complete(self, period: str) -> bool:
        parts = self._parts.get(period, {})
        told = {partition: part for (partition, _), part in parts.items()}
        if not told or len(told) < max(part.of for part in told.values()):
            return False
        return all((partition, n) in parts for partition, part in told.items() for n in range(part.pieces))


def _chunks(partials: list[Partial]) -> Iterator[list[Partial]]:
    """Partials in order, cut so that no control record grows large; at least one, which may be empty."""
    chunk: list[Partial] = []
    size = 0
    for partial in partials:
        weight = len(partial.values) + len(partial.sketch) // 8 + 4
        if chunk and size + weight > _CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(partial)
        size += weight
    yield chunk


_cohorts = functools.lru_cache(maxsize=65_536)(cohorts_of)


def _settles(period: str) -> int:
    """The instant at which a month is added up."""
    year, month = divmod(month_number(period) + 1, 12)
    return midnight(day_number(date(year, month + 1, 1)) + SETTLE_DAYS, _ZONE)


def _last_month(clock: int) -> str:
    """The latest month whose round lies at or before ``clock``."""
    today = date.fromordinal((clock + _ZONE) // DAY + 719_163)
    period = f"{today.year:04d}-{today.month:02d}"
    while _settles(period) > clock:
        period = earlier(period, 1)
    return period
