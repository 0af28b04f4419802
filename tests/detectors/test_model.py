"""The online model: learns from outcomes, survives a restart unchanged, and is refused by another version."""

import json
import random

import pytest

from detectors.fact import day_of
from detectors.features import features
from detectors.fold import fold_all
from detectors.judge import judge
from detectors.model import OnlineModel
from detectors.record import epoch
from tests.detectors import build

SICK, SOUND = {"p.WP-08": 0.7, "n.F04": 1.1}, {"n.F15": 2.3}


def sample(n: int, seed: int = 7) -> list[tuple[dict[str, float], bool]]:
    """Firms with and without trouble; trouble defaults in nine cases of ten, others in one."""
    dice = random.Random(seed)
    rows = []
    for _ in range(n):
        sick = dice.random() < 0.5
        x = {name: value * dice.uniform(0.5, 1.5) for name, value in (SICK if sick else SOUND).items()}
        rows.append((x, dice.random() < (0.9 if sick else 0.1)))
    return rows


def taught(rows: list[tuple[dict[str, float], bool]], model: OnlineModel | None = None) -> OnlineModel:
    """A model after these outcomes."""
    model = model or OnlineModel()
    for x, defaulted in rows:
        model.learn(x, defaulted=defaulted)
    return model


def test_no_probability_before_the_first_outcome_and_asking_teaches_nothing() -> None:
    """None rather than a guess; a thousand questions leave the model as it was."""
    model = OnlineModel()
    assert model.probability(SICK) is None
    taught(sample(20), model)
    before = model.snapshot(0)
    assert len({model.probability(SICK) for _ in range(1000)}) == 1
    assert model.snapshot(0) == before


def test_probability_moves_with_the_outcomes() -> None:
    """Towards what happened: up for those who default, down for those who do not."""
    model = taught(sample(1))
    path = [model.probability(SICK)]
    for _ in range(5):
        taught(sample(60, seed=len(path)), model)
        path.append(model.probability(SICK))
    assert path[-1] > 0.8 > path[0]
    assert model.probability(SOUND) < 0.2
    assert model.learned == 301


def test_restored_model_predicts_and_keeps_learning_identically() -> None:
    """After a restart every further prediction is the one the old process would have made."""
    model = taught(sample(200), OnlineModel(rate=0.05, l2=0.01))
    found = OnlineModel.restore(model.snapshot(1234))
    assert found is not None
    other, offset = found
    assert (offset, other.learned, other.snapshot(1)) == (1234, 200, model.snapshot(1))
    for x, defaulted in sample(100, seed=8):
        assert other.probability(x) == model.probability(x)
        model.learn(x, defaulted=defaulted)
        other.learn(x, defaulted=defaulted)
    assert other.snapshot(9) == model.snapshot(9)


@pytest.mark.parametrize("field", ["name", "river"])
def test_snapshot_of_another_version_is_refused(field: str) -> None:
    """Another library or another model starts afresh, even if it wrote fields nobody here knows."""
    said = json.loads(taught(sample(3)).snapshot(0))
    other = {"name": said["name"], "river": said["river"], "trees": [], field: "0.0.0"}
    assert OnlineModel.restore(json.dumps({**said, field: "0.0.0"}).encode()) is None
    assert OnlineModel.restore(json.dumps(other).encode()) is None


def test_snapshot_is_plain_data() -> None:
    """JSON with names: nothing in it runs when it is read."""
    said = json.loads(taught(sample(50)).snapshot(0))
    assert set(said["weights"]) == {"p.WP-08", "n.F04", "n.F15"}


def test_features_come_from_ledger_and_points() -> None:
    """Counts per feed, weights per point, the share of late bills; nothing of a retracted record."""
    catalogue = build.shipped()
    profile = catalogue.profile("CN-330604")
    records = [
        build.enforcement(1, "2026-01-05", 4e5),
        build.enforcement(2, "2026-01-05", 4e5, status="concluded", observed="2026-01-10"),
        build.dishonest(1, "2026-01-05", op="retract"),
        build.bill("2026-01", "2026-01-20", 100.0),
        build.bill("2025-12", "2025-12-20", 100.0, paid="2025-12-18"),
    ]
    ledger = fold_all(records, catalogue)[build.FIRM]
    day = day_of(epoch(build.at("2026-02-01")), profile.utc_offset)
    found = features(ledger, judge(ledger, day, catalogue, profile), catalogue)
    assert {name: round(value, 3) for name, value in found.items()} == {
        "n.F04": 1.099,
        "open.F04": 0.693,
        "F04.exec_amount": 12.899,
        "p.WP-08": 0.3,
        "p.WP-22": 0.1,
        "late.F15": 0.5,
    }
