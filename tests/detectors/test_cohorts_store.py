"""The books of cohorts: exact whatever is repeated, reordered, moved or taken back, and merged over partitions."""

import itertools
import subprocess
import sys
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.cohorts.cohort import CohortStore, Contribution, Partial
from detectors.cohorts.merged import Cohorts
from detectors.cohorts.norm import encode, norms
from detectors.cohorts.rules import CohortRules
from detectors.cohorts.sketch import merged_grid, sketch
from detectors.errors import FenghuoError

SMALL = CohortRules(enough=2, disclosed_from=1, regulator_from=1, exact_below=4, compression=50, grid=100)
"""Four members already make a cohort large, so that both forms are met."""

COHORTS = ("narrow", "other", "wide")


def contribution(entity: int, value: float | None, version: int = 1, *, month: int = 1) -> Contribution:
    return Contribution(f"ent:{entity}", "yoy", f"2026-{month:02d}", version, ("narrow", "wide"), value)


def published(stores: Sequence[CohortStore], rules: CohortRules = SMALL) -> bytes:
    """Everything that can be known of the cohorts, as bytes."""
    cohorts = Cohorts(rules)
    for number, store in enumerate(stores):
        for partial in store.partials(number, 1):
            cohorts.put(partial)
    return b"\n".join(encode(norm) for norm in norms(cohorts))


def filled(contributions: Iterable[Contribution], rules: CohortRules = SMALL) -> CohortStore:
    return CohortStore(rules, contributions)


@st.composite
def contributions(draw: st.DrawFn) -> Contribution:
    """Few entities, versions and values, so that they meet."""
    return Contribution(
        entity=f"ent:{draw(st.integers(0, 6))}",
        indicator=draw(st.sampled_from(["yoy", "dpd"])),
        period=draw(st.sampled_from(["2025-12", "2026-01"])),
        version=draw(st.integers(1, 3)),
        cohorts=tuple(draw(st.lists(st.sampled_from(COHORTS), max_size=3))),
        value=draw(st.sampled_from([None, -0.0, 0.0, 0.1, 0.2, 0.7, 1e17, -3.3])),
    )


def standing(history: Sequence[Contribution]) -> list[Contribution]:
    """What is true in the end, worked out without the store: the highest version of each, if not taken back."""
    last: dict[tuple[str, str, str], Contribution] = {}
    for one in sorted(
        history,
        key=lambda c: (
            c.version,
            c.value is None,
            c.value or 0.0,
            sorted(set(c.cohorts)) if c.value is not None else [],
        ),
    ):
        last[(one.entity, one.indicator, one.period)] = one
    return [one for one in last.values() if one.value is not None]


@given(st.lists(contributions(), max_size=40), st.randoms(use_true_random=False))
def test_taken_back_is_never_was(history: list[Contribution], random: object) -> None:
    """Repeated, shuffled, corrected, moved and retracted: the norms are those of what stands, to the byte."""
    shuffled = history + history[: len(history) // 2]
    random.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis hands out a random.Random
    assert published([filled(shuffled)]) == published([filled(standing(history))])


@given(st.lists(contributions(), max_size=40), st.integers(1, 4))
def test_exact_norms_do_not_depend_on_partitions(history: list[Contribution], count: int) -> None:
    """While cohorts are small, spreading the members over partitions changes no bit."""
    exact = CohortRules(enough=2, disclosed_from=1, regulator_from=1)
    parts = [
        filled((one for one in history if int(one.entity[4:]) % count == part), exact)
        for part in range(count)
    ]
    assert published(parts, exact) == published([filled(history, exact)], exact)


@given(st.lists(contributions(), max_size=40))
def test_state_restores(history: list[Contribution]) -> None:
    """What is held, written and read back, gives the same books; merged partials likewise."""
    store = filled(history)
    data = msgspec.json.encode(store.held())
    restored = CohortStore(SMALL, msgspec.json.decode(data, type=list[Contribution]))
    assert restored.held() == store.held()
    cohorts = Cohorts(SMALL, restored.partials(0, 1))
    again = msgspec.json.decode(msgspec.json.encode(cohorts.partials()), type=list[Partial])
    assert [encode(norm) for norm in norms(Cohorts(SMALL, again))] == [
        encode(norm) for norm in norms(cohorts)
    ]


@given(
    st.lists(contributions(), max_size=30),
    st.lists(st.integers(0, 29), max_size=4),
    st.randoms(use_true_random=False),
)
def test_partials_may_be_sent_at_any_time_and_arrive_in_any_order(
    history: list[Contribution], cuts: list[int], random: object
) -> None:
    """Only what changed is sent, the newest revision holds, and the result is that of sending everything once."""
    store, sent = CohortStore(SMALL), []
    for at, one in enumerate(history):
        store.apply(one)
        if at in cuts:
            sent += store.partials(0, at)
    sent += store.partials(0, len(history))
    random.shuffle(sent)  # type: ignore[attr-defined] # hypothesis hands out a random.Random
    got = b"\n".join(encode(norm) for norm in norms(Cohorts(SMALL, sent + sent)))
    assert got == published([filled(history)])


def test_a_move_takes_the_value_along() -> None:
    """A firm reclassified leaves its old cohort empty."""
    store = filled([Contribution("ent:1", "yoy", "2026-01", 1, ("narrow",), 0.5)])
    store.apply(Contribution("ent:1", "yoy", "2026-01", 2, ("other",), 0.5))
    assert [(p.cohort, p.n) for p in store.partials(0, 1)] == [("narrow", 0), ("other", 1)]
    assert store.partials(0, 2) == []


def test_late_versions_and_forgotten_months_change_nothing() -> None:
    """An older version, the same again and a month out of memory are refused."""
    store = filled([contribution(1, 0.5, version=2)])
    assert not store.apply(contribution(1, 0.9, version=1))
    assert not store.apply(contribution(1, 0.5, version=2))
    store.forget("2026-02")
    assert not store.apply(contribution(1, 0.9, version=3))
    assert store.apply(contribution(1, 0.9, version=3, month=2))
    assert [one.period for one in store.held()] == ["2026-02"]
    cohorts = Cohorts(SMALL, store.partials(0, 1))
    assert cohorts.cells() == [("narrow", "yoy", "2026-02"), ("wide", "yoy", "2026-02")]
    cohorts.forget("2026-03")
    assert cohorts.cells() == cohorts.partials() == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e19])
def test_what_is_not_a_number_is_refused(value: float) -> None:
    """One NaN would make every mean NaN."""
    with pytest.raises(FenghuoError, match="yoy"):
        contribution(1, value)


def test_a_month_is_written_as_a_month() -> None:
    """2026-13 is none."""
    with pytest.raises(FenghuoError, match="2026-13"):
        contribution(1, 0.1, month=13)


def _large(order: int = 1) -> list[Contribution]:
    """12,000 firms in each of two months, in one of several orders; the values are fixed."""
    firms = range(12_000)[::order]
    return [
        Contribution(
            f"ent:{firm}", "yoy", f"2026-0{month}", 1, ("wide",), ((firm * 7919) % 12_007) ** 2 / month
        )
        for month in (1, 2)
        for firm in firms
    ]


def test_large_cohorts_are_read_from_merged_sketches() -> None:
    """Above 10,000 members: ranks right to half a percent over all months, mean exact, a fraction of the bytes."""
    rules = CohortRules()
    store = CohortStore(rules, _large())
    partials = store.partials(0, 1)
    assert all(not partial.values and len(partial.sketch) < 20_000 for partial in partials)
    summary = Cohorts(rules, partials).summary("wide", "yoy", "2026-02")
    assert summary is not None
    assert (summary.n, summary.months, summary.exact) == (12_000, 2, False)
    values = np.sort(np.array([one.value for one in _large()], dtype=np.float64))
    assert summary.mean == pytest.approx(values.mean(), rel=1e-12)
    for percent, value in (
        (10, summary.p10),
        (30, summary.p30),
        (50, summary.p50),
        (70, summary.p70),
        (90, summary.p90),
    ):
        assert np.searchsorted(values, value) / len(values) == pytest.approx(percent / 100, abs=0.005)
    assert summary.mad == pytest.approx(np.median(np.abs(values - np.median(values))), rel=0.02)
    assert summary.largest_share == pytest.approx(values.max() / values.sum())


def test_large_cohorts_are_the_same_bytes_in_any_order_and_after_retraction() -> None:
    """Sketches are made of sorted values, so the order in which they came leaves no trace."""
    rules = CohortRules()
    one = published([CohortStore(rules, _large())], rules)
    store = CohortStore(rules, _large(-1))
    store.apply(Contribution("ent:x", "yoy", "2026-01", 1, ("wide",), 1e15))
    store.apply(Contribution("ent:x", "yoy", "2026-01", 2))
    assert published([store], rules) == one


def test_large_cohorts_are_the_same_bytes_in_another_process() -> None:
    """A replay elsewhere gives the same sketch: no coin is thrown that a seed could not fix."""
    script = (
        "import numpy as np, hashlib; from detectors.cohorts.sketch import sketch, merged_grid;"
        "parts = [sketch(np.sort((np.arange(20000.0) * 7919) % 20011) * k, 1000) for k in (1.0, 2.0)];"
        "grid = merged_grid(parts, 1000, 2000);"
        "print(hashlib.sha256(b''.join(parts) + grid.tobytes()).hexdigest())"
    )
    answers = {
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    }
    assert len(answers) == 1


def test_sketches_and_exact_values_are_merged() -> None:
    """One partition is large, another small: together they are read from sketches, and counted exactly."""
    rules = CohortRules()
    large = CohortStore(rules, [one for one in _large() if one.period == "2026-01"])
    few = CohortStore(
        rules, [Contribution(f"ent:y{n}", "yoy", "2026-01", 1, ("wide",), 1.0) for n in range(50)]
    )
    cohorts = Cohorts(rules, [*few.partials(1, 1), *large.partials(0, 1)])
    summary = cohorts.summary("wide", "yoy", "2026-01")
    assert summary is not None
    assert (summary.n, summary.exact, summary.months) == (12_050, False, 1)
    assert cohorts.values("wide", "yoy", "2026-01") is None


def test_there_is_one_zero() -> None:
    """Minus zero and zero are one value, so which came first cannot show."""
    plus, minus = (
        [contribution(1, first), contribution(2, second)] for first, second in ((0.0, -0.0), (-0.0, 0.0))
    )
    assert published([filled(plus)]) == published([filled(minus)])
    assert published([filled([contribution(1, -0.0)])]) == published([filled([contribution(1, 0.0)])])


def test_sketches_are_merged_in_an_order_of_their_own() -> None:
    """Whichever partition is heard first, the merged quantiles are the same bits."""
    parts = [sketch(np.sort((np.arange(3000.0) * 7919) % prime), 100) for prime in (3001, 2003, 1009, 503)]
    grids = {merged_grid(order, 100, 200).tobytes() for order in itertools.permutations(parts)}
    assert len(grids) == 1
