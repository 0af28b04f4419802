"""The numbers of the contagion model in words: for the manual and for whoever changes them."""

from collections.abc import Iterator

import msgspec

from detectors.contagion.parameters import Beta, Contagion
from detectors.fact import iso_day

_BETA = "share of the bearer's failure where the other end has failed and all of M is at stake: "
_MEANINGS = {
    "beta.joint_guarantee": _BETA + "joint and several guarantee (连带责任保证)",
    "beta.general_guarantee": _BETA + "general guarantee (一般保证)",
    "beta.mortgage": _BETA + "mortgage for another's debt",
    "beta.pledge": _BETA + "pledge for another's debt",
    "beta.shortfall_top_up": _BETA + "promise to top up (差额补足)",
    "beta.unclear": _BETA + "guarantee whose way is not agreed",
    "beta.subsidiary": _BETA + "parent of a failed subsidiary",
    "beta.parent": _BETA + "subsidiary of a failed parent",
    "beta.holding": _BETA + "holding below control, either way",
    "beta.same_controller": _BETA + "same actual controller",
    "beta.same_legal_rep": _BETA + "same legal representative",
    "beta.same_address": _BETA + "same address",
    "beta.same_phone": _BETA + "same telephone",
    "recovery": "share that a counter-guarantee (反担保) brings back",
    "imputed_debt_share": "an unknown amount, as a share of the debtor's known debt",
    "imputed_base_share": "an unknown amount where the debt is unknown too, as a share of the guarantor's M",
    "civil_code_from": "before this day a way not agreed counts as joint",
    "holding_from": "share of the capital from which a holding binds",
    "control_above": "share of the capital above which it is control",
    "largest_group": "firms under one person that are bound to each other pairwise, at most",
    "never_alone": "relations that raise no alert by themselves",
    "resolution_bits": "probabilities are multiples of 2 to the power of minus this",
    "max_relaxations": "firms that one step of the computation may visit",
    "hops": "longest path followed",
    "decay": "factor per hop after the first",
    "epsilon": "weakest influence followed",
    "delta_blue": "blue: the probability of failure rises by this through contagion",
    "delta_yellow": "yellow: it rises by this",
    "delta_red": "red: it rises by this",
    "exposure_blue": "blue: guarantees for a yellow debtor, as a share of M",
    "exposure_yellow": "yellow: guarantees for a red debtor, as a share of M",
    "exposure_red": "red: guarantees for all red debtors together, as a share of M",
    "influence_yellow": "yellow: influence of a red debtor",
    "path_blue": "blue: weight of the path from a red firm behind a debtor",
    "hysteresis": "how far below its trigger a value must fall",
    "literal_mode": "whether every neighbour of a yellow or red firm is at least blue (母细胞, 子细胞)",
    "clients": "clients above which a firm is over-guaranteed",
    "balance_share": "guarantees over net assets above which it is",
    "top": "firms named in a list",
    "ranked": "firms whose failure is played through, by rank",
    "damping": "of PageRank",
    "tolerance": "at which an iteration has converged",
    "max_rounds": "of an iteration, at most",
    "what_if_candidates": "guarantees looked at when some are to be taken away",
}


def rows(limit: Contagion) -> Iterator[tuple[str, str, str]]:
    """Name, value and meaning of every number, in the order of the catalogue."""
    for name in _names():
        holder, _, field = name.rpartition(".")
        value = getattr(limit.beta if holder else limit, field)
        yield name, _value(name, value), _MEANINGS[name]


def _names() -> Iterator[str]:
    for name in Contagion.__struct_fields__:
        if name == "beta":
            yield from (f"beta.{one}" for one in Beta.__struct_fields__)
        else:
            yield name


def _value(name: str, value: object) -> str:
    if name == "civil_code_from" and isinstance(value, int):
        return iso_day(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def flat(limit: Contagion) -> dict[str, object]:
    """Every number by its name, for a comparison; a date as such."""
    found: dict[str, object] = {
        **msgspec.structs.asdict(limit),
        "civil_code_from": iso_day(limit.civil_code_from),
    }
    beta = msgspec.structs.asdict(found.pop("beta"))  # type: ignore[arg-type]  # the field is a struct
    return {**{f"beta.{name}": value for name, value in beta.items()}, **found}
