"""What a data set is read into: one item per record, outcome or row left out, and the account of every row."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from detectors.errors import FenghuoError
from detectors.records.reasons import Reason


class DatasetError(FenghuoError):
    """The directory does not hold the data set; nothing is replayed."""


class Skip(StrEnum):
    """Why a row states nothing of its own; each is a property of the data, not a fault."""

    ATTACHED = "attached"  # its value travels in the record of another row
    OTHER_SIDE = "other_side"  # the reverse of a relation, about a person; the company's copy is kept
    REPEATED = "repeated"  # says again what an earlier row said
    LATER_COPY = "later_copy"  # of a firm that an earlier cohort has already
    NO_VALUE = "no_value"
    NO_STANDARD_CODE = "no_standard_code"  # a label outside the standard the contract asks for
    UNEXPLAINED = "unexplained"  # the publisher does not say what the value means


@dataclass(frozen=True, slots=True)
class OutcomeLabel:
    """What became of an entity in the end; a message of the ``outcomes`` topic.

    ``outcome`` is ``default``, ``survived``, or the code of a disposition, which is no label to learn from.
    """

    entity: str
    outcome: str
    at: datetime
    source: str
    outcome_id: str

    def to_wire(self) -> bytes:
        """JSON, key of the message is ``entity``."""
        value = {
            "entity": self.entity,
            "outcome": self.outcome,
            "at": self.at.isoformat(),
            "source": self.source,
            "outcome_id": self.outcome_id,
        }
        return msgspec.json.encode(value)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a row came to, at one moment of the replay: exactly one of ``raw`` (an envelope still to be
    validated), ``outcome``, ``skipped`` and ``reason`` (a dead letter, explained by ``detail``).

    A row may come to several items, which then share ``place`` (``lawsuits.csv:17``) and ``original`` (its bytes).
    """

    place: str
    original: bytes
    at: datetime
    raw: Mapping[str, object] | None = None
    outcome: OutcomeLabel | None = None
    skipped: Skip | None = None
    reason: Reason | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        """Check what the type cannot say.

        Raises:
            ValueError: none or several of the four, or ``at`` without offset.
        """
        if sum(value is not None for value in (self.raw, self.outcome, self.skipped, self.reason)) != 1:
            raise ValueError(
                f"{self.place}: an item is a record, an outcome, a skip or a dead letter, just one"
            )
        if self.at.tzinfo is None:
            raise ValueError(f"{self.place}: at needs its offset, got {self.at.isoformat()}")


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set made by others. ``read`` takes its directory and gives the items in order of ``at``.

    ``read`` raises DatasetError when a file is missing and ColumnError when its header is not the one known; a wrong
    row is an item with a ``reason``, never an exception. Nothing is read before the first item is asked for.
    """

    name: str
    title: str
    files: tuple[str, ...]
    read: Callable[[Path], Iterator[Item]]

    @property
    def source_id(self) -> str:
        """Source of the records and dead letters."""
        return self.name


@dataclass(frozen=True, slots=True)
class Accounting:
    """Where every row went. ``rows`` is counted in the files themselves, ``accounted`` from the items.

    ``records`` counts by feed what was handed to validation and not refused, ``dead`` dead letters by reason
    (rows that could not be mapped and records that were refused), ``skipped`` by :class:`Skip`.
    """

    rows: Mapping[str, int]
    accounted: Mapping[str, int]
    records: Mapping[str, int]
    outcomes: Mapping[str, int]
    dead: Mapping[str, int]
    skipped: Mapping[str, int]

    @property
    def reconciled(self) -> bool:
        """Whether every row of every file came to something."""
        return dict(self.rows) == dict(self.accounted)


@dataclass
class Tally:
    """Counts items as they pass. It remembers the places seen, because a row may come to several items."""

    _places: set[str] = field(default_factory=set)
    _accounted: Counter[str] = field(default_factory=Counter)
    _records: Counter[str] = field(default_factory=Counter)
    _outcomes: Counter[str] = field(default_factory=Counter)
    _dead: Counter[str] = field(default_factory=Counter)
    _skipped: Counter[str] = field(default_factory=Counter)

    def add(self, item: Item, refused: Reason | None = None) -> None:
        """Count one item; ``refused`` is validation's reason when it quarantined the record."""
        if item.place not in self._places:
            self._places.add(item.place)
            self._accounted[item.place.rpartition(":")[0]] += 1
        reason = item.reason or refused
        if reason is not None:
            self._dead[reason.value] += 1
        elif item.raw is not None:
            self._records[str(item.raw["schema"])[:3]] += 1
        elif item.outcome is not None:
            self._outcomes[item.outcome.outcome] += 1
        elif item.skipped is not None:
            self._skipped[item.skipped.value] += 1

    def result(self, dataset: Dataset, directory: Path) -> Accounting:
        """The account, against the rows that stand in the files.

        Raises:
            DatasetError: a file is missing.
        """
        rows = {name: _rows_in(dataset.name, directory / name) for name in dataset.files}
        accounted = {name: self._accounted[name] for name in dataset.files}
        counts = (self._records, self._outcomes, self._dead, self._skipped)
        return Accounting(rows, accounted, *(dict(sorted(count.items())) for count in counts))


def in_order(items: Iterable[Item]) -> Iterator[Item]:
    """Items by ``at``; those of one moment stay as they were given."""
    yield from sorted(items, key=lambda item: item.at)


def existing(dataset: str, path: Path) -> Path:
    """The path, if there is a file.

    Raises:
        DatasetError: there is none.
    """
    if not path.is_file():
        what = "no such file" if path.parent.is_dir() else "no such directory"
        raise DatasetError(str(path), f"{what}, and {dataset} needs {path.name}", "check --data")
    return path


def _rows_in(dataset: str, path: Path) -> int:
    """Lines that hold anything, without the header: counted from the bytes, not by the reader they check."""
    with existing(dataset, path).open("rb") as file:
        return max(0, sum(1 for line in file if line.strip()) - 1)
