"""What is usual is the same for a worker that has just taken over as for one that has heard every month itself."""

from __future__ import annotations

from functools import partial

import pytest

from detectors.cohorts.cohort import CohortStore, Contribution, Partial
from detectors.cohorts.key import Attributes, cohorts_of
from detectors.cohorts.merged import Cohorts
from detectors.cohorts.period import earlier, month_number
from detectors.cohorts.rules import CohortRules
from detectors.record import decode
from streams.engine import norms
from streams.engine.norms import Norming

FIRM = Attributes("C1751", "small", "CN-330604")
LARGE = CohortRules(exact_below=30)
"""From thirty firms on a cohort is read from sketches, merged over a year."""
PARTITIONS = 2


@pytest.fixture(autouse=True)
def thirty_firms_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(norms, "Cohorts", partial(Cohorts, LARGE))


def partials(period: str, partition: int) -> list[Partial]:
    """Forty firms of one trade, in a month like no other."""
    store, month = CohortStore(LARGE), month_number(period)
    for number in range(40):
        value = float(number * (1 + month % 7) + partition)
        said = Contribution(f"ent:{partition}.{number}", "yoy", period, month, cohorts_of(FIRM), value)
        store.apply(said)
    return store.partials(partition, month)


class Heard:
    """A worker that takes in what all partitions tell, and what it has written of that."""

    def __init__(self) -> None:
        self.norming, self.written = Norming(0, PARTITIONS, (), ""), dict[bytes, bytes]()

    def month(self, period: str, partition: int) -> None:
        sent = Norming(partition, PARTITIONS, (), "")._sent(period, 0, 0, 1, partials(period, partition))
        key, value, _ = self.norming.take(decode(sent.value))
        self.written[key] = value

    def heir(self) -> Norming:
        """A worker that takes over, from a store that orders its keys as it likes."""
        kept = [value for _, value in sorted(self.written.items())]
        return Norming(0, PARTITIONS, kept, "")


def shown(one: Norming) -> dict[tuple[str, str, str], object]:
    found: dict[tuple[str, str, str], object] = getattr(one.norms, "_norms", {})
    assert found
    return found


@pytest.mark.parametrize("months", [1, 5, 14, 40])
def test_a_worker_that_takes_over_knows_the_same_norms(months: int) -> None:
    """Of every month kept: also of those whose own year of sketches reaches further back than what is looked up."""
    heard = Heard()
    for number in range(months):
        for partition in range(PARTITIONS):
            heard.month(earlier("2023-01", -number), partition)
    assert shown(heard.heir()) == shown(heard.norming)


def test_also_while_a_month_is_told_by_some() -> None:
    heard = Heard()
    for number in range(40):
        for partition in range(PARTITIONS):
            heard.month(earlier("2023-01", -number), partition)
    heard.month(earlier("2023-01", -40), 1)
    assert shown(heard.heir()) == shown(heard.norming)
    heir, rest = heard.heir(), Heard()
    heard.month(earlier("2023-01", -40), 0)
    rest.norming = heir
    rest.month(earlier("2023-01", -40), 0)
    assert shown(heir) == shown(heard.norming)
