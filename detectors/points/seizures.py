"""Seizure points: real estate under restraint, and creditors queueing for one asset."""

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from detectors.fact import Fact
from detectors.points.evaluator import Evaluator, ends
from detectors.points.finding import NOT_FIRED, RED, YELLOW, Finding
from detectors.points.view import View
from detectors.points.wording import count, percent
from detectors.records.keys import natural_key


class RealEstateSeizure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-14."""

    red_share: float = 0.30
    red_units_if_value_unknown: int = 2


def real_estate_seizure(view: View, limit: RealEstateSeizure) -> Finding:
    """WP-14 不动产查封: active seizures (F09) on real estate against the known real-estate value (F12).

    Red from 30 % of the known value, for the main premises, or from two units while the value is unknown. A seizure
    ends on its last day unless renewed, three years at most (最高人民法院民诉法解释 art. 485; 查封规定 art. 27).
    One that the register itself has entered (查封登记, F12) counts where no court has told of the unit.
    """
    seized = [fact for fact in view.active("F09") if fact.data.get("asset_class") == "real_estate"]
    told = by_asset(seized)
    seized += [fact for fact in registered_seizures(view) if fact.data["unit_no"] not in told]
    if not seized:
        return NOT_FIRED
    seized.sort(key=lambda fact: (fact.start, fact.key))
    units = by_asset(seized)
    share, amounts = _share(view, units)
    main = any(fact.data.get("main_premises") for fact in seized)
    if share is None:
        red, value = (
            len(units) >= limit.red_units_if_value_unknown,
            f"{count(len(units), 'unit')}, value unknown",
        )
    else:
        red, value = (
            share >= limit.red_share,
            f"{count(len(units), 'unit')}, {percent(share, limit.red_share)} of known real estate ({amounts})",
        )
    return Finding(
        level=RED if red or main else YELLOW,
        value=value + (", main premises" if main else ""),
        threshold=f"red from {limit.red_share:.0%} of known value, main premises, "
        f"or {limit.red_units_if_value_unknown} units of unknown value",
        since=seized[0].start,
        evidence=tuple(seized),
        details={"units": len(units), "share": share},
        episode=root_of(view, seized[0]),
    )


def registered_seizures(view: View) -> list[Fact]:
    """Seizures in force that the register of real estate (F12) has entered on units of the firm."""
    return [
        fact for fact in view.active("F12") if fact.data.get("kind") == "seizure" and "unit_no" in fact.data
    ]


def root_of(view: View, fact: Fact) -> str:
    """Key of the first seizure of a chain of renewals (续封): a renewal carries on what it renews.

    The first notice gives the key even if it was never seen here, as its key can be told from the renewal's.
    """
    root, seen = fact, {fact.key}
    while (renewed := root.data.get("renewal_of")) is not None:
        key = _key_of(root, str(renewed))
        if key in seen:
            break
        seen.add(key)
        earlier = next((one for one in view.known("F09") if one.key == key), None)
        if earlier is None:
            return key
        root = earlier
    return root.key


def _key_of(fact: Fact, notice_no: str) -> str:
    """Natural key of another notice of the same authority on the same asset."""
    payload = {**fact.data, "notice_no": notice_no}
    return natural_key("F09", payload, "").removesuffix("|") + fact.key[fact.key.rindex("|") :]


def _share(view: View, units: Mapping[str, list[Fact]]) -> tuple[float | None, str]:
    """Seized part of the known real-estate value, and both amounts; None unless every seized unit has a value."""
    known = {
        fact.data.get("unit_no", fact.key): value
        for fact in view.active("F12")
        if (value := view.money(fact, "asset_value"))  # a later entry about the unit may leave its value out
    }
    if not known:
        return None, ""
    total = 0
    for unit, facts in units.items():
        value = known.get(unit) or max((view.money(fact, "asset_value") or 0 for fact in facts), default=0)
        if not value:
            return None, ""
        total += value
        known.setdefault(unit, value)
    whole = sum(known.values())
    return total / whole, f"{view.text(total)} of {view.text(whole)}"


class StackedSeizures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters of WP-15."""

    red_waiting_on_one_asset: int = 2
    red_assets: int = 3


def stacked_seizures(view: View, limit: StackedSeizures) -> Finding:
    """WP-15 轮候查封: seizures that wait behind an earlier one on the same asset.

    A waiting seizure becomes effective by itself when the earlier ones are lifted (查封规定 art. 26), so the rank is
    recomputed from the seizures in force; one that had ended before another joined the queue is not in its rank. Yellow
    from one, red from two on one asset or on three assets.
    """
    ended = _ended(view)
    waiting: dict[str, list[Fact]] = {}
    for asset, facts in by_asset(view.active("F09")).items():
        held = {_rank(fact) for fact in facts}  # a renewed seizure keeps its place in the queue
        gone = [one for one in ended[asset] if _rank(one) not in held]
        behind = [fact for fact in facts if _rank(fact) - len(_ranks_before(view, fact, gone)) >= 2]
        if behind:
            waiting[asset] = behind
    if not waiting:
        return NOT_FIRED
    deepest = max(len(facts) for facts in waiting.values())
    queue = sorted(
        (fact for facts in waiting.values() for fact in facts), key=lambda fact: (fact.start, fact.key)
    )
    red = deepest >= limit.red_waiting_on_one_asset or len(waiting) >= limit.red_assets
    claimed = _claimed(view, queue)
    return Finding(
        level=RED if red else YELLOW,
        value=f"{count(deepest, 'seizure')} waiting behind others on one asset, {count(len(waiting), 'asset')} "
        "with a queue" + (f", for {view.text(claimed)} in all" if claimed else ""),
        threshold=f"red from {limit.red_waiting_on_one_asset} waiting on one asset or {limit.red_assets} assets, "
        "yellow from 1",
        since=queue[0].start,
        evidence=tuple(queue),
        details={"deepest": deepest, "assets": len(waiting), "claimed": view.text(claimed)},
        episode=root_of(view, queue[0]),
    )


def _claimed(view: View, queue: list[Fact]) -> int:
    return sum(view.money(fact, "amount_limit") or 0 for fact in queue)


def by_asset(facts: list[Fact]) -> dict[str, list[Fact]]:
    """Facts by the asset they bind; one without a reference counts as an asset of its own."""
    assets: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        assets[asset_of(fact)].append(fact)
    return assets


def asset_of(fact: Fact) -> str:
    """The asset that a seizure (F09, or F12) binds, by its reference; its own key if it gives none."""
    return str(fact.data.get("asset_ref") or fact.data.get("unit_no") or fact.key)


def _rank(fact: Fact) -> int:
    return int(fact.data.get("sequence") or 1)


def _ended(view: View) -> dict[str, list[Fact]]:
    return by_asset([fact for fact in view.known("F09") if fact.end is not None and fact.end <= view.day])


def _ranks_before(view: View, fact: Fact, gone: list[Fact]) -> set[int]:
    """Ranks before its own that were given up since a seizure, or the one that it renews, joined the queue."""
    lower = [one for one in gone if _rank(one) < _rank(fact)]
    joined = _joined(view, fact) if lower else 0
    return {_rank(one) for one in lower if one.end is not None and one.end >= joined}


def _joined(view: View, fact: Fact) -> int:
    """The day on which a seizure, or the first one that it carries on, began; 0 if that was never seen."""
    root = root_of(view, fact)
    return min((one.start for one in view.known("F09") if one.key == root), default=0)


EVALUATORS: Mapping[str, Evaluator] = {
    "real_estate_seizure": Evaluator(real_estate_seizure, RealEstateSeizure, ends),
    "stacked_seizures": Evaluator(stacked_seizures, StackedSeizures, ends),
}
