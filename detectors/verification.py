"""Verifying an alert: its colours and its tier, recomputed from the records it names (可核).

Theory. A verdict is a pure function of facts, day, catalogue and reference, so whoever holds the records can compute
it again. Two ledgers are judged on the alert's day. One holds nothing but the records named as evidence and the one
that gives the materiality base; a point that comes out the same from it is proven by its evidence. A point whose
verdict rests on something that is not there (no return, no use), on a cohort or on the firm's own past comes out the
same only from the other ledger, which holds all records of the entity known at that moment; it is said which points
these are. A record that says something else than when the alert was told has another digest and is found by that.

What was told of the tier falls slowly on purpose, so a told tier must be the recomputed one when it rose and must
never be lower. How far a source has come is no record of the entity and wakes nobody; a point that weighs by that
alone may therefore be missing from an alert told before its turn, and is then left out here too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from detectors.assessment import contributions, jurisdiction_of, materiality
from detectors.catalogue.model import Catalogue, Profile
from detectors.errors import FenghuoError
from detectors.fact import IMPULSE, day_of, iso_day
from detectors.fold import Stated, stated
from detectors.judge import Judgement, judge
from detectors.ledger import EMPTY, Ledger, fold
from detectors.points.finding import LEVEL_NAMES
from detectors.record import CONTROL_OPS, Record, epoch
from detectors.reference import NOTHING, Reference
from detectors.score import score, tier

Basis = Literal["evidence", "records"]
"""What a verdict was recomputed from: the records named as evidence, or all records known at that moment."""

_ROUNDING = 1e-4
_PLACED = ("offset",)
"""Where a record lies is known to the log alone."""


class Difference(msgspec.Struct, frozen=True):
    """One thing that is not as it was told."""

    place: str
    told: str
    found: str

    def __str__(self) -> str:
        """For people."""
        return f"{self.place}: told {self.told}, found {self.found}"


class Verification(msgspec.Struct, frozen=True):
    """The differences, none if all is well; ``bases`` tells of each point from what it was recomputed, ``pending`` are
    points that weigh by what sources or peers have told since they were last looked at."""

    differences: tuple[Difference, ...]
    bases: Mapping[str, Basis]
    pending: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything came out as it was told."""
        return not self.differences

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        if self.differences:
            more = len(self.differences) - 1
            return f"does not hold: {self.differences[0]}" + (f" (and {more} more)" if more else "")
        proven = [name for name, basis in self.bases.items() if basis == "evidence"]
        others = [name for name, basis in self.bases.items() if basis == "records"]
        said = f"holds: {len(proven)} of {len(self.bases)} points from their evidence alone"
        if others:
            said += f"; from all records known at that moment, because evidence cannot show it: {', '.join(others)}"
        return said


def known_to(alert: Mapping[str, Any], records: Iterable[Record]) -> list[Record]:
    """Records of the alert's entity captured by its moment.

    An alert that a timer led to was told before anything captured in that very second.
    """
    at, timer = _moment(alert), bool(alert.get("origin", {}).get("timer"))
    mine = (one for one in records if one.entity == alert["entity"])
    return [one for one in mine if epoch(one.observed_at) < at + (not timer)]


def verify(
    alert: Mapping[str, Any], records: Iterable[Record], catalogue: Catalogue, reference: Reference = NOTHING
) -> Verification:
    """Recompute the points, the score and the tier of an alert. Pure.

    ``records`` are those of its entity known at that moment (:func:`known_to`, or everything before it in the log); the
    records it names suffice where evidence proves it all. ``reference`` is what else was known then. An alert about a
    source tells of no entity and cannot be verified.

    Raises:
        FenghuoError: not an alert about an entity, or not the whole of one.
        NotCanonicalError: a record breaks its contract.
    """
    if not isinstance(alert.get("points"), list) or not jurisdiction_of(str(alert.get("entity", ""))):
        raise FenghuoError(
            "alert", f"{alert.get('alert_id', '?')} tells of no entity", "give one with points and evidence"
        )
    if alert.get("withheld"):
        problem = f"leaves out what rests on loans at other lenders ({', '.join(alert['withheld'])})"
        raise FenghuoError(
            f"alert {alert['alert_id']}", problem, "verify the whole alert, with --broker on the alerts topic"
        )
    if alert["catalogue"] != catalogue.version:
        wrong = Difference("catalogue", str(alert["catalogue"]), catalogue.version)
        return Verification((wrong,), {})
    return _Check(alert, records, catalogue, reference).result()


class _Check:
    """One verification under way."""

    def __init__(
        self, alert: Mapping[str, Any], records: Iterable[Record], catalogue: Catalogue, reference: Reference
    ) -> None:
        self.alert, self.catalogue, self.reference = alert, catalogue, reference
        self.profile: Profile = catalogue.profile(jurisdiction_of(alert["entity"]))
        self.day = day_of(_moment(alert), self.profile.utc_offset)
        said = [
            stated(one, self.profile)
            for one in records
            if one.entity == alert["entity"] and one.op not in CONTROL_OPS
        ]
        self.found: list[Difference] = []
        self.named = _ledger(self._named(said))
        self.known = _ledger(said)
        self.proven = judge(self.named, self.day, catalogue, self.profile, reference)
        whole = judge(self.known, self.day, catalogue, self.profile, reference)
        self.pending = self._pending(whole)
        weighing = {name: one for name, one in whole.weighing.items() if name not in self.pending}
        self.whole = msgspec.structs.replace(whole, weighing=weighing)

    def result(self) -> Verification:
        """All differences, in the order of reading."""
        bases = {row["id"]: self._basis(row) for row in self.alert["points"]}
        self._rows()
        if "materiality" in self.alert:
            base = materiality(self.known, self.day, self.catalogue, self.profile)
            self._differ("materiality base", _placeless(self.alert["materiality"]), base)
        self._differ("score", self.alert["score"], round(score(self.whole, self.catalogue), 4))
        self._tier()
        self._level()
        return Verification(tuple(self.found), bases, self.pending)

    def _pending(self, whole: Judgement) -> tuple[str, ...]:
        told = {row["id"] for row in self.alert["points"]}
        more = [name for name in whole.weighing if name not in told]
        if not more:
            return ()
        alone = judge(self.known, self.day, self.catalogue, self.profile).weighing
        return tuple(name for name in more if name not in alone)

    def _differ(self, place: str, told: object, found: object) -> None:
        near = isinstance(told, float) and isinstance(found, float) and abs(told - found) <= _ROUNDING
        if not near and told != found:
            self.found.append(Difference(place, _text(told), _text(found)))

    def _named(self, said: Sequence[Stated]) -> list[Stated]:
        """The facts of the records named; tells of those that are missing or say something else now."""
        by_key: dict[tuple[str, str, int], list[Stated]] = {}
        for one in said:
            by_key.setdefault((one.feed, one.ident, one.fact.version), []).append(one)
        named: list[Stated] = []
        rows = [row for point in self.alert["points"] for row in point["evidence"]]
        for row in {_ident(row): row for row in [*rows, *_base_rows(self.alert)]}.values():
            candidates = by_key.get((row["feed"], _ident(row)[1], row["version"]), [])
            same = [one for one in candidates if one.fact.digest.hex() == row["digest"]]
            if not same:
                place = f"{row['source']} {row['record_id']} version {row['version']}"
                other = candidates[0].fact.digest.hex() if candidates else _absent(row["feed"])
                self.found.append(Difference(place, f"digest {row['digest']}", other))
            named += same
        return named

    def _basis(self, row: Mapping[str, Any]) -> Basis:
        verdict = self.proven.verdicts.get(row["id"])
        if verdict is None or verdict.point not in self.proven.weighing:
            return "records"
        half_life = self.catalogue.by_id[verdict.point].half_life_days
        again = (verdict.state, verdict.level, iso_day(verdict.since), verdict.weight(self.day, half_life))
        told = (row["state"], row["level"], row["since"], row["p"])
        return "evidence" if again[:3] == told[:3] and abs(again[3] - told[3]) <= _ROUNDING else "records"

    def _rows(self) -> None:
        """Every word of every row, but for where in the log a record lies."""
        rows = contributions(self.known, self.whole, self.catalogue, self.profile, self.reference)
        again = {row["id"]: row for row in rows}
        for row in self.alert["points"]:
            name = row["id"]
            found = again.pop(name, None)
            if found is None:
                self.found.append(Difference(f"point {name}", row["colour"], "that it does not weigh"))
                continue
            for field in sorted(row.keys() | found.keys()):
                self._differ(f"{name} {field}", _placeless(row.get(field)), _placeless(found.get(field)))
        for name, found in again.items():
            self.found.append(Difference(f"point {name}", "nothing", found["colour"]))

    def _tier(self) -> None:
        """Rising it is the recomputed one; else it may lag behind, but never be lower."""
        was, now = int(self.alert["tier"]["from"]), int(self.alert["tier"]["to"])
        pure = tier(self.whole, self.catalogue)
        if now < pure or (now > was and now != pure):
            self._differ("tier", LEVEL_NAMES[now], LEVEL_NAMES[pure])

    def _level(self) -> None:
        """The level of the alert is that of its point, or of the tier if it is about that alone."""
        point, level = self.alert["point"], self.alert["level"]
        if point in self.catalogue.by_id and self.alert["type"] != "alert.flapping":
            verdict = self.whole.weighing.get(point)
            self._differ(f"level of {point}", level, verdict.level if verdict else 0)
        elif point not in self.catalogue.by_id:
            self._differ("level", level, self.alert["tier"]["to"])
        self._differ("level in words", self.alert["level_name"], LEVEL_NAMES[level])


def _absent(feed: str) -> str:
    """An impulse is written by workers, so a file from connectors holds none."""
    if feed == IMPULSE:
        return "no such record (what the network said lies in the records topic alone: verify with --broker)"
    return "no such record"


def _moment(alert: Mapping[str, Any]) -> int:
    return epoch(datetime.fromisoformat(alert["at"]))


def _ident(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["feed"], "|".join((row["source"], row["record_id"], row.get("role", "")))


def _base_rows(alert: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = alert.get("materiality", {}).get("evidence", [])
    return rows


def _ledger(said: Iterable[Stated]) -> Ledger:
    ledger = EMPTY
    for one in said:
        ledger = fold(ledger, one.feed, one.ident, one.fact).ledger
    return ledger


def _placeless(value: Any) -> Any:
    """The same without offsets; a pair is a list, as in JSON."""
    if isinstance(value, Mapping):
        return {name: _placeless(one) for name, one in value.items() if name not in _PLACED}
    if isinstance(value, list | tuple):
        return [_placeless(one) for one in value]
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value, order="sorted").decode()
