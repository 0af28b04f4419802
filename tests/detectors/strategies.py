"""Hypothesis strategies: histories of records about a few entities, with every operation and some contradictions."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from detectors.record import Record
from tests.detectors import build

ENTITIES = (build.FIRM, build.OTHER)
_DECIDED = ("delete", "correct", "reject", "undecidable")
_OPS = ("assert", "amend", "close", "retract")


def _day(n: int) -> str:
    return (date(2025, 6, 1) + timedelta(days=n)).isoformat()


def _month(n: int) -> str:
    return f"{2025 + n // 12}-{n % 12 + 1:02d}"


@st.composite
def one_record(draw: st.DrawFn) -> Record:
    """A record of one of the judged feeds; few ids, so that versions and duplicates meet."""
    start, n = draw(st.integers(0, 300)), draw(st.integers(1, 4))
    amount = draw(st.sampled_from([100.0, 60_000.0, 1_500_000.0]))
    later = _day(start + draw(st.integers(1, 200)))
    more = {
        "entity": draw(st.sampled_from(ENTITIES)),
        "version": draw(st.integers(1, 3)),
        "op": draw(st.sampled_from(_OPS)),
        "observed": _day(draw(st.integers(300, 330))),
        "source_id": draw(st.sampled_from(["cn.330604.court", "cn.33.crawler"])),
        "quality": draw(st.sampled_from([1.0, 0.8])),
        "match_confidence": draw(st.sampled_from([1.0, 0.9])),
    }
    one = _of_kind(draw, start, n, amount, later, more)
    if one.op != "retract" and draw(st.integers(0, 9)) == 0:
        return build.manual(one, approved=draw(st.booleans()))
    return one


def _of_kind(draw: st.DrawFn, start: int, n: int, amount: float, later: str, more: dict[str, Any]) -> Record:
    kind = draw(
        st.sampled_from(["F04", "F05", "F09", "F12", "F15e", "F15w", "F15x", "F16", "F29", "F30", "F31"])
    )
    day = _day(start)
    if kind == "F04":
        case = build.enforcement(
            n, day, amount, status=draw(st.sampled_from(["executing", "settled"])), **more
        )
        return build.saying(
            case, exec_amount=build.money(amount, draw(st.sampled_from(["CNY", "CNY", "USD"])))
        )
    if kind == "F05":
        return build.dishonest(n, day, conduct=draw(st.integers(1, 6)), **more)
    if kind == "F09":
        asset, sequence = draw(st.sampled_from(["unit-1", "unit-2"])), draw(st.integers(1, 3))
        one = build.seizure(n, day, later, asset=asset, sequence=sequence, **more)
        return build.saying(one, renewal_of=f"notice-{n - 1}") if draw(st.booleans()) else one
    if kind == "F12":
        return build.estate(f"unit-{n}", draw(st.sampled_from([None, amount])), day, **more)
    if kind == "F16":
        return build.tax_notice(f"2025Q{n}", day, amount, **more)
    if kind == "F29":
        return build.master(day, amount, **more)
    if kind == "F31":
        targets = [f"(2026)浙0604执{n}号", f"sx-(2026)浙0604执{n}号", f"notice-{n}"]
        said = draw(
            st.sampled_from([{"state": "marked"}, *({"state": "decided", "decision": d} for d in _DECIDED)])
        )
        return build.record(
            "F31", f"yy-{n}", day, {"objection_id": f"yy-{n}", "targets": targets, **said}, **more
        )
    if kind == "F30":
        equity = build.money(draw(st.sampled_from([-1.0, amount])))
        return build.record("F30", f"report-{n}", day, {"period": f"{2020 + n}", "equity": equity}, **more)
    return _utility(draw, kind, n, day, amount, later, more)


def _utility(
    draw: st.DrawFn, kind: str, n: int, day: str, amount: float, later: str, more: dict[str, Any]
) -> Record:
    utility = "electricity" if kind == "F15e" else "water"
    account, period = draw(st.sampled_from(["3306040001", "3306040002"])), _month(n + 4)
    if kind == "F15x":
        utility = draw(st.sampled_from(["electricity", "water"]))
        event = draw(st.sampled_from(["dunning", "payment"]))
        said = (
            {"notice_on": day} if event == "dunning" else {"amount_paid": build.money(amount), "paid_on": day}
        )
        return build.utility_event(event, period, day, utility=utility, account=account, payload=said, **more)
    paid = draw(st.sampled_from([None, later]))
    values = {"account": account, **({"paid": paid} | more)}
    one = build.bill(period, day, amount, utility=utility, **values)
    return build.saying(one, penalty=build.money(5)) if draw(st.integers(0, 4)) == 0 else one


histories = st.lists(one_record(), max_size=25)


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[Record], list[Record]]:
    """A history, and the same records in another order with some of them repeated."""
    records = draw(histories)
    again = draw(st.lists(st.sampled_from(records), max_size=10)) if records else []
    return records, draw(st.permutations([*records, *again]))
