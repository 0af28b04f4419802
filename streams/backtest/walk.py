"""One firm under one catalogue, from its first record to the end of the history: only what is told is kept."""

from collections.abc import Sequence

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
from detectors.waiting import has_told
from streams.backtest.common import NO_NEWS, Common, Known, at
from streams.backtest.forecasts import Look, look
from streams.engine.cases import NEVER, Case
from streams.engine.judging import moved, woken
from streams.engine.state import EntityState


class Walked(msgspec.Struct):
    """What a walk leaves: the alerts in order, the tier at the end and the highest ever told, and the lines refused."""

    told: list[Told]
    tier: int
    highest: int


class Walk:
    """The same steps as :mod:`streams.engine.judging`, without what only readers of alerts and assessments need."""

    def __init__(self, entity: str, catalogue: Catalogue, common: Common, looks: Sequence[int] = ()) -> None:
        """Nothing is known yet; ``looks`` are the times at which what is forecast is noted, ascending."""
        self._catalogue, self._common = catalogue, common
        self.case = Case(entity, EntityState(), NEVER, catalogue)
        self._zone = self.case.profile.utc_offset
        self._expiry = FAR
        self._news = iter(common.norms)
        self._next = next(self._news, None)
        self._heard = NO_NEWS
        self.told: list[Told] = []
        self.highest = 0
        self.looks: list[Look] = []
        self._times = iter(looks)
        self._look = next(self._times, NEVER)

    @property
    def reading(self) -> tuple[int, str]:
        """Walks of equal reading understand a record alike."""
        return self._zone, self.case.profile.currency

    def take(self, clock: int, place: int, said: Stated) -> None:
        """One statement at its place of the log."""
        if min(self.case.due, self._heard.clock, self._look) <= clock or self._next is not None:
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
        """Fire every timer that is due by ``clock``, and look again if what it waits for came before ``place``."""
        while self._look <= clock:
            self._until(self._look, place)
            seen = look(self.case, self._look, self._catalogue)
            self.looks += [] if seen is None else [seen]
            self._look = next(self._times, NEVER)
        self._until(clock, place)

    def _until(self, clock: int, place: int) -> None:
        while True:
            due, news = self.case.due, min(self._next or NO_NEWS, self._heard, key=at)
            if at(news) < (clock, place) and due > news.clock:
                self._tell(news)
            elif due <= clock:
                self._wake(due, self._common.due(due, self._zone))
            else:
                return

    def _tell(self, news: Known) -> None:
        """Look again because of what came, if it waits for it: what is usual, or how far a source has come."""
        case, reference = self.case, news.references[self._zone]
        if news is self._next:
            self._next = next(self._news, None)
            if self._waits():
                case.judgement = None
        if news is self._heard:
            self._heard = NO_NEWS
            if case.judgement is not None and not has_told(
                case.judgement.awaits, case.state.ledger, reference
            ):
                return
        elif case.judgement is not None:
            return
        self._wake(news.clock, reference)

    def _waits(self) -> bool:
        judgement = self.case.judgement
        return judgement is not None and any(
            awaits_norm(verdict.finding)
            for name in self._catalogue.comparing
            if (verdict := judgement.verdicts.get(name)) is not None
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
        if after.awaits:
            self._heard = self._common.heard(after.awaits, state.ledger, self._zone)
        else:
            self._heard = NO_NEWS
        case.state, case.judgement = state, after
        turn = min(after.until, self._expiry)
        case.due = min(step.due, midnight(turn, self._zone) if turn < FAR else NEVER)
        if not step.transitions:
            return
        now = state.standing.evaluated
        self.highest = max(self.highest, state.standing.tier)
        for one in step.transitions:
            name = alert_id(case.entity, one.point, one.episode, one.level, one.revision)
            sent = not one.suppressed_by and one.kind not in OPERATIONAL
            self.told.append(
                Told(now, name, one.kind, one.point, one.level, one.tier_from, one.tier_to, sent)
            )
