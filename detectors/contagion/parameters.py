"""Every number of the contagion model. They are read from the catalogue; what it does not give is as here.

Probabilities are worked out for all firms together, whatever their jurisdiction, so a profile may set the colours of
its own firms and nothing else.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from detectors.fact import day_number
from detectors.spelling import require_known


def _shares(values: msgspec.Struct, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(values, name)
        if not 0 <= value <= 1:
            raise ValueError(f"{name} is a share from 0 to 1, got {value}")


def _whole(values: msgspec.Struct, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(values, name)
        if value < 1:
            raise ValueError(f"{name} is at least 1, got {value}")


class Beta(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How likely the bearer fails when the other end has failed and all of the bearer's base is at stake.

    The first six are guarantees. A general guarantee (一般保证) has the benefit of discussion, a joint one
    (连带责任保证) has not (民法典 687, 688); a way not agreed counts as general (民法典 686). ``subsidiary`` is
    borne by the parent, ``parent`` by the subsidiary, the rest by either end.
    """

    joint_guarantee: float = 0.80
    general_guarantee: float = 0.50
    mortgage: float = 0.60
    pledge: float = 0.60
    shortfall_top_up: float = 0.50
    unclear: float = 0.50
    subsidiary: float = 0.40
    parent: float = 0.60
    holding: float = 0.30
    same_controller: float = 0.50
    same_legal_rep: float = 0.30
    same_address: float = 0.05
    same_phone: float = 0.05

    def __post_init__(self) -> None:
        _shares(self, self.__struct_fields__)

    def of(self, way: str) -> float:
        """The factor of a way; ways are the names of the fields."""
        return float(getattr(self, way))


GUARANTEES = frozenset(
    {"joint_guarantee", "general_guarantee", "mortgage", "pledge", "shortfall_top_up", "unclear"}
)
"""Ways in which a firm answers for another's debt; all others are relations of control or circumstance."""


# fmt: off
_SHARES = (
    "recovery", "imputed_debt_share", "imputed_base_share", "holding_from", "control_above", "decay", "epsilon",
    "delta_blue", "delta_yellow", "delta_red", "influence_yellow", "path_blue", "hysteresis", "damping",
    "tolerance",
)
_COUNTS = (
    "largest_group", "resolution_bits", "max_relaxations", "hops", "clients", "top", "ranked",
    "max_rounds", "what_if_candidates",
)
# fmt: on


class Contagion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters, in the groups edges, probability, paths, colours, circles and what-if.

    ``recovery`` is what a counter-guarantee (反担保) brings back. An unknown amount is taken as
    ``imputed_debt_share`` of the debtor's known debt, else as ``imputed_base_share`` of the guarantor's base.
    ``civil_code_from`` is the day number of 2021-01-01: before it a way not agreed counted as joint (担保法 19).
    ``largest_group`` bounds how many firms under one controller or legal representative are bound to each other
    pairwise.

    ``resolution_bits`` is the grid of probabilities, 2 to the power of minus that many; ``max_relaxations`` how
    many firms one step of the incremental computation may visit. ``hops``, ``decay`` (per hop after the first) and
    ``epsilon`` (weakest influence followed) belong to paths.

    Colours: ``delta_*`` on the contagion increment; ``exposure_*`` shares of the base M, ``exposure_blue`` for a
    yellow origin and the others for red ones; ``hysteresis`` by how much a value must fall below its trigger.
    """

    beta: Beta = Beta()
    recovery: float = 0.30
    imputed_debt_share: float = 0.30
    imputed_base_share: float = 0.30
    civil_code_from: int = 18_628
    holding_from: float = 0.20
    control_above: float = 0.50
    largest_group: int = 50
    never_alone: tuple[str, ...] = ("same_address", "same_phone")

    resolution_bits: int = 36
    max_relaxations: int = 10_000

    hops: int = 3
    decay: float = 1.0
    epsilon: float = 0.01

    delta_blue: float = 0.10
    delta_yellow: float = 0.25
    delta_red: float = 0.50
    exposure_blue: float = 0.50
    exposure_yellow: float = 0.20
    exposure_red: float = 1.00
    influence_yellow: float = 0.25
    path_blue: float = 0.05
    hysteresis: float = 0.05
    literal_mode: bool = False

    clients: int = 5
    balance_share: float = 1.00
    top: int = 10
    ranked: int = 50
    damping: float = 0.85
    tolerance: float = 1e-12
    max_rounds: int = 10_000

    what_if_candidates: int = 50

    def __post_init__(self) -> None:
        _shares(self, _SHARES)
        _whole(self, _COUNTS)
        if self.resolution_bits > 50:
            raise ValueError(
                f"resolution_bits is at most 50, as a float holds no more, got {self.resolution_bits}"
            )
        if not self.delta_blue <= self.delta_yellow <= self.delta_red:
            raise ValueError("delta_blue, delta_yellow and delta_red must not fall")
        for name in ("delta_blue", "delta_yellow", "delta_red"):
            percent = getattr(self, name) * 100
            if abs(percent - round(percent)) > 1e-9:  # the increment is told in whole percent
                raise ValueError(f"{name} is in whole percent, as 0.25, got {getattr(self, name)}")
        for name in ("exposure_blue", "exposure_yellow", "exposure_red", "balance_share"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is a share above 0, got {getattr(self, name)}")
        if self.exposure_yellow > self.exposure_red:
            raise ValueError("exposure_yellow must not be above exposure_red")
        unknown = set(self.never_alone) - set(Beta.__struct_fields__)
        if unknown:
            raise ValueError(f"never_alone names ways that have no beta: {', '.join(sorted(unknown))}")


COLOURS = (
    "delta_blue",
    "delta_yellow",
    "delta_red",
    "exposure_blue",
    "exposure_yellow",
    "exposure_red",
    "influence_yellow",
    "path_blue",
    "hysteresis",
    "literal_mode",
)
"""What decides the colour of one firm: these a profile may set."""


def read(values: Mapping[str, Any]) -> Contagion:
    """The numbers from a catalogue; ``civil_code_from`` is a date there.

    Raises:
        ValueError: a name that there is not, or a value out of its range; the message names it.

    >>> read({"delta_red": 0.4, "beta": {"pledge": 0.5}}).beta.pledge
    0.5
    >>> read({"delta_rad": 0.4})
    Traceback (most recent call last):
    ValueError: delta_rad is no number of the contagion model (did you mean delta_red?)
    """
    given = dict(values)
    _known(given, Contagion.__struct_fields__)
    if isinstance(given.get("beta"), Mapping):
        _known(given["beta"], Beta.__struct_fields__, "beta.")
    begins = given.get("civil_code_from")
    if isinstance(begins, date):
        given["civil_code_from"] = day_number(begins)
    elif begins is not None:
        raise ValueError(f"civil_code_from is a date, as 2021-01-01, got {begins!r}")
    return _converted(given)


def coloured(limit: Contagion, own: Mapping[str, Any]) -> Contagion:
    """The numbers for the firms of a profile that sets ``own``.

    Raises:
        ValueError: as :func:`read`, or a number that is none of :data:`COLOURS`.
    """
    _known(own, Contagion.__struct_fields__)
    others = sorted(set(own) - set(COLOURS))
    if others:
        raise ValueError(
            f"{', '.join(others)} is one for all jurisdictions; a profile may set {', '.join(COLOURS)}"
        )
    return _converted({**msgspec.to_builtins(limit), **own})


def _known(values: Iterable[object], names: Iterable[str], place: str = "") -> None:
    require_known(values, names, "number of the contagion model", place)


def _converted(values: Mapping[str, Any]) -> Contagion:
    try:
        return msgspec.convert(dict(values), Contagion)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `$")
        name = place.strip(".`")
        raise ValueError(f"{name}: {what}" if name else what) from error
