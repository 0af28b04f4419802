"""Vectors of the points on orders and lists of courts other than enforcement."""

from typing import Any

from detectors.record import Record
from tests.detectors.build import enforcement, manual, master, money, saying
from tests.detectors.points.judicial_records import (
    certificate,
    judgment,
    leads,
    preservation_case,
    preserved,
    restriction,
    terminated,
)
from tests.detectors.points.vectors import Series, Vector, rec

TEN_MILLION = master("2025-01-01", 10_000_000)


def _on(n: int, cert: int, day: str, **more: Any) -> Record:
    """F04 on the basis of a certificate."""
    return saying(enforcement(n, day, 1e5, **more), basis_doc_no=f"(2026)浙虞证执字第{cert}号")


def _listed_on(n: int, cert: int, day: str) -> Record:
    """F05 of the same case, which names the basis."""
    payload = {
        "case_no": f"(2026)浙0604执{n}号",
        "filed_on": day,
        "published_on": day,
        "conduct_code": 1,
        "basis_doc_no": f"(2026)浙虞证执字第{cert}号",
    }
    return rec("F05", f"sx-{n}", day, payload)


VECTORS = [
    # WP-05: yellow for a certificate, red when it is enforced
    Vector(
        "WP-05",
        "a certificate against the debtor is yellow",
        [certificate(1, "2026-01-05")],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-05",
        "against a guarantor too",
        [certificate(1, "2026-01-05", "guarantor")],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-05",
        "the creditor is in no danger",
        [certificate(1, "2026-01-05", "creditor")],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-05",
        "an enforceable instrument alone is none",
        [certificate(1, "2026-01-05", kind="enforceable_instrument")],
        "2026-01-05",
        "none",
    ),
    Vector("WP-05", "nothing before it is issued", [certificate(1, "2026-01-05")], "2026-01-04", "none"),
    Vector(
        "WP-05",
        "enforced it is red",
        [certificate(1, "2026-01-05"), _on(1, 1, "2026-02-01")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-05",
        "the day before it is yellow",
        [certificate(1, "2026-01-05"), _on(1, 1, "2026-02-01")],
        "2026-01-31",
        "yellow",
    ),
    Vector(
        "WP-05",
        "another basis is not its enforcement",
        [certificate(1, "2026-01-05"), _on(1, 2, "2026-02-01")],
        "2026-02-01",
        "yellow",
    ),
    Vector(
        "WP-05",
        "the listing names the basis of the case",
        [certificate(1, "2026-01-05"), enforcement(1, "2026-02-01", 1e5), _listed_on(1, 1, "2026-02-10")],
        "2026-02-10",
        "red",
    ),
    Vector(
        "WP-05",
        "paid in enforcement it fades",
        [
            certificate(1, "2026-01-05"),
            _on(1, 1, "2026-02-01"),
            _on(1, 1, "2026-02-01", version=2, op="close", status="concluded", observed="2026-04-01"),
        ],
        "2026-04-01",
        "fading",
    ),
    Vector(
        "WP-05",
        "withdrawn it fades",
        [certificate(1, "2026-01-05", withdrawn_on="2026-02-01")],
        "2026-02-01",
        "fading",
    ),
    # WP-06: more than ten days after the day of performance; yellow from max(200 000, 5 % of M), red from 30 %
    Vector(
        "WP-06",
        "ten days after it was due is none",
        [judgment(1, "2026-01-05", pays=2e5, by="2026-02-01")],
        "2026-02-11",
        "none",
    ),
    Vector(
        "WP-06",
        "eleven days after it was due is yellow",
        [judgment(1, "2026-01-05", pays=2e5, by="2026-02-01")],
        "2026-02-12",
        "yellow",
    ),
    Vector(
        "WP-06",
        "below two hundred thousand is none",
        [judgment(1, "2026-01-05", pays=199_999, by="2026-02-01")],
        "2026-02-12",
        "none",
    ),
    Vector(
        "WP-06",
        "below five per cent of M is none",
        [TEN_MILLION, judgment(1, "2026-01-05", pays=499_999, by="2026-02-01")],
        "2026-02-12",
        "none",
    ),
    Vector(
        "WP-06",
        "five per cent of M is yellow",
        [TEN_MILLION, judgment(1, "2026-01-05", pays=5e5, by="2026-02-01")],
        "2026-02-12",
        "yellow",
    ),
    Vector(
        "WP-06",
        "below thirty per cent of M is yellow",
        [TEN_MILLION, judgment(1, "2026-01-05", pays=2_999_999, by="2026-02-01")],
        "2026-02-12",
        "yellow",
    ),
    Vector(
        "WP-06",
        "thirty per cent of M is red",
        [TEN_MILLION, judgment(1, "2026-01-05", pays=3e6, by="2026-02-01")],
        "2026-02-12",
        "red",
    ),
    Vector(
        "WP-06",
        "first instance and appeal are one debt",
        [TEN_MILLION, *[judgment(n, "2026-01-05", pays=2e6, by="2026-02-01") for n in (1, 2)]],
        "2026-02-12",
        "yellow",
    ),
    Vector(
        "WP-06",
        "performed in time it is none",
        [
            judgment(1, "2026-01-05", pays=2e5, by="2026-02-01"),
            judgment(
                1,
                "2026-01-05",
                pays=2e5,
                by="2026-02-01",
                performed=True,
                version=2,
                op="amend",
                observed="2026-01-30",
            ),
        ],
        "2026-03-01",
        "none",
    ),
    Vector(
        "WP-06",
        "performed late it fades",
        [
            judgment(1, "2026-01-05", pays=2e5, by="2026-02-01"),
            judgment(
                1,
                "2026-01-05",
                pays=2e5,
                by="2026-02-01",
                performed=True,
                version=2,
                op="amend",
                observed="2026-03-01",
            ),
        ],
        "2026-03-01",
        "fading",
    ),
    Vector(
        "WP-06",
        "without a day it is due ten days after it takes effect",
        [judgment(1, "2026-01-05", pays=2e5, effective_on="2026-01-22")],
        "2026-02-12",
        "yellow",
    ),
    Vector(
        "WP-06",
        "and not earlier",
        [judgment(1, "2026-01-05", pays=2e5, effective_on="2026-01-22")],
        "2026-02-11",
        "none",
    ),
    Vector(
        "WP-06",
        "without any day nobody can tell",
        [judgment(1, "2026-01-05", pays=2e5)],
        "2026-02-12",
        "not_evaluable",
    ),
    Vector(
        "WP-06",
        "told late it is yellow when it is told",
        [judgment(1, "2025-06-05", pays=2e5, by="2025-08-01", observed="2026-02-01")],
        "2026-02-01",
        "yellow",
    ),
    # WP-07: yellow for a case or a measure of preservation, red from half of M
    Vector(
        "WP-07", "a preservation case is yellow", [preservation_case(1, "2026-01-05")], "2026-01-05", "yellow"
    ),
    Vector(
        "WP-07",
        "one who asks for preservation is in no danger",
        [preservation_case(1, "2026-01-05", role="applicant")],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-07",
        "a measure of preservation is yellow",
        [preserved(1, "2026-01-05", 1e4)],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-07",
        "a measure of enforcement is none",
        [preserved(1, "2026-01-05", 1e4, stage="enforcement")],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-07",
        "below half of M is yellow",
        [TEN_MILLION, preserved(1, "2026-01-05", 4_999_999)],
        "2026-01-05",
        "yellow",
    ),
    Vector("WP-07", "half of M is red", [TEN_MILLION, preserved(1, "2026-01-05", 5e6)], "2026-01-05", "red"),
    Vector(
        "WP-07",
        "one order on two accounts binds its limit once",
        [TEN_MILLION, *[preserved(n, "2026-01-05", 3e6, order_no="o-1") for n in (1, 2)]],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-07",
        "two orders bind both limits",
        [TEN_MILLION, *[preserved(n, "2026-01-05", 3e6) for n in (1, 2)]],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-07",
        "an asset binds no more than its value",
        [TEN_MILLION, preserved(1, "2026-01-05", 9e6, asset_value=money(1e6))],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-07",
        "a case and its measure count once",
        [TEN_MILLION, preservation_case(1, "2026-01-05", 3e6), preserved(1, "2026-01-06", 3e6)],
        "2026-01-06",
        "yellow",
    ),
    Vector(
        "WP-07",
        "lifted it fades",
        [preserved(1, "2026-01-05", 1e4, lifted_on="2026-02-01")],
        "2026-02-01",
        "fading",
    ),
    Vector(
        "WP-07",
        "it ends by itself on its last day",
        [preserved(1, "2026-01-05", 1e4, to="2026-02-01")],
        "2026-02-01",
        "fading",
    ),
    # WP-10: red for the firm or because of it, yellow because of another company
    Vector(
        "WP-10", "the firm itself is red", [restriction(1, "2026-01-05", "self_entity")], "2026-01-05", "red"
    ),
    Vector(
        "WP-10",
        "its representative because of the firm is red",
        [restriction(1, "2026-01-05", "legal_rep", because_of_entity=True)],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-10",
        "one directly responsible because of the firm is red",
        [restriction(1, "2026-01-05", "direct_responsible", because_of_entity=True)],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-10",
        "in a case that names the firm it is red",
        [restriction(1, "2026-01-05", "legal_rep", entity_id="91330604MA0000015G")],
        "2026-01-05",
        "red",
    ),
    Vector(
        "WP-10",
        "its representative because of another is yellow",
        [restriction(1, "2026-01-05", "legal_rep", because_of_entity=False)],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-10",
        "in a case that names another it is yellow",
        [restriction(1, "2026-01-05", "actual_controller", entity_id="91330604MA0000023B")],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-10",
        "because of whom is not known: yellow",
        [restriction(1, "2026-01-05", "legal_rep")],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-10",
        "one directly responsible elsewhere does not lead here",
        [restriction(1, "2026-01-05", "direct_responsible", because_of_entity=False)],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-10",
        "nothing before it is published",
        [restriction(1, "2026-01-05", "self_entity")],
        "2026-01-04",
        "none",
    ),
    Vector(
        "WP-10",
        "one who still leads is yellow",
        [leads("2020-01-01"), restriction(1, "2026-01-05", "legal_rep", because_of_entity=False)],
        "2026-01-05",
        "yellow",
    ),
    Vector(
        "WP-10",
        "one who left long before is none",
        [
            leads("2020-01-01", "2024-01-01"),
            restriction(1, "2026-01-05", "legal_rep", because_of_entity=False),
        ],
        "2026-01-05",
        "none",
    ),
    Vector(
        "WP-10",
        "one who leaves takes it along",
        [
            leads("2020-01-01", "2026-02-01"),
            restriction(1, "2026-01-05", "legal_rep", because_of_entity=False),
        ],
        "2026-02-01",
        "fading",
    ),
    Vector(
        "WP-10",
        "one who leaves does not take the firm's own along",
        [
            leads("2020-01-01", "2026-02-01"),
            restriction(1, "2026-01-05", "legal_rep", because_of_entity=True),
        ],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-10",
        "lifted it fades",
        [restriction(1, "2026-01-05", "self_entity", lifted_on="2026-03-01")],
        "2026-03-01",
        "fading",
    ),
    # WP-11: red and hard
    Vector("WP-11", "one case is red", [terminated(1, "2026-01-05")], "2026-01-05", "red"),
    Vector("WP-11", "nothing before it", [terminated(1, "2026-01-05")], "2026-01-04", "none"),
    Vector(
        "WP-11",
        "resumption ends nothing",
        [terminated(1, "2026-01-05", resumed_on="2026-03-01")],
        "2026-03-02",
        "red",
    ),
    Vector(
        "WP-11",
        "paid after all it fades",
        [
            terminated(1, "2026-01-05"),
            terminated(1, "2026-01-05", version=2, op="close", observed="2026-06-01"),
        ],
        "2026-06-01",
        "fading",
    ),
    Vector(
        "WP-11",
        "one of two paid is red",
        [
            terminated(1, "2026-01-05"),
            terminated(2, "2026-01-05"),
            terminated(1, "2026-01-05", version=2, op="close", observed="2026-06-01"),
        ],
        "2026-06-01",
        "red",
    ),
    Vector(
        "WP-11",
        "it arrives before the enforcement",
        [terminated(1, "2026-01-05"), enforcement(1, "2025-09-05", 2e6, observed="2026-02-01")],
        "2026-02-01",
        "red",
    ),
    Vector(
        "WP-11",
        "a firm known by name alone is blue",
        [terminated(1, "2026-01-05", match_confidence=0.9)],
        "2026-01-05",
        "blue",
    ),
    Vector(
        "WP-11",
        "entered by hand and unapproved it is yellow",
        [manual(terminated(1, "2026-01-05"), approved=False)],
        "2026-01-05",
        "yellow",
    ),
]

SERIES = [
    Series(
        "WP-05",
        "from paper to enforcement",
        [[], [certificate(1, "2026-01-05")], [certificate(1, "2026-01-05"), _on(1, 1, "2026-02-01")]],
        "2026-02-05",
    ),
    Series(
        "WP-06",
        "ever larger debts",
        [
            [TEN_MILLION, judgment(1, "2026-01-05", pays=amount, by="2026-02-01")]
            for amount in (1e5, 5e5, 3e6, 3e7)
        ],
        "2026-03-01",
    ),
    Series(
        "WP-07",
        "ever more preserved",
        [[TEN_MILLION], *[[TEN_MILLION, preserved(1, "2026-01-05", amount)] for amount in (1e4, 5e6, 5e7)]],
        "2026-02-01",
    ),
    Series(
        "WP-10",
        "nearer and nearer",
        [
            [],
            [restriction(1, "2026-01-05", "legal_rep", because_of_entity=False)],
            [restriction(1, "2026-01-05", "legal_rep", because_of_entity=True)],
        ],
        "2026-02-01",
    ),
    Series(
        "WP-11",
        "ever more cases",
        [[], [terminated(1, "2026-01-05")], [terminated(n, "2026-01-05") for n in (1, 2)]],
        "2026-02-01",
    ),
]
