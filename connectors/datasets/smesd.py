"""SMEsD: Chinese small firms, court judgments, relations and bankruptcy.

Source: Wei et al., Information Sciences 2024, 120081; github.com/shaopengw/ComRisk (no licence stated: evaluate with
it, commit nothing of it).

Two cohorts are here, ``train`` (bankruptcies of 2014 to 2018) and ``validate`` (2019). Firms have numbers, no names.

Calendar. The data set counts months back from each firm's observation, and bankrupt firms have no calendar dates at
all. For the replay a cohort is taken to be observed at the end of its last year (:data:`OBSERVED`), and a month is
30.4375 days. The dates are therefore artificial: they keep the order and the distances of one firm's own events, and
nothing else may be read from them, least of all how recent an event is at the observation, which is an artefact of
how survivors and bankrupt firms were sampled.

- A firm becomes known (F29), and its relations (F27) with it, when it is founded or on 2000-01-01 if that is later, and
  on the day before its first judgment at the latest. Relations are undated in the source and may post-date the outcome.
- A judgment (F03) is known on its day. The source publishes no case numbers: ``case_ref`` is its file and line.
- The outcome comes last on the day of observation, after the judgments of month 0.
- Of a firm that is in two cohorts the earlier copy is kept.
- An industry whose name was cut at its commas is put together again; ``qualify`` groups are not explained by the
  publisher and left out. The amount of an investment has no unit and is left out too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path

from connectors.datasets import industries
from connectors.datasets.envelope import envelope
from connectors.datasets.item import Dataset, Item, OutcomeLabel, Skip, in_order
from connectors.datasets.smesd_relations import EDGES, relations
from connectors.datasets.table import Row, Table, dead, money, read_rows
from connectors.errors import MappingError
from detectors.identifiers import entity

NAME = "smesd"
JURISDICTION = "CN"
OBSERVED: Mapping[str, date] = {"train": date(2018, 12, 31), "validate": date(2019, 12, 31)}
"""Cohort to its day of observation, in the order of the cohorts."""

BEGIN = date(2000, 1, 1)
"""Where the replay begins: the judgments span 2000 to 2021, as the publisher says."""

DAYS_A_MONTH = 30.4375
_CHINA = timezone(timedelta(hours=8))
_LAST_HOUR = time(23, tzinfo=_CHINA)

_FIRMS = Table(
    "firms.csv", ("split", "company", "registered_capital", "paid_capital", "age_months", "bankrupt")
)
_GROUPS = Table("groups.csv", ("split", "kind", "group", "company"))
_LAWSUITS = Table(
    "lawsuits.csv",
    ("split", "company", "cause", "court", "result", "months_before_observation", "time_label"),
)
_SPLITS = {name: name for name in OBSERVED}
_OUTCOMES = {"0": "survived", "1": "default"}
_MAX_MONTHS = 2400

_CAUSES = {
    "0": "借贷与追偿权纠纷",
    "1": "买卖合同纠纷",
    "2": "租赁合同纠纷",
    "3": "工程、加工、运输合同纠纷",
    "4": "债权转让纠纷",
    "5": "其他合同纠纷",
    "6": "知识产权与竞争纠纷",
    "7": "劳动争议、人事争议",
    "8": "侵权责任纠纷",
    "9": "与公司、证券、保险、票据、破产有关的纠纷",
    "10": "海事、物权、婚姻家庭等纠纷",
}
_COURTS = {"0": "基层人民法院", "1": "中级人民法院", "2": "高级人民法院", "3": "最高人民法院"}
_RESULTS = {"0": "plaintiff won", "1": "plaintiff lost", "2": "defendant won", "3": "defendant lost"}


@dataclass
class _Firm:
    """A row of firms.csv that could be read, and what the other files add to it."""

    row: Row
    split: str
    company: str
    subscribed: dict[str, str]
    paid: dict[str, str]
    founded: date
    outcome: str
    industry: list[str] = field(default_factory=list)
    area: str = ""
    first_judgment: date | None = None

    @property
    def known_on(self) -> date:
        known = max(BEGIN, self.founded)
        return known if self.first_judgment is None else min(known, self.first_judgment - timedelta(days=1))


_Firms = dict[tuple[str, str], _Firm]


def read(directory: Path) -> Iterator[Item]:
    """Every row of the four files, in order of time.

    Raises:
        DatasetError: a file is missing.
        ColumnError: a header is not the one known.
    """
    tables = [read_rows(NAME, directory, table) for table in (_FIRMS, _GROUPS, _LAWSUITS, EDGES)]
    yield from in_order(_items(*tables))


def _items(
    firm_rows: list[Row], group_rows: list[Row], lawsuit_rows: list[Row], edge_rows: list[Row]
) -> Iterator[Item]:
    firms: _Firms = {}
    later: set[tuple[str, str]] = set()
    yield from _read_firms(firm_rows, firms, later)
    yield from _groups(group_rows, firms, later)
    judgments = list(
        _judgments(lawsuit_rows, firms, later)
    )  # before the masters: it finds their first judgment
    yield from (_master(firm) for firm in firms.values())
    known = {company: _at(firm.known_on) for (_, company), firm in firms.items()}
    yield from relations(edge_rows, known, later, list(OBSERVED), _at(BEGIN))
    yield from judgments
    yield from (_outcome(firm) for firm in firms.values())


def _read_firms(rows: Iterable[Row], firms: _Firms, later: set[tuple[str, str]]) -> Iterator[Item]:
    """Fill ``firms`` and, with those an earlier cohort has, ``later``; give the rows that state nothing."""
    read_: list[_Firm] = []
    for row in rows:
        try:
            if row.problem:
                yield dead(row, _at(BEGIN))
            else:
                read_.append(_firm(row))
        except MappingError as error:
            yield dead(row, _at(BEGIN), error)
    cohort_of: dict[str, str] = {}
    for firm in sorted(read_, key=lambda firm: list(OBSERVED).index(firm.split)):
        first = cohort_of.setdefault(firm.company, firm.split)
        if first != firm.split:
            later.add((firm.split, firm.company))
            yield _skip(firm.row, Skip.LATER_COPY)
        elif (firm.split, firm.company) in firms:
            again = MappingError("company", f"must be unique in its split, got {firm.company} again")
            yield dead(firm.row, _at(BEGIN), again)
        else:
            firms[firm.split, firm.company] = firm


def _firm(row: Row) -> _Firm:
    split, age = row.code("split", _SPLITS), row.number("age_months")
    if not 0 <= age <= _MAX_MONTHS:
        raise MappingError("age_months", f"must be 0 to {_MAX_MONTHS}, got {age}")
    return _Firm(
        row,
        split,
        row.key("company"),
        money(row.number("registered_capital") * 10_000, "CNY"),
        money(row.number("paid_capital") * 10_000, "CNY"),
        _months_before(split, float(age)),
        row.code("bankrupt", _OUTCOMES),
    )


def _months_before(split: str, months: float) -> date:
    return OBSERVED[split] - timedelta(days=round(months * DAYS_A_MONTH))


def _of_firm(row: Row, firms: _Firms, later: set[tuple[str, str]]) -> _Firm | None:
    """The firm a row is about; None if it is about a later copy."""
    key = row.code("split", _SPLITS), row.key("company")
    if key in later:
        return None
    if key not in firms:
        raise MappingError("company", f"must have a readable row in firms.csv, got {key[1]} of {key[0]}")
    return firms[key]


def _groups(rows: Iterable[Row], firms: _Firms, later: set[tuple[str, str]]) -> Iterator[Item]:
    """Attach industry and area to the firms; every row is left out as such, with its reason."""
    named: list[tuple[Row, _Firm]] = []
    for row in rows:
        try:
            if row.problem:
                yield dead(row, _at(BEGIN))
                continue
            firm = _of_firm(row, firms, later)
            kind = row.code("kind", {"industry": "industry", "area": "area", "qualify": "qualify"})
        except MappingError as error:
            yield dead(row, _at(BEGIN), error)
            continue
        if firm is None:
            yield _skip(row, Skip.LATER_COPY)
        elif row.text("group") in {"", "-", "nan"}:
            yield _skip(row, Skip.NO_VALUE)
        elif kind == "qualify":
            yield _skip(row, Skip.UNEXPLAINED)
        elif kind == "area":
            firm.area = row.text("group")
            yield _skip(row, Skip.ATTACHED)
        else:
            firm.industry.append(row.text("group"))
            named.append((row, firm))
    for row, firm in named:
        known = industries.code_of(firm.industry)
        yield _skip(row, Skip.NO_STANDARD_CODE if known is None else Skip.ATTACHED)


def _judgments(rows: Iterable[Row], firms: _Firms, later: set[tuple[str, str]]) -> Iterator[Item]:
    """One record per row; alike rows are different judgments of one month. Notes each firm's first judgment."""
    by_firm: defaultdict[tuple[str, str], list[date]] = defaultdict(list)
    for row in rows:
        try:
            if row.problem:
                yield dead(row, _at(BEGIN))
            elif (firm := _of_firm(row, firms, later)) is None:
                yield _skip(row, Skip.LATER_COPY)
            else:
                judged = _months_before(firm.split, row.integer("months_before_observation", 0, _MAX_MONTHS))
                yield _judgment(row, firm, judged)
                by_firm[firm.split, firm.company].append(judged)
        except MappingError as error:
            yield dead(row, _at(BEGIN), error)
    for key, days in by_firm.items():
        firms[key].first_judgment = min(days)


def _judgment(row: Row, firm: _Firm, judged: date) -> Item:
    role, result = row.code("result", _RESULTS).split()
    payload = {
        "case_ref": row.place,
        "doc_type": "judgment",
        "judged_on": judged.isoformat(),
        "court": row.code("court", _COURTS),
        "cause": row.code("cause", _CAUSES),
        "role": role,
        "result": result,
    }
    raw = _record("F03", row, firm.company, f"judgment-{row.place}", _at(judged), payload)
    return Item(row.place, row.original, _at(judged), raw=raw)


def _master(firm: _Firm) -> Item:
    at = _at(firm.known_on)
    payload: dict[str, object] = {
        "name": f"{NAME}-{firm.company}",
        "subscribed_capital": firm.subscribed,
        "paid_capital": firm.paid,
        "founded_on": firm.founded.isoformat(),
        "industry": industries.code_of(firm.industry),
        "address": firm.area,
    }
    raw = _record("F29", firm.row, firm.company, f"firm-{firm.company}", at, payload)
    return Item(firm.row.place, firm.row.original, at, raw=raw)


def _outcome(firm: _Firm) -> Item:
    at = datetime.combine(OBSERVED[firm.split], _LAST_HOUR)
    about = entity.of(JURISDICTION, "local", f"{NAME}-{firm.company}")
    label = OutcomeLabel(about, firm.outcome, at, NAME, f"{NAME}-firm-{firm.company}")
    return Item(firm.row.place, firm.row.original, at, outcome=label)


def _record(
    feed: str, row: Row, company: str, record_id: str, at: datetime, payload: Mapping[str, object]
) -> dict[str, object]:
    subject = {"scheme": "local", "value": f"{NAME}-{company}"}
    return envelope(NAME, feed, record_id, row, at, JURISDICTION, subject, payload)


def _skip(row: Row, why: Skip) -> Item:
    return Item(row.place, row.original, _at(BEGIN), skipped=why)


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=_CHINA)


DATASET = Dataset(
    NAME,
    "small firms, judgments, relations and bankruptcy, China 2014-2019",
    (_FIRMS.file, _GROUPS.file, _LAWSUITS.file, EDGES.file),
    read,
)
