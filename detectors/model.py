"""The online model: a scaler and a logistic regression (River) that learn from outcomes as they arrive.

Features are sparse: one that is absent is zero. So the scaler divides by the largest value seen and centres nothing:
centred on the mean of the firms that have it, a feature most firms lack would say nothing by being there.

It may be read next to every assessment; it never lowers a rule and never raises red, so that a red alert is always
explained by records. Its snapshot is plain data with the versions that wrote it, so that it
can be read without executing anything and refused when the library has changed.
"""

import math
from collections.abc import Mapping
from typing import Any

import msgspec
from river.__version__ import __version__ as river_version

NAME = "logistic-2"


class _Written(msgspec.Struct):
    """Who wrote a snapshot; read first, as another version may have written other fields."""

    name: str
    river: str


class Snapshot(msgspec.Struct, frozen=True):
    """The model as data. ``offset`` is the next outcome it has not seen."""

    name: str
    river: str
    learned: int
    offset: int
    rate: float
    l2: float
    largest: dict[str, float]
    weights: dict[str, float]
    intercept: float


class OnlineModel:
    """Probability that an entity defaults, learning one outcome at a time."""

    def __init__(self, rate: float = 0.1, l2: float = 0.001) -> None:
        """``rate`` is the step of stochastic gradient descent, ``l2`` its regularisation."""
        # River loads SciPy, which takes a second that only those who judge should spend
        from river import compose, linear_model, optim, preprocessing  # noqa: PLC0415

        self.learned = 0
        self._rate, self._l2 = rate, l2
        self._scaler = preprocessing.MaxAbsScaler()
        self._regression = linear_model.LogisticRegression(optim.SGD(rate), l2=l2)
        self._pipeline = compose.Pipeline(self._scaler, self._regression)

    def probability(self, x: Mapping[str, float]) -> float | None:
        """Probability of default, four decimals; None before the first outcome. Does not learn."""
        if not self.learned:
            return None
        p = float(self._pipeline.predict_proba_one(dict(x))[True])
        return round(p, 4) if math.isfinite(p) else None

    def learn(self, x: Mapping[str, float], *, defaulted: bool) -> None:
        """Learn one outcome."""
        self._pipeline.learn_one(dict(x), defaulted)
        self.learned += 1

    def snapshot(self, offset: int) -> bytes:
        """The model as JSON."""
        scaler: Any = self._scaler
        state = Snapshot(
            name=NAME,
            river=river_version,
            learned=self.learned,
            offset=offset,
            rate=self._rate,
            l2=self._l2,
            largest={name: float(seen.get()) for name, seen in scaler.abs_max.items()},
            weights=dict(self._regression.weights),
            intercept=float(self._regression.intercept),
        )
        return msgspec.json.encode(state, order="deterministic")

    @classmethod
    def restore(cls, value: bytes) -> "tuple[OnlineModel, int] | None":
        """A model and the next outcome offset from a snapshot; None if another version wrote it (start afresh)."""
        written = msgspec.json.decode(value, type=_Written)
        if (written.name, written.river) != (NAME, river_version):
            return None
        state = msgspec.json.decode(value, type=Snapshot)
        model = cls(state.rate, state.l2)
        model.learned = state.learned
        scaler: Any = model._scaler
        for name, largest in state.largest.items():
            scaler.abs_max[name].update(largest)
        for name, weight in state.weights.items():
            model._regression._weights[name] = weight
        model._regression.intercept = state.intercept
        return model, state.offset
