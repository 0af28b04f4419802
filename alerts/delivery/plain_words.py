"""An alert in plain words, English or Chinese, for a terminal, an e-mail or a printout. Pure.

The level is always a number and a name, never a colour alone; the expected action is that table's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from alerts.policy.areas import PREFIX
from detectors.materiality import rung_words

Lang = Literal["en", "zh"]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Words:
    """Every phrase of one language; levels are indexed 0 to 3."""

    levels: tuple[str, ...]
    kinds: Mapping[str, str]
    actions: tuple[str, ...]
    lowered: str
    withdrawn: str
    erase: str
    head: str
    tier: str
    stays: str
    why: str
    point: str
    against: str
    since: str
    more: str
    do: str
    number: str
    deadlines: Mapping[str, str]
    flaps: str
    disputed: str
    silenced: str
    of_area: str
    area_actions: tuple[str, ...]
    measure: str
    rungs: Mapping[str, str]


_EN = _Words(
    levels=("NONE", "BLUE", "YELLOW", "RED"),
    kinds={
        "alert.opened": "new alert",
        "alert.reopened": "the alert is back",
        "alert.upgraded": "the alert is raised",
        "alert.downgraded": "the alert is lowered",
        "alert.cleared": "the alert is over",
        "alert.retracted": "the alert is withdrawn",
        "alert.corrected": "the evidence was corrected",
        "alert.annotated": "the evidence is under objection, or no longer",
        "alert.acknowledged": "your people have taken notice",
        "alert.suspended": "the alert is suspended while an objection is checked",
        "alert.expired": "the evidence may no longer be shown",
        "alert.flapping": "the data keep changing",
        "entity.recovered": "the firm has recovered",
    },
    actions=(
        "nothing to do",
        "take note and look more often",
        "verify within 3 working days, record what you found, put the firm on the watch list",
        "act today: consider preservation measures, stop drawdowns, have a second person acknowledge",
    ),
    lowered="return to the measures of this level",
    withdrawn="undo what was done because of it: the record was wrong",
    erase="erase what you kept of the evidence",
    head="{level} (level {number} of 3) · {name} · {kind}",
    tier="The firm's tier went from {before} to {after}.",
    stays="The firm's tier stays {after}.",
    why="Why:",
    point="{id} {name}: {value}",
    against=", threshold {threshold}",
    since=", since {since}",
    more="and {count} more",
    do="What to do: {action}.",
    number="Alert {alert_id}, {entity}, as of {at}.",
    deadlines={
        "objection_deadline": "creditors may object until {when}",
        "claims_deadline": "claims are to be filed by {when}",
        "expires_on": "the restraint lapses on {when} unless it is renewed",
        "start_at": "the auction starts at {when}",
        "deposit_deadline": "bidders pay the deposit by {when}",
        "priority_purchase_notice": "those with a priority right were to be notified by {when}",
        "reauction_by": "the second round must begin by {when}",
        "guarantee_period_end": "the earliest guarantee period ends on {when}",
        "enforcement_limit": "enforcement must be applied for by {when}",
        "correction_due": "an error in the list, applied for today, is to be corrected by {when}",
    },
    flaps="The colour has changed unusually often; check the source.",
    disputed="An objection to the evidence is open.",
    silenced="Silenced: {reason}.",
    of_area="The level is the area's, against its own past year, and not a firm's; red is most at risk.",
    area_actions=(
        "nothing to do",
        "take note and look more often",
        "find out which firms and measures carry it, review new lending there",
        "review limits and exposure there, inform those responsible for the area",
    ),
    measure="M, against which amounts are measured, is {amount} ({rung}).",
    rungs={},
)
_ZH = _Words(
    levels=("无", "蓝色", "黄色", "红色"),
    kinds={
        "alert.opened": "新预警",
        "alert.reopened": "预警再次触发",
        "alert.upgraded": "预警升级",
        "alert.downgraded": "预警降级",
        "alert.cleared": "预警解除",
        "alert.retracted": "预警撤回",
        "alert.corrected": "依据已更正",
        "alert.annotated": "异议标注变更",
        "alert.acknowledged": "贵方已确认",
        "alert.suspended": "异议核查期间暂停展示",
        "alert.expired": "展示期限届满",
        "alert.flapping": "数据反复变动",
        "entity.recovered": "企业已恢复正常",
    },
    actions=(
        "无需处理",
        "关注，提高监测频率",
        "三个工作日内核实，登记处置结果，列入关注名单",
        "当日处置：考虑保全措施，停止提款，由第二人复核确认",
    ),
    lowered="按本级别措施执行",
    withdrawn="原记录有误，请撤销据此采取的措施",
    erase="请删除所保存的相关依据",
    head="{level}（{number}级，共3级）· {name} · {kind}",
    tier="企业等级由{before}变为{after}。",
    stays="企业等级仍为{after}。",
    why="原因：",
    point="{id} {name}：{value}",
    against="，阈值 {threshold}",
    since="，自 {since} 起",
    more="另有 {count} 项",
    do="应对：{action}。",
    number="预警编号 {alert_id}，{entity}，截至 {at}。",
    deadlines={
        "objection_deadline": "债权人异议截止 {when}",
        "claims_deadline": "债权申报截止 {when}",
        "expires_on": "查控措施 {when} 到期，未续行即失效",
        "start_at": "拍卖开始时间 {when}",
        "deposit_deadline": "保证金缴纳截止 {when}",
        "priority_purchase_notice": "优先购买权人应于 {when} 前获通知",
        "reauction_by": "二拍最迟 {when} 开始",
        "guarantee_period_end": "保证期间至 {when}",
        "enforcement_limit": "申请执行截止 {when}",
        "correction_due": "如列入有误且今日申请纠正，最迟 {when} 更正",
    },
    flaps="该预警颜色变动异常频繁，请核查数据源。",
    disputed="所依据信息正在异议处理中。",
    silenced="已静默：{reason}。",
    of_area="此为区域、行业或集群的级别，以其过去一年为参照，并非企业级别；红色表示风险最高。",
    area_actions=(
        "无需处理",
        "关注，提高监测频率",
        "查明由哪些企业和指标引起，审慎新增授信",
        "复核该区域、行业的限额与敞口，通报主管部门",
    ),
    measure="M 为金额比较基准：{amount}（{rung}）。",
    rungs={
        "net_assets": "净资产",
        "paid_capital": "实缴资本",
        "subscribed_capital_share": "认缴资本的一定比例",
        "size_class_micro": "微型企业默认值",
        "size_class_small": "小型企业默认值",
        "size_class_medium": "中型企业默认值",
        "size_class_large": "大型企业默认值",
        "unknown": "缺省值",
    },
)
_WORDS: Mapping[str, _Words] = {"en": _EN, "zh": _ZH}


def render(alert: Mapping[str, Any], lang: Lang = "en") -> str:
    """The alert in a few lines: who, what level, why, since when, what to do.

    >>> alert = {"alert_id": "a1", "type": "alert.opened", "entity": "ent:CN-330604:X", "name": "甲公司",
    ...     "level": 3, "tier": {"from": 0, "to": 3}, "at": "2026-01-05T00:00:00+08:00", "points": []}
    >>> print(render(alert).splitlines()[0])
    RED (level 3 of 3) · 甲公司 · new alert
    """
    words = _WORDS[lang]
    level, kind = int(alert["level"]), str(alert["type"])
    head = words.head.format(
        level=words.levels[level],
        number=level,
        name=alert.get("name") or alert["entity"],
        kind=words.kinds.get(kind, kind),
    )
    lines = [head, *_subject(alert, lang), *_tier(alert, words), *_reasons(alert, words, lang)]
    lines += _deadlines(alert, words)
    lines += [
        f"  {said}"
        for name, said in (("flapping", words.flaps), ("disputed", words.disputed))
        if alert.get(name)
    ]
    if str(alert["entity"]).startswith(PREFIX):
        words = replace(words, actions=words.area_actions)
    if alert.get("silenced"):
        lines.append("  " + words.silenced.format(reason=alert["silenced"]))
    lines.append("  " + words.do.format(action=_action(kind, level, words)))
    values = {name: alert.get(name, "?") for name in ("alert_id", "entity", "at")}
    lines.append("  " + words.number.format(**values))
    return "\n".join(lines)


def kind_words(kind: str) -> str:
    """A type of alert in English words."""
    return _EN.kinds.get(kind, kind)


def deadline_words(dates: Mapping[str, Any]) -> list[str]:
    """Dates by which something can be done in English words, soonest first."""
    return _dated(dates, _EN)


def _dated(dates: Mapping[str, Any], words: _Words) -> list[str]:
    """Soonest first; a date without words by its name."""
    rows = sorted((str(when), name) for name, when in dates.items())
    return [words.deadlines.get(name, f"{name} {{when}}").format(when=when) for when, name in rows]


def _subject(alert: Mapping[str, Any], lang: Lang) -> list[str]:
    """The point the alert is about, unless it is about the firm's tier alone."""
    point = alert.get("point")
    if point in (None, "TIER"):
        return []
    name = (alert.get("point_name_zh") if lang == "zh" else None) or alert.get("point_name") or ""
    return [f"  {point} {name}".rstrip()]


def _tier(alert: Mapping[str, Any], words: _Words) -> list[str]:
    tier = alert.get("tier")
    if str(alert["entity"]).startswith(PREFIX):
        return [f"  {words.of_area}"]
    if not tier:
        return []
    before, after = (f"{words.levels[int(tier[end])]} ({tier[end]})" for end in ("from", "to"))
    pattern = words.stays if tier["from"] == tier["to"] else words.tier
    return ["  " + pattern.format(before=before, after=after)]


def _reasons(alert: Mapping[str, Any], words: _Words, lang: Lang) -> list[str]:
    why = str(alert.get("reason") or "").removeprefix(f"{alert.get('point_name')}: ")
    said = [f"  {words.why} {why}"] if why else []
    points = sorted(alert.get("points") or (), key=lambda point: -float(point.get("p", 0)))
    lines = [f"  - {_point(point, words, lang)}" for point in points[:_SHOWN]]
    if len(points) > _SHOWN:
        lines.append("  - " + words.more.format(count=len(points) - _SHOWN))
    return said + lines + _measure(alert, " ".join((*said, *lines)), words)


def _measure(alert: Mapping[str, Any], said: str, words: _Words) -> list[str]:
    """What M is, if anything is measured against it."""
    base = alert.get("materiality")
    if not base or " of M" not in said:
        return []
    amount = f"{base['currency']} {float(base['amount']):,.2f}".removesuffix(".00")
    return [
        "  "
        + words.measure.format(amount=amount, rung=words.rungs.get(base["rung"]) or rung_words(base["rung"]))
    ]


def _point(point: Mapping[str, Any], words: _Words, lang: Lang) -> str:
    level = int(point.get("level", 0))
    name = (point.get("name_zh") if lang == "zh" else None) or point.get("name", "")
    value = point.get("value") or words.levels[level]
    text = words.point.format(id=point.get("id", "?"), name=name, value=value)
    if point.get("threshold"):
        text += words.against.format(threshold=point["threshold"])
    if point.get("since"):
        text += words.since.format(since=point["since"])
    return f"{text} [{words.levels[level]} {level}]"


def _deadlines(alert: Mapping[str, Any], words: _Words) -> list[str]:
    """One line for each date by which something can be done."""
    return [f"  ! {said}" for said in _dated(alert.get("deadlines") or {}, words)]


def _action(kind: str, level: int, words: _Words) -> str:
    if kind == "alert.retracted":
        return words.withdrawn
    if kind == "alert.expired":
        return words.erase
    if kind == "alert.downgraded":
        return f"{words.lowered} ({words.actions[level]})"
    return words.actions[level]
