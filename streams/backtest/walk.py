"""One firm under one catalogue, from its first record to the end of the history: only what is told is kept."""

import msgspec

from alerts.policy.alert import OPERATIONAL, alert_id
from alerts.policy.standing import Step
from detectors.catalogue.model import Catalogue
from detectors.evaluation import Told
from detectors.fact import midnight
from detectors.fold import Stated
from detectors.judge import FAR, Judgement
from detectors.ledger import next_expiry, purge
from detectors.points.finding import awaits_norm
from detectors.reference import Reference
from streams.backtest.common import Common
from streams.engine.judging import NEVER, Case, moved, woken
from streams.engine.state import EntityState

MISFITS = (ArithmeticError, LookupError, TypeError, ValueError)
"""What a point raises over a field that no connector would have let through."""


class Walked(msgspec.Struct):
    """What a walk leaves: the alerts in order, the tier at the end and the highest ever told, and the lines refused."""

    told: list[Told]
    tier: int
    highest: int


class Walk:
    """The same steps as :mod:`streams.engine.judging`, without what only readers of alerts and assessments need."""

    def __init__(self, entity: str, catalogue: Catalogue, common: Common) -> None:
        """Nothing is known yet."""
        self._catalogue, self._common = catalogue, common
        self.case = Case(entity, EntityState(), NEVER, catalogue)
        self._zone = self.case.profile.utc_offset
        self._expiry = FAR
        self._news = iter(common.norms)
        self._next = next(self._news, None)
        self.told: list[Told] = []
        self.highest = 0

    @property
    def reading(self) -> tuple[int, str]:
        """Walks of equal reading understand a record alike."""
        return self._zone, self.case.profile.currency

    def take(self, clock: int, place: int, said: Stated) -> None:
        """One statement at its place of the log."""
        if self.case.due <= clock or self._next is not None:
            self.until(clock, place)
        case = self.case
        move = moved(case, said, clock, self._catalogue, self._common.at(clock, place, self._zone))
        if isinstance(move, str):
            return
        folded, fact = move.folded, said.fact
        ledger = folded.ledger
        gone = fact.until is not None and fact.until <= move.after.day
        if gone:
            ledger = purge(ledger, move.after.day)
        held = folded.held
        if gone or folded.dropped is not None or (held is not None and held.until == self._expiry):
            self._expiry = next_expiry(ledger)
        elif fact.until is not None and fact.until < self._expiry:
            self._expiry = fact.until
        self._keep(EntityState(ledger, move.step.standing), move.after, move.step)

    def until(self, clock: int, place: int) -> None:
        """Fire every timer that is due by ``clock``, and tell whoever waits of norms that came before ``place``."""
        while True:
            due, news = self.case.due, self._next
            if news is not None and (news.clock, news.place) < (clock, place) and due > news.clock:
                self._next = next(self._news, None)
                if self._waits():
                    self.case.judgement = None
                    self._wake(news.clock, news.references[self._zone])
            elif due <= clock:
                self._wake(due, self._common.due(due, self._zone))
            else:
                return

    def _waits(self) -> bool:
        judgement = self.case.judgement
        return judgement is not None and any(
            awaits_norm(verdict.finding) for verdict in judgement.verdicts.values() if verdict.finding.missing
        )

    def _wake(self, at: int, reference: Reference) -> None:
        case = self.case
        after, step = woken(case, at, self._catalogue, reference)
        ledger = case.state.ledger
        if self._expiry <= after.day:
            ledger = purge(ledger, after.day)
            self._expiry = next_expiry(ledger)
        self._keep(EntityState(ledger, step.standing), after, step)

    def _keep(self, state: EntityState, after: Judgement, step: Step) -> None:
        case = self.case
        case.state, case.judgement = state, after
        turn = min(after.until, self._expiry)
        case.due = min(step.due, midnight(turn, self._zone) if turn < FAR else NEVER)
        if not step.transitions:
            return
        at = state.standing.evaluated
        self.highest = max(self.highest, state.standing.tier)
        for one in step.transitions:
            name = alert_id(case.entity, one.point, one.episode, one.level, one.revision)
            sent = not one.suppressed_by and one.kind not in OPERATIONAL
            self.told.append(Told(at, name, one.kind, one.point, one.level, one.tier_from, one.tier_to, sent))
