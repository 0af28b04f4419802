"""Money: exactly the accepted forms, no guessing, no floats."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from detectors.records.money import Money
from detectors.records.reasons import Reason


@pytest.mark.parametrize(
    ("given_", "amount", "currency"),
    [
        ({"amount": "2000000.00", "currency": "CNY"}, "2000000.00", "CNY"),
        ({"amount": "200", "unit": "万元", "currency": "CNY"}, "2000000.00", "CNY"),
        ({"amount": "200", "unit": "万元"}, "2000000.00", "CNY"),
        ({"amount": 200, "unit": "万", "currency": "CNY"}, "2000000.00", "CNY"),
        ({"amount": 0.1, "currency": "CNY"}, "0.10", "CNY"),
        ({"amount": "1.5", "unit": "亿元"}, "150000000.00", "CNY"),
        ({"amount": "30", "unit": "万美元"}, "300000.00", "USD"),
        ({"amount": "1250", "unit": "cents", "currency": "USD"}, "12.50", "USD"),
        ({"amount": "1250", "unit": "pence", "currency": "GBP"}, "12.50", "GBP"),
        ({"amount": "125", "unit": "分"}, "1.25", "CNY"),
        ("200万元", "2000000.00", "CNY"),
        ("２００万元", "2000000.00", "CNY"),
        ("2,000,000元", "2000000.00", "CNY"),
        ("人民币200万元", "2000000.00", "CNY"),
        ("CNY 2000000.00", "2000000.00", "CNY"),
        ("RMB 5", "5.00", "CNY"),
        ("$ 12.50", "12.50", "USD"),
        ("US$12.50", "12.50", "USD"),
        ("£3", "3.00", "GBP"),
        ("-12.5万元", "-125000.00", "CNY"),
        ("123.456789万元", "1234567.89", "CNY"),
    ],
)
def test_accepted_forms(given_: Any, amount: str, currency: str) -> None:
    """All become main units with two places."""
    money = Money.model_validate(given_)
    assert (str(money.amount), money.currency) == (amount, currency)
    assert Money.model_validate(money.model_dump(mode="json")) == money


@pytest.mark.parametrize("given_", ["200", "2,000,000", 200, 12.5, {"amount": "200"}, {"amount": 7}])
def test_a_value_without_a_unit_is_not_guessed(given_: Any) -> None:
    """元 or 万元 would both be plausible."""
    assert _kind(given_) == Reason.AMOUNT_WITHOUT_UNIT


@pytest.mark.parametrize(
    "given_",
    [
        "about 200万元",
        "200万",
        "¥200",
        "1,2元",
        "12.345元",
        {"amount": "x", "currency": "CNY"},
        {"amount": True, "currency": "CNY"},
        {"amount": "1", "currency": "XYZ"},
        {"amount": "1", "unit": "bushels", "currency": "CNY"},
        {"amount": "1", "unit": "万美元", "currency": "CNY"},
        {"amount": "1", "currency": "CNY", "note": "x"},
        {"amount": "nan", "currency": "CNY"},
        {"amount": "12,5", "currency": "CNY"},  # a decimal comma, or a slip of a thousand
        {"amount": "1.234,56", "unit": "万元", "currency": "CNY"},
        {"amount": "1_000", "currency": "CNY"},
        {"amount": "Infinity", "currency": "CNY"},
        {"amount": float("nan"), "currency": "CNY"},
        {"amount": "1e15", "currency": "CNY"},
        {"currency": "CNY"},
        "",
    ],
)
def test_refused_forms(given_: Any) -> None:
    """Unknown units, thousandths of a cent, currencies that do not exist, words."""
    assert _kind(given_) == Reason.INVALID_AMOUNT


@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from(["CNY", "USD", "GBP"]))
def test_canonical_money_reads_back(amount: Decimal, currency: str) -> None:
    """Every cent survives."""
    money = Money.model_validate({"amount": str(amount), "currency": currency})
    assert money.amount == amount
    assert Money.model_validate_json(money.model_dump_json()) == money
    assert Money.model_validate(f"{currency} {amount}") == money


def _kind(value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Money.model_validate(value)
    return refused.value.errors()[0]["type"]
