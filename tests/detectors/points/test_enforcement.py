"""Vectors of the points on enforcement lists."""

from detectors.record import Record
from tests.detectors.build import dishonest, enforcement, master, saying
from tests.detectors.points.vectors import Series, Vector

DOCUMENT = "(2025)浙0604民初1号"
TERMINATED = saying(
    enforcement(1, "2026-01-05", 600_000, status="terminated_this_time"), basis_doc_no=DOCUMENT
)


def resumed(n: int, document: str = DOCUMENT) -> Record:
    """The n-th case by which an earlier one was resumed (执恢)."""
    one = saying(enforcement(50 + n, "2026-06-01", 600_000), case_no=f"(2026)浙0604执恢{n}号")
    return saying(one, basis_doc_no=document)


VECTORS = [
    Vector("WP-08", "a case resumed is one debt", [TERMINATED, resumed(1)], "2026-06-01", "yellow"),
    Vector(
        "WP-08",
        "another one on the same document is its own",
        [TERMINATED, resumed(1), resumed(2)],
        "2026-06-01",
        "red",
    ),
    Vector(
        "WP-08",
        "resumed on another document it is another",
        [TERMINATED, resumed(1, "d")],
        "2026-06-01",
        "red",
    ),
    Vector(
        "WP-08",
        "a case still running is not what was resumed",
        [saying(TERMINATED, status="executing"), resumed(1)],
        "2026-06-01",
        "red",
    ),
    Vector(
        "WP-08", "one small case is yellow", [enforcement(1, "2026-01-05", 999_999)], "2026-01-06", "yellow"
    ),
    Vector("WP-08", "a million is red", [enforcement(1, "2026-01-05", 1_000_000)], "2026-01-06", "red"),
    Vector(
        "WP-08",
        "a tenth of net worth beyond a million is what counts",
        [master("2026-01-01", 20_000_000), enforcement(1, "2026-01-05", 1_999_999)],
        "2026-01-06",
        "yellow",
    ),
    Vector(
        "WP-08",
        "three small cases are red",
        [enforcement(n, "2026-01-05", 10) for n in (1, 2, 3)],
        "2026-01-06",
        "red",
    ),
    Vector(
        "WP-08",
        "a settled case fades",
        [
            enforcement(1, "2026-01-05", 10),
            enforcement(1, "2026-01-05", 10, version=2, op="close", status="settled", observed="2026-02-01"),
        ],
        "2026-03-01",
        "fading",
    ),
    Vector("WP-09", "a listing is red", [dishonest(1, "2026-01-05")], "2026-01-05", "red"),
    Vector("WP-09", "nothing before the listing", [dishonest(1, "2026-01-05")], "2026-01-04", "none"),
    Vector(
        "WP-09",
        "conduct 2 ends after two years",
        [dishonest(1, "2024-01-05", conduct=2)],
        "2026-01-05",
        "fading",
    ),
    Vector("WP-09", "the day before it is red", [dishonest(1, "2024-01-05", conduct=2)], "2026-01-04", "red"),
    Vector("WP-09", "conduct 1 has no term", [dishonest(1, "2016-01-05")], "2026-01-05", "red"),
    Vector(
        "WP-09",
        "a listing deleted fades",
        [saying(dishonest(1, "2025-03-01"), removed_on="2025-09-01")],
        "2025-09-01",
        "fading",
    ),
    Vector(
        "WP-09",
        "not before it is deleted, performed or not",
        [saying(dishonest(1, "2025-03-01"), removed_on="2025-09-01", performance="full")],
        "2025-08-31",
        "red",
    ),
    Vector(
        "WP-09",
        "a listing recorded late counts",
        [dishonest(1, "2026-01-05", observed="2026-06-01")],
        "2026-06-01",
        "red",
    ),
    Vector(
        "WP-09",
        "by name alone it is blue at most",
        [dishonest(1, "2026-01-05", match_confidence=0.9)],
        "2026-01-05",
        "blue",
    ),
]

SERIES = [
    Series(
        "WP-08",
        "more money, more cases",
        [[], [enforcement(1, "2026-01-05", 10)], [enforcement(1, "2026-01-05", 5_000_000)]],
        "2026-01-06",
    )
]
