"""What a credit report says, worked out once for every form it is written in. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from alerts.delivery.plain_words import deadline_words
from detectors.batch import Everybody
from detectors.catalogue.model import Catalogue
from detectors.cohorts.compare import Comparison
from detectors.explanation import Case, case_among, explain
from detectors.fact import Fact, iso_day
from detectors.forces.credit import Credit, credit
from detectors.forces.default import insolvency_accepted, own_standing, probability_of_default
from detectors.forces.forces import Force, five_forces
from detectors.forces.measures import FORCES, MEASURES
from detectors.forces.peers import peers_of
from detectors.forces.standing import standing_of
from detectors.materiality import view_of
from detectors.objections import undisputed
from detectors.points.finding import LEVEL_NAMES
from detectors.rationale import with_names
from detectors.record import Record
from streams.duties import with_deadlines
from streams.report.peers import compared, counted

FEEDS = {
    "F01": "court filings 立案",
    "F02": "hearings 开庭公告",
    "F03": "judgments 裁判文书",
    "F04": "enforcement 被执行人",
    "F05": "dishonest list 失信被执行人",
    "F06": "consumption limits 限制高消费",
    "F07": "terminated enforcement 终本案件",
    "F08": "insolvency 破产",
    "F09": "seizures 查封扣押冻结",
    "F10": "judicial auctions 司法拍卖",
    "F11": "movable security 动产担保",
    "F12": "real estate 不动产",
    "F13": "equity pledges 股权出质",
    "F14": "equity freezes 股权冻结",
    "F15": "utilities 水电气",
    "F16": "tax arrears 欠税公告",
    "F17": "tax abnormality 非正常户",
    "F18": "tax violations 重大税收违法",
    "F19": "social insurance 社保",
    "F20": "wage arrears 欠薪",
    "F21": "loans 信贷",
    "F22": "abnormality list 经营异常",
    "F23": "serious violations 严重违法",
    "F24": "penalties 行政处罚",
    "F25": "changes 变更登记",
    "F26": "guarantees 担保",
    "F27": "relations 关系",
    "F28": "notary 公证",
    "F29": "master data 主体",
    "F30": "accounts 财务",
    "F31": "objections 异议",
    "F34": "guarantee circle 担保圈",
    "F35": "media mentions 舆情",
}
DISCLAIMERS = (
    "This report is advisory. It is no decision about credit and does not replace one; whoever decides looks at the "
    "evidence and hears the firm (PIPL art. 24).",
    "It says what was in the records given, as of the date above. What no source has told is not known here, and what "
    "could not be judged is listed as such.",
    "The probability of default is a rule, not calibrated on outcomes; do not use it for pricing or provisions.",
    "Colours are of the scale fenghuo-3: none 0, blue 1, yellow 2, red 3 (most severe).",
    "The firm may object to any record at its source; an objection is marked, and a withdrawn record leaves no trace "
    "in a later report.",
)
_DATED = 300


def in_full(report_: "Report", row: dict[str, Any]) -> tuple[str, str, str]:
    """What a point measured, what it was held against, and the dates that follow, with the points they name."""
    names = report_.explanation["names"]
    dates = "; ".join(deadline_words(row.get("deadlines", {})))
    return with_names(row["value"], names), with_names(row["threshold"], names), dates


class Mark(msgspec.Struct, frozen=True):
    """One fact on the timeline: days, and the highest colour it is evidence of."""

    start: int
    end: int | None
    level: int


class Lane(msgspec.Struct, frozen=True):
    """The facts of one feed."""

    feed: str
    name: str
    marks: tuple[Mark, ...]


class Report(msgspec.Struct, frozen=True):
    """Everything a report shows. ``explanation`` is that of ``fenghuo explain``; ``compared`` pairs an indicator with
    its position, ``peers`` counts the firms it can be compared with (None: what it is, is not known), ``lanes`` the
    facts by feed, oldest first."""

    explanation: dict[str, Any]
    forces: tuple[Force, ...]
    credit: Credit
    probability: float
    compared: tuple[Comparison, ...]
    peers: int | None
    lanes: tuple[Lane, ...]
    day: int
    rules_version: str

    @property
    def currency(self) -> str:
        """That of the amounts."""
        return str(self.explanation["materiality"]["currency"])

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            **self.explanation,
            "forces": [msgspec.to_builtins(force) for force in self.forces],
            "credit": msgspec.to_builtins(self.credit),
            "probability_of_default": {"value": round(self.probability, 4), "calibrated": False},
            "cohort": [msgspec.to_builtins(one) for one in self.compared],
            "peers": self.peers or 0,
            "rules": self.rules_version,
        }


def report(entity: str, records: Sequence[Record], everyone: Everybody, catalogue: Catalogue) -> Report:
    """The report on an entity of ``records``, judged as ``fenghuo assess`` does; ``everyone`` is everybody in them at
    the instant reported on, and its peers."""
    case = case_among(entity, records, everyone, catalogue)
    judgement = case.judgement
    view = view_of(case.ledger, judgement.day, judgement.base, case.profile, case.reference)
    rules = catalogue.scoring
    forces = five_forces(view, peers_of(view), rules, case.profile.connected)
    own = own_standing(judgement, case.ledger, catalogue, case.profile, case.reference)
    return Report(
        explanation=with_deadlines(explain(case), case),
        forces=tuple(forces[name] for name in FORCES),
        credit=credit(forces, standing_of(judgement, catalogue), rules.credit),
        probability=probability_of_default(own, rules.default, insolvency_accepted(view)).value,
        compared=compared(entity, everyone, view),
        peers=counted(entity, everyone),
        lanes=tuple(_lanes(case)),
        day=judgement.day,
        rules_version=rules.version,
    )


def _lanes(case: Case) -> Iterable[Lane]:
    """Facts that retention and objections still allow, with the colour they raise today."""
    raised: dict[str, int] = {}
    for verdict in case.judgement.weighing.values():
        for fact in verdict.finding.evidence:
            raised[fact.key] = max(raised.get(fact.key, 0), verdict.level)
    day = case.judgement.day
    told = undisputed(case.ledger, case.profile.dispute_effect).facts
    for feed in sorted(told):
        facts = [fact for fact in told[feed].values() if _shown(fact, day)]
        marks = sorted(
            (fact.start, fact.end or 0, raised.get(fact.key, 0), fact.end is None) for fact in facts
        )
        if marks:
            shown = tuple(
                Mark(start, None if still else end, level) for start, end, level, still in marks[-_DATED:]
            )
            yield Lane(feed, FEEDS.get(feed, feed), shown)


def _shown(fact: Fact, day: int) -> bool:
    return not fact.retracted and fact.start <= day and (fact.until is None or day < fact.until)


def dates_of(report_: Report) -> tuple[int, int]:
    """First and last day of the timeline: three years at most, and never less than half a year."""
    first = min((mark.start for lane in report_.lanes for mark in lane.marks), default=report_.day)
    return max(min(first, report_.day - 182), report_.day - 1_096), report_.day


def level_words(level: int) -> str:
    """A level in words and as a number, never as a colour alone."""
    return f"{LEVEL_NAMES[level].upper()} (level {level} of 3)"


def measure_name(measure_id: str) -> tuple[str, str]:
    """English and Chinese name of an indicator."""
    measure = MEASURES[measure_id]
    return measure.name, measure.name_zh


def number(value: float, unit: str = "") -> str:
    """A figure as people write it."""
    if abs(value) < 1:
        return f"{value:.3g} {unit}".strip()
    digits = 0 if abs(value) >= 1000 else 2
    text = f"{value:,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} {unit}".strip()


_IN_HUNDREDTHS = frozenset({"ratio", "ratio to last year", "ratio to M"})
"""Units that people read in hundredths; to what is said by the name of the indicator."""


def figure(measure_id: str, value: float, currency: str) -> str:
    """The value of an indicator with its unit; amounts are in ``currency``.

    >>> figure("payment_punctuality", 0.965, "CNY"), figure("roe", 4.82, "CNY"), figure("net_assets", 6.0, "CNY")
    ('96.5 %', '4.82 %', 'CNY 1,000,000')
    """
    unit = MEASURES[measure_id].unit
    if unit in _IN_HUNDREDTHS:
        return number(100 * value, "%")
    if measure_id == "net_assets":
        return f"{currency} {number(10**value)}" if value else "used up"
    if measure_id == "age":
        return "ten years or more" if value >= 1 else number(10 * value, "years")
    if unit.endswith("in 24 months"):
        return number(value, "in 24 months")
    return number(value, "of 100" if unit == "100 - index" else unit.replace("main units", currency))


def file_name(report_: Report) -> str:
    """Name of the files, without suffix: the entity and the day."""
    entity = str(report_.explanation["entity"]).removeprefix("ent:")
    safe = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in entity)
    return f"report-{safe}-{iso_day(report_.day)}"
