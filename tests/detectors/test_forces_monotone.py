"""Adverse records never raise the credit score, and retracting one gives back exactly what it took.

Standards are held fixed by comparing with none, coverage by starting from a firm of which every indicator that an
adverse record speaks of is known already.
"""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detectors.forces.credit import Credit, credit
from detectors.forces.forces import NoPeers, five_forces
from detectors.forces.standing import Standing, standing_of
from detectors.record import Record
from detectors.score import noisy_or
from tests.detectors import build
from tests.detectors.forces_records import guarantee, healthy, judged, loan, rules, view_of
from tests.detectors.test_forces_scores import ALL

RULES, CATALOGUE = rules(), build.shipped()
BEFORE = [
    *healthy(),
    loan(99, "2026-03-31"),
    build.bill("2025-05", "2025-05-25", 900, utility="water", paid="2025-05-20"),
]
AMOUNTS = (5_000.0, 60_000.0, 700_000.0, 4e6)
CASE = "(2025)浙0604民初{}号"


def score_of(records: list[Record], day: str = "2026-04-15") -> tuple[Credit, tuple[float, ...]]:
    """The credit score with the shipped catalogue, and the coverage of each force."""
    forces = five_forces(view_of(records, day), NoPeers(), RULES)
    found = credit(forces, standing_of(judged(records, day), CATALOGUE), RULES.credit)
    return found, tuple(force.coverage for force in forces.values())


def _judgment(n: int, day: str, amount: float) -> Record:
    payload = {
        "case_no": CASE.format(n), "doc_type": "judgment", "judged_on": day, "result": "lost", "performed": False,
        "obligation_amount": build.money(amount),
    }  # fmt: skip
    return build.record("F03", f"judgment-{n}", day, payload)


def _listed(n: int, day: str, _: float) -> Record:
    payload = {"put_on": day, "reason": n % 2 + 1, "authority": "上虞区市场监管局"}
    return build.record("F22", f"list-{n}", day, payload)


def _missed(n: int, day: str, _: float) -> Record:
    payload = {
        "taxpayer_id": "t",
        "event": "missed_filing",
        "period": f"2025-{n + 4:02d}",
        "authority": "上虞区税务局",
    }
    return build.record("F17", f"missed-{n}", day, payload)


def _wages(n: int, day: str, amount: float) -> Record:
    payload = {
        "decision_no": f"w-{n}",
        "event": "order_to_pay",
        "amount": build.money(amount),
        "authority": "人社局",
    }
    return build.record("F20", f"wages-{n}", day, payload)


def _frozen(n: int, day: str, _: float) -> Record:
    payload = {
        "notice_no": f"f-{n}", "executed_person": f"ent:CN-330604:h{n}", "target": build.FIRM, "ratio": n / 10,
        "court": "绍兴市上虞区人民法院", "matter": "freeze", "from": day, "to": "2027-05-01", "published_on": day,
    }  # fmt: skip
    return build.record("F14", f"freeze-{n}", day, payload)


def _mortgage(n: int, day: str, amount: float) -> Record:
    one = build.estate(f"unit-{n}", None, day, cert=f"mortgage-{n}", kind="mortgage")
    return build.saying(one, secured_principal=build.money(amount))


def _tax(n: int, day: str, amount: float) -> Record:
    one = build.tax_notice("2025Q4", day, amount)
    return msgspec.structs.replace(build.saying(one, authority=f"authority-{n}"), record_id=f"tax-{n}")


def _reduced(n: int, day: str, amount: float) -> Record:
    cut = {"before_amount": build.money(10e6), "after_amount": build.money(10e6 - amount)}
    return build.record("F25", f"change-{n}-{day}", day, {"item": "reg_capital", "changed_on": day, **cut})


KINDS: dict[str, Any] = {
    "enforcement": build.enforcement,
    "dishonest": lambda n, day, _: build.dishonest(n, day),
    "seizure": lambda n, day, amount: build.seizure(n, day, "2027-05-01", value=amount),
    "waiting seizure": lambda n, day, amount: build.seizure(
        n, day, "2027-05-01", asset="u", sequence=n, value=amount
    ),
    "judgment": _judgment,
    "unpaid bill": lambda n, day, amount: build.bill(
        "2026-01", day, amount, utility="water", account=f"w-{n}"
    ),
    "late bill": lambda n, day, amount: build.bill(
        "2025-11", day, amount, account=f"e-{n}", paid="2026-04-10"
    ),
    "tax notice": _tax,
    "overdue loan": lambda n, day, amount: loan(n, day, balance=amount, principal_days=40 * n),
    "listing": _listed,
    "missed filing": _missed,
    "wage arrears": _wages,
    "equity freeze": _frozen,
    "mortgage": _mortgage,
    "guarantee": lambda n, day, amount: guarantee(n, amount),
    "capital reduction": _reduced,
}

_days = st.sampled_from(["2025-09-10", "2025-12-20", "2026-02-14", "2026-04-01"])
_adverse = st.tuples(st.sampled_from(sorted(KINDS)), st.integers(1, 3), _days, st.sampled_from(AMOUNTS))


def made(kind: str, n: int, day: str, amount: float) -> Record:
    """An adverse record."""
    found: Record = KINDS[kind](n, day, amount)
    return msgspec.structs.replace(found, record_id=f"{kind}-{n}")


def distinct(drawn: list[tuple[str, int, str, float]]) -> list[Record]:
    """One record of a kind and number."""
    return list({(kind, n): made(kind, n, day, amount) for kind, n, day, amount in drawn}.values())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_adverse_record_lowers_the_score(kind: str) -> None:
    """A large one does; none is without effect."""
    clean, covered = score_of(BEFORE)
    worse, still = score_of([*BEFORE, made(kind, 2, "2026-02-14", 9e6)])
    assert still == covered
    assert (worse.score or 0) < (clean.score or 0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_adverse, max_size=4), _adverse)
def test_an_adverse_record_more_never_raises_the_score(
    drawn: list[tuple[str, int, str, float]], more: tuple[str, int, str, float]
) -> None:
    """Whatever is known already; and retracting it never lowers it: it is as if it had never been."""
    some = [one for one in distinct(drawn) if one.record_id != f"{more[0]}-{more[1]}"]
    extra = made(*more)
    before, covered = score_of([*BEFORE, *some])
    after, still = score_of([*BEFORE, *some, extra])
    assert still == covered
    assert (after.score or 0) <= (before.score or 0) + 1e-9
    taken_back = msgspec.structs.replace(extra, op="retract", version=2)
    assert score_of([taken_back, *BEFORE, *some, extra])[0] == before


@given(
    st.lists(st.floats(0, 99), max_size=8),
    st.floats(0, 99),
    st.dictionaries(st.sampled_from(["WP-08", "WP-49", "WX-07", "WP-14"]), st.integers(1, 3)),
    st.sampled_from(["WP-08", "WP-49", "WX-07", "WP-14", "WP-09"]),
)
def test_a_point_more_never_raises_the_score(
    points: list[float], p: float, levels: dict[str, int], name: str
) -> None:
    """By R and by the caps, whatever the forces."""
    before = credit(ALL, Standing(noisy_or(points), 0, levels), RULES.credit)
    worse = {**levels, name: 3}
    hard = ("WP-09",) if name == "WP-09" else ()
    after = credit(ALL, Standing(noisy_or([*points, p]), 0, worse, hard), RULES.credit)
    assert (after.score or 0) <= (before.score or 0)
