"""The 27 indicators: a value computed by hand for each, and why there is none where there is none."""

import math
from collections import Counter
from typing import Any

import pytest

from detectors.forces.measures import FORCES, GROWTHS, MEASURES, by_force
from detectors.points import flows as flows_module
from detectors.points import meters as meters_module
from detectors.record import Record
from tests.detectors import build
from tests.detectors.forces_records import (
    accounts,
    guarantee,
    insured,
    loan,
    master,
    reading,
    readings,
    two_years,
    view_of,
)


def value(measure: str, records: list[Record], day: str = "2026-04-15") -> float | None:
    """The measured value, to nine digits."""
    found = MEASURES[measure].compute(view_of(records, day))
    return None if found is None else round(found, 9)


def reason(measure: str, records: list[Record], day: str = "2026-04-15") -> str:
    """Why there is none."""
    reading_ = MEASURES[measure].read(view_of(records, day))
    assert reading_.value is None
    return reading_.reason or ""


def test_registry_holds_27_indicators_and_the_weights_of_each_force_sum_to_one() -> None:
    """5 + 6 + 5 + 6 + 5; every id belongs to its own measure."""
    assert Counter(measure.force for measure in MEASURES.values()) == {
        "capital": 5, "operations": 6, "profitability": 5, "solvency": 6, "potential": 5,
    }  # fmt: skip
    for force in FORCES:
        assert math.isclose(math.fsum(measure.weight for measure in by_force(force)), 1.0)
    assert all(measure.behind.__doc__ and measure.name_zh for measure in MEASURES.values())


def pledge(n: int, **fields: Any) -> Record:
    """F13 on the firm's own equity."""
    payload = {
        "reg_no": f"pledge-{n}",
        "target": build.FIRM,
        "reg_on": "2025-06-01",
        "state": "valid",
        **fields,
    }
    return build.record("F13", f"pledge-{n}", "2025-06-01", payload)


def freeze(n: int, holder: str, until: str, **fields: Any) -> Record:
    """F14 on the firm's own equity."""
    payload = {
        "notice_no": f"freeze-{n}", "executed_person": holder, "target": build.FIRM, "court": "绍兴市上虞区人民法院",
        "matter": "freeze", "from": "2025-06-01", "to": until, "published_on": "2025-06-01", **fields,
    }  # fmt: skip
    return build.record("F14", f"freeze-{n}", "2025-06-01", payload)


def mortgage(unit: str, secured: float, **fields: Any) -> Record:
    """F12 over a unit."""
    one = build.estate(unit, None, "2024-05-01", cert=f"mortgage-{unit}", kind="mortgage")
    return build.saying(one, secured_principal=build.money(secured), **fields)


def charge(
    n: int, secured: float, kind: str = "movable_mortgage", seq: int = 1, day: str = "2025-02-01"
) -> Record:
    """F11."""
    payload = {
        "reg_no": f"charge-{n}",
        "seq": seq,
        "security_type": kind,
        "reg_on": day,
        "secured_amount": build.money(secured),
    }
    return build.record("F11", f"charge-{n}-{seq}", day, payload)


def change(item: str, day: str, **fields: Any) -> Record:
    """F25."""
    return build.record("F25", f"{item}-{day}", day, {"item": item, "changed_on": day, **fields})


class TestCapital:
    """资本实力."""

    def test_paid_in_ratio(self) -> None:
        """8 of 10 million; more than all is all; nothing subscribed is unknown."""
        assert value("paid_in_ratio", [master()]) == 0.8
        assert value("paid_in_ratio", [master(paid_capital=build.money(12e6))]) == 1.0
        assert (
            reason("paid_in_ratio", [master(subscribed_capital=build.money(0))]) == "no capital is subscribed"
        )
        assert "unknown" in reason("paid_in_ratio", [])

    def test_net_assets(self) -> None:
        """log10(11 million); from assets less liabilities; 0 when used up, not unknown; old accounts do not count."""
        assert value("net_assets", two_years()) == round(math.log10(11e6), 9)
        derived = [accounts("2025", "2026-03-20", assets=3e6, liabilities=2e6)]
        assert value("net_assets", derived) == 6.0
        assert value("net_assets", [accounts("2025", "2026-03-20", equity=-5e6)]) == 0.0
        assert (
            reason("net_assets", [accounts("2022", "2023-03-20", equity=5e6)])
            == "no recent net assets are known"
        )

    def test_unencumbered_assets(self) -> None:
        """Of 22 million: unit-1 is mortgaged for 4 and seized for 3, which binds 4; a charge of 1.5 grows to 2."""
        records = [
            *two_years(),
            mortgage("unit-1", 4e6),
            charge(1, 1.5e6),
            charge(1, 2e6, seq=2, day="2025-03-01"),
        ]
        seized = build.saying(build.seizure(1, "2026-01-10", "2028-01-10"), amount_limit=build.money(3e6))
        assert value("unencumbered_assets", [*records, seized]) == round(1 - 6 / 22, 9)
        assert value("unencumbered_assets", [*records, charge(2, 9e6, "financial_lease")]) == round(
            1 - 6 / 22, 9
        )
        assert value("unencumbered_assets", two_years()) == 1.0

    def test_unencumbered_assets_of_registered_real_estate(self) -> None:
        """Without accounts; never below 0; an encumbrance without any amount leaves the share unknown."""
        owned = [build.estate("unit-1", 5e6), build.estate("unit-2", 3e6)]
        assert value("unencumbered_assets", [*owned, mortgage("unit-1", 2e6)]) == 0.75
        assert value("unencumbered_assets", [*owned, mortgage("unit-1", 2e8)]) == 0.0
        assert "unknown amounts" in reason(
            "unencumbered_assets", [*owned, build.seizure(1, "2026-01-10", "2028-01-10")]
        )
        assert reason("unencumbered_assets", []) == "no assets are known"

    def test_equity_encumbrance(self) -> None:
        """30 % pledged; of one holder 20 % frozen twice; of another 1 of 10 million; a freeze that is over is not."""
        records = [
            master(),
            pledge(1, pledged_ratio=0.3),
            pledge(2, pledged_ratio=0.5, target=build.OTHER),
            pledge(3, pledged_ratio=0.1, state="cancelled"),
            freeze(1, "ent:CN-330604:a", "2027-06-01", ratio=0.2),
            freeze(2, "ent:CN-330604:a", "2027-06-01", ratio=0.15),
            freeze(3, "ent:CN-330604:b", "2027-06-01", amount=build.money(1e6)),
            freeze(4, "ent:CN-330604:c", "2026-04-15", ratio=0.4),
        ]
        assert value("equity_encumbrance", records) == 0.6
        assert value("equity_encumbrance", [*records, pledge(4, pledged_ratio=0.9)]) == 1.0
        assert value("equity_encumbrance", [master()]) == 0.0
        assert reason("equity_encumbrance", [pledge(5)]) == "equity is encumbered by unknown shares"

    def test_capital_stability(self) -> None:
        """A reduction and a change of control; a capital increase, an old change and a new name do not count."""
        records = [
            change(
                "reg_capital", "2025-05-01", before_amount=build.money(9e6), after_amount=build.money(6e6)
            ),
            change(
                "reg_capital", "2025-06-01", before_amount=build.money(6e6), after_amount=build.money(8e6)
            ),
            change("controller", "2024-04-16"),
            change("controller", "2024-04-15"),
            change("name", "2026-01-01"),
        ]
        assert value("capital_stability", records) == 2.0
        assert value("capital_stability", []) == 0.0


FEBRUARY_LAST = readings("2024-12", [900.0, 700.0, 300.0] + [1000.0] * 9 + [1100.0, 200.0, 900.0])


class TestOperations:
    """运营能力."""

    def test_power_activity(self) -> None:
        """Dec to Feb: (1100 + 200 + 900) / (900 + 700 + 300)."""
        assert value("power_activity", FEBRUARY_LAST, "2026-03-10") == round(2200 / 1900, 9)

    def test_power_activity_takes_january_and_february_together(self) -> None:
        """In February only January is known, so the span ends in December; in May it begins in January."""
        until_january = readings("2024-10", [500.0, 500.0, 500.0] + [900.0] * 9 + [600.0, 600.0, 600.0, 10.0])
        assert value("power_activity", until_january, "2026-02-10") == 1.2
        until_april = readings(
            "2025-01", [400.0, 100.0, 300.0, 200.0] + [500.0] * 8 + [100.0, 700.0, 300.0, 400.0]
        )
        assert value("power_activity", until_april, "2026-05-10") == 1.5

    def test_power_activity_adds_accounts_and_prefers_readings(self) -> None:
        """Two accounts of 100 each and a bill that repeats one; one account then falls to half."""
        months = [100.0] * 12 + [100.0] * 3
        records = readings("2025-01", months) + readings("2025-01", [100.0] * 12 + [50.0] * 3, account="2")
        records.append(build.saying(build.bill("2026-03", "2026-04-20", 80), quantity="9999"))
        assert value("power_activity", records) == 0.75

    def test_power_activity_of_billing_periods(self) -> None:
        """A period from date to date counts for the month of its middle."""
        spans = [f"{year}-0{month - 1}-20/{year}-0{month}-19" for year in (2025, 2026) for month in (2, 3, 4)]
        assert value("power_activity", [reading(span, 600.0) for span in spans], "2026-05-02") is None
        spans += ["2024-12-20/2025-01-19", "2025-12-20/2026-01-19"]
        records = [reading(span, 600.0 if span < "2025-12" else 300.0) for span in spans]
        assert value("power_activity", records, "2026-05-02") == 0.5

    @pytest.mark.parametrize(
        ("records", "why"),
        [
            ([], "no electricity consumption is known"),
            (readings("2024-01", [100.0] * 20), "no recent electricity consumption is known"),
            (readings("2025-10", [100.0] * 6), "missing or estimated"),
            (
                [*readings("2025-01", [100.0] * 14), reading("2026-03", 100.0, estimated=True)],
                "missing or estimated",
            ),
            (
                readings("2025-01", [0.0] * 12 + [100.0] * 3),
                "no electricity was used in the same months last year",
            ),
        ],
    )
    def test_power_activity_unknown(self, records: list[Record], why: str) -> None:
        """No account, old, no last year, estimated, base 0."""
        assert why in reason("power_activity", records)

    def test_capacity_use(self) -> None:
        """March 2026 at 15 kWh a day; the active months before it at 10, 10, 10, 20 and so on: median 10."""
        days = {4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
        records = [reading(f"2025-{month:02d}", 10.0 * n) for month, n in days.items()]
        records += [reading("2026-01", 0.0), reading("2026-02", 59 * 20.0), reading("2026-03", 31 * 15.0)]
        assert value("capacity_use", records) == 1.5

    def test_capacity_use_waits_for_february(self) -> None:
        """While only January is known, December is the latest month: 20 a day against 10."""
        days = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30}
        records = [reading(f"2025-{month:02d}", 10.0 * n) for month, n in days.items()]
        records += [reading("2025-12", 31 * 20.0), reading("2026-01", 1.0)]
        assert value("capacity_use", records, "2026-02-10") == 2.0

    def test_power_waits_for_the_slowest_account(self) -> None:
        """One account has told of March, the other of February only: the span ends in February."""
        records = readings("2024-12", [100.0] * 16) + readings(
            "2024-12", [100.0] * 12 + [300.0] * 3, account="2"
        )
        assert value("power_activity", records) == 2.0
        # one that has told nothing since August is out of use, and its share is gone
        gone = readings("2024-12", [100.0] * 16) + readings("2024-12", [100.0] * 9, account="2")
        assert value("power_activity", gone) == 0.5

    def test_capacity_use_unknown(self) -> None:
        """Five months are not enough; a month at rest is none; the latest must be measured."""
        idle = readings("2025-04", [0.0] * 5 + [300.0] * 4) + readings("2026-01", [300.0, 300.0, 300.0])
        assert reason("capacity_use", idle) == "5 active months of electricity are known, 6 are needed"
        estimated = [*readings("2025-01", [300.0] * 14), reading("2026-03", 1.0, estimated=True)]
        assert "latest" in reason("capacity_use", estimated)

    def test_headcount_trend(self) -> None:
        """52 / 50 by the pension count; by the largest other insurance where there is none."""
        records = [
            insured("2025-03", 50),
            insured("2026-03", 52),
            insured("2026-03", 60, insurance="medical"),
        ]
        assert value("headcount_trend", records) == 1.04
        other = [insured("2025-03", 40, insurance="work_injury"), insured("2026-03", 30, insurance="medical")]
        assert value("headcount_trend", [*other, insured("2026-03", 20, insurance="work_injury")]) == 0.75

    def test_headcount_trend_unknown(self) -> None:
        """Nothing, nothing recent, nothing a year ago, nobody a year ago."""
        assert reason("headcount_trend", []) == "no social insurance is known"
        assert "no recent" in reason("headcount_trend", [insured("2025-06", 5)])
        assert "twelve months ago is unknown" in reason("headcount_trend", [insured("2026-03", 5)])
        assert "nobody" in reason("headcount_trend", [insured("2025-03", 0), insured("2026-03", 5)])

    def test_payment_punctuality(self) -> None:
        """Of four that fell due, one was late and one is open; one not due yet and an old one do not count."""
        records = [
            build.bill("2025-09", "2025-09-25", 100, paid="2025-09-25"),
            build.bill("2025-10", "2025-10-25", 100, paid="2025-11-25"),
            build.bill("2025-11", "2025-11-25", 100, utility="water", paid="2025-11-20"),
            build.bill("2025-12", "2025-12-25", 100, utility="gas"),
            build.bill("2026-04", "2026-04-25", 100),
            build.bill("2024-03", "2024-03-25", 100),
        ]
        assert value("payment_punctuality", records) == 0.5
        assert "no utility bill" in reason("payment_punctuality", records[4:])

    def test_filing_punctuality(self) -> None:
        """Of 13: two missed returns, one annual report not published; an address that is gone is another matter."""

        def missed(period: str) -> Record:
            payload = {
                "taxpayer_id": "t",
                "event": "missed_filing",
                "period": period,
                "authority": "上虞区税务局",
            }
            return build.record("F17", f"missed-{period}", f"{period}-20", payload)

        def listed(reason_: int, day: str) -> Record:
            payload = {"put_on": day, "reason": reason_, "authority": "上虞区市场监管局"}
            return build.record("F22", f"list-{day}", day, payload)

        records = [
            missed("2025-11"),
            missed("2025-12"),
            missed("2025-01"),
            listed(1, "2025-07-10"),
            listed(4, "2025-08-01"),
        ]
        assert value("filing_punctuality", records) == round(10 / 13, 9)
        assert value("filing_punctuality", []) == 1.0
        abnormal = {
            "taxpayer_id": "t",
            "event": "listed",
            "listed_on": "2026-02-10",
            "authority": "上虞区税务局",
        }
        # listed in February: November to January were missed, two of which are known already
        records.append(build.record("F17", "abnormal", "2026-02-10", abnormal))
        assert value("filing_punctuality", records) == round(9 / 13, 9)

    def test_asset_turnover(self) -> None:
        """33 / mean(20, 22) million; over closing assets while the opening ones are unknown."""
        assert value("asset_turnover", two_years()) == round(33 / 21, 9)
        assert value("asset_turnover", two_years()[1:]) == 1.5
        assert "no recent year of revenue" in reason("asset_turnover", [])
        assert "assets at the end" in reason("asset_turnover", [accounts("2025", "2026-03-20", revenue=1e6)])


class TestProfitability:
    """盈利能力."""

    def test_roe(self) -> None:
        """2.1 / mean(10, 11) million; not defined on negative equity."""
        assert value("roe", two_years()) == 20.0
        assert (
            reason("roe", [accounts("2025", "2026-03-20", profit=1e6, equity=-1e6)])
            == "equity is not positive"
        )

    def test_roe_of_the_most_trusted_accounts(self) -> None:
        """An audited statement stands before the firm's own."""
        said = accounts("2025", "2026-03-01", profit=9e6, equity=10e6)
        audited = accounts("2025", "2026-02-01", basis="statistics", audited=True, profit=1e6, equity=10e6)
        assert value("roe", [said, audited]) == 10.0

    def test_profit_margin(self) -> None:
        """2.1 / 33; a loss is negative; no revenue is no margin."""
        assert value("profit_margin", two_years()) == round(100 * 2.1 / 33, 9)
        assert value("profit_margin", two_years(profit=-3.3e6)) == -10.0
        assert (
            reason("profit_margin", [accounts("2025", "2026-03-20", profit=1e6, revenue=0)])
            == "there was no revenue"
        )

    def test_tax_trend(self) -> None:
        """1.2 / 1.0 million; of quarters that make up the year; unknown while one is missing or the base is 0."""
        assert value("tax_trend", two_years()) == 1.2
        quarters = [
            accounts(
                f"{year}Q{quarter}", f"{year + quarter // 4}-{quarter * 3 % 12 + 1:02d}-20", tax_paid=amount
            )
            for year, amount in ((2024, 100.0), (2025, 150.0))
            for quarter in (1, 2, 3, 4)
        ]
        assert value("tax_trend", quarters) == 1.5
        assert reason("tax_trend", quarters[1:]) == "tax paid of the year before is unknown"
        nothing = [accounts("2024", "2025-03-20", tax_paid=0), accounts("2025", "2026-03-20", tax_paid=1e6)]
        assert "not positive" in reason("tax_trend", nothing)

    def test_tax_per_kwh(self) -> None:
        """1.2 million over twelve months of 10,000 kWh."""
        assert value("tax_per_kwh", two_years() + readings("2025-01", [10_000.0] * 15)) == 10.0
        assert "missing or estimated" in reason(
            "tax_per_kwh", two_years() + readings("2025-03", [10_000.0] * 13)
        )
        assert "no electricity was used" in reason(
            "tax_per_kwh", two_years() + readings("2025-01", [0.0] * 15)
        )

    def test_tax_per_head(self) -> None:
        """1.2 million over 50 insured in December, else over the 48 of the accounts."""
        assert value("tax_per_head", [*two_years(), insured("2025-12", 50)]) == 24_000.0
        assert value("tax_per_head", two_years()) == 25_000.0
        assert "staff" in reason("tax_per_head", two_years()[:1], "2025-04-15")


class TestSolvency:
    """偿付能力."""

    def test_debt_ratio(self) -> None:
        """11 / 22 million."""
        assert value("debt_ratio", two_years()) == 50.0
        assert (
            reason("debt_ratio", [accounts("2025", "2026-03-20", liabilities=1, assets=0)])
            == "there are no assets"
        )

    def test_accounts_of_a_period_that_is_not_over_do_not_count(self) -> None:
        """A plan for 2026 says nothing yet."""
        assert (
            value("debt_ratio", [*two_years(), accounts("2026", "2026-03-20", liabilities=1, assets=100)])
            == 50.0
        )

    def test_interest_cover(self) -> None:
        """(2.1 + 0.3) / 0.3; without interest there is nothing to cover."""
        assert value("interest_cover", two_years()) == 8.0
        assert reason("interest_cover", two_years(interest_expense=0)) == "no interest was paid"

    def test_arrears_load(self) -> None:
        """Over M = 8 million: bill 10,000, tax 500,000, pension 40,000, wages 150,000, loan 1,020,000."""

        def wages(n: int, event: str, amount: float) -> Record:
            payload = {
                "decision_no": f"wages-{n}",
                "event": event,
                "amount": build.money(amount),
                "authority": "人社局",
            }
            return build.record("F20", f"wages-{n}", "2026-01-10", payload)

        records = [
            master(),
            build.bill("2026-02", "2026-03-25", 10_000),
            build.bill("2026-03", "2026-04-25", 77_777),  # not due yet
            build.tax_notice("2025Q3", "2025-10-15", 900_000.0),
            build.tax_notice("2025Q4", "2026-01-15", 500_000.0),  # replaces the notice before it
            insured("2026-02", 9, owed=30_000),
            insured("2026-03", 9, owed=40_000),  # cumulative
            wages(1, "order_to_pay", 150_000),
            wages(2, "complaint", 999_999),  # not established
            loan(1, "2026-02-28", principal_days=10),
            loan(1, "2026-03-31", principal_days=41, interest_days=41),
            loan(2, "2026-03-31"),  # performing
        ]
        assert value("arrears_load", records) == round(1_720_000 / 8e6, 9)
        assert value("arrears_load", [master()]) == 0.0

    def test_enforcement_load(self) -> None:
        """Over M = 8 million: enforcement 1 million of which 0.6 is open, and judgments of 0.2 and 0.3 million."""

        def judgment(n: int, amount: float, **fields: Any) -> Record:
            payload = {
                "case_no": f"(2025)浙0604民初{n}号", "doc_type": "judgment", "judged_on": "2025-09-01",
                "result": "lost", "obligation_amount": build.money(amount), **fields,
            }  # fmt: skip
            return build.record("F03", f"judgment-{n}", "2025-09-01", payload)

        records = [
            master(),
            build.saying(build.enforcement(1, "2026-01-05", 1e6), unperformed_amount=build.money(600_000)),
            build.enforcement(2, "2026-01-05", 5e6, status="settled"),
            judgment(1, 200_000, performed=False),
            judgment(2, 300_000, perform_by="2025-10-01"),
            judgment(3, 400_000, perform_by="2025-10-01", performed=True),
            judgment(4, 500_000),  # nobody has said anything about performance
            judgment(5, 600_000, performed=False, result="won"),
        ]
        assert value("enforcement_load", records) == round(1_100_000 / 8e6, 9)
        assert value("enforcement_load", [master()]) == 0.0

    def test_max_days_past_due(self) -> None:
        """A bill paid 20 days late, a loan 41 days late, one 90 days late long ago, a bill open for 61 days."""
        paid = build.bill("2025-09", "2025-09-25", 100, paid="2025-10-15")
        old = loan(2, "2025-03-31", principal_days=90)
        assert value("max_days_past_due", [paid]) == 20.0
        assert value("max_days_past_due", [paid, loan(1, "2026-03-31", principal_days=41), old]) == 41.0
        assert value("max_days_past_due", [paid, build.bill("2026-01", "2026-02-13", 100)]) == 61.0
        assert value("max_days_past_due", [build.bill("2025-09", "2025-09-25", 1, paid="2025-09-24")]) == 0.0
        assert "no utility bill or loan" in reason("max_days_past_due", [old])

    def test_guarantee_load(self) -> None:
        """Over net assets of 11 million: 2.2 given, 9 received, one that ran out six months after its debt."""
        records = [
            *two_years(),
            guarantee(1, 2.2e6),
            guarantee(2, 9e6, guarantor=build.OTHER),
            guarantee(3, 5e6, debt_to="2025-09-30"),
            guarantee(4, 5e6, released_on="2026-01-01"),
        ]
        assert value("guarantee_load", records) == 20.0
        assert value("guarantee_load", [*two_years(guarantees_given=3.3e6), guarantee(1, 2.2e6)]) == 30.0
        still = [*two_years(), guarantee(3, 5.5e6, debt_to="2025-10-31")]
        assert value("guarantee_load", still) == 50.0
        agreed = [guarantee(5, 1.1e6, debt_to="2025-01-31", guarantee_to="2026-12-31")]
        ended = [guarantee(6, 9e6, debt_to="2025-09-30", guarantee_to="2025-08-31")]
        assert value("guarantee_load", [*two_years(), *agreed, *ended]) == 10.0
        assert value("guarantee_load", two_years()) == 0.0
        assert (
            reason("guarantee_load", [accounts("2025", "2026-03-20", equity=-1)]) == "net assets are used up"
        )


class TestPotential:
    """发展潜力."""

    def test_growth_rates_and_their_mean(self) -> None:
        """Revenue +10 %, tax +20 %, power +20 %, headcount +4 %."""
        power = readings("2025-01", [10_000.0] * 12 + [12_000.0] * 3)
        records = [*two_years(), *power, insured("2025-03", 50), insured("2026-03", 52)]
        view = view_of(records)
        rates = {name: round(behind(view), 6) for name, behind in GROWTHS.items()}
        assert rates == {
            "growth_revenue": 10.0,
            "growth_tax": 20.0,
            "growth_power": 20.0,
            "growth_headcount": 4.0,
        }
        assert value("growth_mix", records) == 13.5
        assert value("growth_mix", two_years()) == 15.0
        assert "all unknown" in reason("growth_mix", [])

    def test_investment(self) -> None:
        """A subsidiary, a building, a leased machine; not one's own shareholder, nor what is older than two years."""

        def relation(n: int, type_: str, frm: str, to: str, day: str) -> Record:
            return build.record(
                "F27", f"relation-{n}", day, {"from": frm, "to": to, "type": type_, "valid_from": day}
            )

        records = [
            master(),
            relation(1, "investment", build.FIRM, build.OTHER, "2025-01-10"),
            relation(2, "investment", build.OTHER, build.FIRM, "2025-01-10"),
            relation(3, "branch", build.FIRM, "ent:CN-330604:x", "2023-01-10"),
            build.estate("unit-1", 5e6, "2025-06-01"),
            charge(1, 1e6, "financial_lease"),
            charge(1, 1e6, "financial_lease", seq=2, day="2025-03-01"),
            charge(2, 1e6),
        ]
        assert value("investment", records) == 3.0
        assert value("investment", []) == 0.0

    def test_age(self) -> None:
        """Founded on 15 April 2018: 8 of 10 years, then never more than all of them."""
        assert round(value("age", [master()]) or 0, 3) == 0.8
        assert value("age", [master()], "2031-01-01") == 1.0
        assert reason("age", []) == "the founding date is unknown"

    def test_what_a_ledger_cannot_tell_says_so(self) -> None:
        """Patents have no feed, and the state of the industry is not the firm's."""
        assert reason("qualifications", [master()]) == "no feed of patents and certificates is connected"
        assert "industry" in reason("industry_momentum", [master()])


def test_each_feed_is_read_once_per_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """All 27 indicators and the growth rates together look at every set of accounts and every reading once."""
    read: Counter[str] = Counter()

    def counted(module: Any, name: str) -> None:
        behind = getattr(module, name)

        def counting(*args: Any) -> Any:
            read[name] += 1
            return behind(*args)

        monkeypatch.setattr(module, name, counting)

    counted(flows_module, "months_of")
    counted(meters_module, "month_number")
    view = view_of([master(), *two_years(), *readings("2025-01", [10_000.0] * 15)])
    for _ in range(2):
        for measure in MEASURES.values():
            measure.compute(view)
    assert read == {"months_of": 2, "month_number": 15}
