"""How a ledger is written down: bytes of every layout stay readable for ever, damaged ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors import codec
from detectors.errors import FenghuoError
from detectors.fact import Fact
from detectors.ledger import Ledger

FIRST = bytes.fromhex(
    "0181a5666163747382a346303482a9636f7572747c72327c9f0103c410ffffffffffffffffffffffffffffffff0100ffffcd"
    "018fcb3ff0000000000000cb3fd333333333333301a080c2a0b3636f7572747c727c317c646566656e64616e749f0201c410"
    "000102030405060708090a0b0c0d0e0fce695b6f80ce6959e8e0cd4feac0c0cb3fece147ae147ae1cb3ff000000000000003"
    "d935283230323629e6b59930363034e689a731e58fb77c656e743a434e2d3333303630343a39313333303630344d41303030"
    "303031354784a7636173655f6e6fb4283230323629e6b59930363034e689a731e58fb7ab657865635f616d6f756e7492cd04"
    "e2a3555344a866696c65645f6f6ecd4feaa6737461747573a9657865637574696e67c3a0a346333281a970617065727c7031"
    "7c9f0102c41000000000000000000000000000000000cf0000000200000000d3fffffffe00000000cd4e20cd4e84cd55a6cb"
    "3fe6666666666666cb3ff000000000000002d921656c6563747269636974797c636f7c333330367c323032362d30317c6269"
    "6c6c7c84aa616d6f756e745f647565cf00038d7ea4c68000a9657374696d61746564c2a87175616e74697479a431322e35a5"
    "726174696fcb3fd0000000000000c2a3463135"
)
"""Layout 1, as written by release 0.1. Never regenerate it: if it no longer reads, write a reader for it."""


GOLDEN = bytes.fromhex(
    "0281a5666163747382a346303482a9636f7572747c72327cdc00100103c410ffffffffffffffffffffffffffffffff0100ff"
    "ffcd018fcb3ff0000000000000cb3fd333333333333301a080c2a090b3636f7572747c727c317c646566656e64616e74dc00"
    "100201c410000102030405060708090a0b0c0d0e0fce695b6f80ce6959e8e0cd4feac0c0cb3fece147ae147ae1cb3ff00000"
    "0000000003d935283230323629e6b59930363034e689a731e58fb77c656e743a434e2d3333303630343a3931333330363034"
    "4d41303030303031354784a7636173655f6e6fb4283230323629e6b59930363034e689a731e58fb7ab657865635f616d6f75"
    "6e7492cd04e2a3555344a866696c65645f6f6ecd4feaa6737461747573a9657865637574696e67c3a092ce6959e8e0ceee6b"
    "2800a346333281a970617065727c70317cdc00100102c41000000000000000000000000000000000cf0000000200000000d3"
    "fffffffe00000000cd4e20cd4e84cd55a6cb3fe6666666666666cb3ff000000000000002d921656c6563747269636974797c"
    "636f7c333330367c323032362d30317c62696c6c7c84aa616d6f756e745f647565cf00038d7ea4c68000a9657374696d6174"
    "6564c2a87175616e74697479a431322e35a5726174696fcb3fd0000000000000c2a346313590"
)
"""Layout 2, which adds what other versions of a record said. The same holds for it."""


def rich(earlier: tuple[int, ...] = (1_767_500_000, 4_000_000_000)) -> Ledger:
    """Every kind of value a fact can hold: open and closed, foreign money, a tombstone, a conflict, a manual entry."""
    case = Fact(
        version=2,
        rank=1,
        digest=bytes(range(16)),
        observed=1_767_600_000,
        occurred=1_767_500_000,
        start=20_458,
        end=None,
        until=None,
        quality=0.9025,
        confidence=1.0,
        ceiling=3,
        key="(2026)浙0604执1号|ent:CN-330604:91330604MA0000015G",
        data={
            "case_no": "(2026)浙0604执1号",
            "exec_amount": [1250, "USD"],
            "filed_on": 20_458,
            "status": "executing",
        },
        conflict=True,
        earlier=earlier,
    )
    gone = Fact(
        version=1,
        rank=3,
        digest=b"\xff" * 16,
        observed=1,
        occurred=0,
        start=-1,
        end=-1,
        until=399,
        quality=1.0,
        confidence=0.3,
        ceiling=1,
        key="",
        data={},
    )
    entered = Fact(
        version=1,
        rank=2,
        digest=bytes(16),
        observed=2**33,
        occurred=-(2**33),
        start=20_000,
        end=20_100,
        until=21_926,
        quality=0.7,
        confidence=1.0,
        ceiling=2,
        key="electricity|co|3306|2026-01|bill|",
        data={"amount_due": 10**15, "estimated": False, "quantity": "12.5", "ratio": 0.25},
        entered="F15",
    )
    return Ledger({"F04": {"court|r|1|defendant": case, "court|r2|": gone}, "F32": {"paper|p1|": entered}})


def test_bytes_of_the_first_layout_stand_for_the_same_ledger() -> None:
    """Of which nothing earlier is known."""
    assert codec.decode(FIRST) == rich(earlier=())


def test_bytes_of_this_layout_read_and_are_written_again_identically() -> None:
    """What an earlier run wrote is what this one would write."""
    assert codec.decode(GOLDEN) == rich()
    assert codec.encode(codec.decode(GOLDEN)) == GOLDEN


def test_bytes_do_not_depend_on_the_order_of_insertion() -> None:
    """Keys are sorted, in the ledger and inside a fact."""
    ledger = rich()
    turned = {feed: dict(reversed(facts.items())) for feed, facts in reversed(ledger.facts.items())}
    assert list(turned["F04"]) != list(ledger.facts["F04"])
    assert codec.encode(Ledger(turned)) == GOLDEN


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param(b"", "layout none", id="empty"),
        pytest.param(b"\x03" + GOLDEN[1:], "layout 3, known are [1, 2]; upgrade", id="newer"),
        pytest.param(GOLDEN[:-1], "damaged", id="cut short"),
        pytest.param(GOLDEN + b"\x00", "damaged", id="too long"),
        pytest.param(GOLDEN[:1] + b"\xc0", "damaged", id="not a ledger"),
        pytest.param(GOLDEN[:20] + b"\xc1" + GOLDEN[21:], "damaged", id="overwritten"),
    ],
)
def test_unreadable_bytes_are_refused_with_the_reason(value: bytes, said: str) -> None:
    """Another layout is told from damage, as what to do about them differs."""
    with pytest.raises(FenghuoError, match=r"^ledger: ") as caught:
        codec.decode(value)
    assert said in str(caught.value)


@given(st.integers(1, len(GOLDEN) - 1), st.integers(0, 255))
def test_no_damage_makes_it_fail_in_any_other_way(place: int, byte: int) -> None:
    """One byte overwritten: another ledger, or the error meant for it; never a crash."""
    try:
        found = codec.decode(GOLDEN[:place] + bytes((byte,)) + GOLDEN[place + 1 :])
    except FenghuoError:
        return
    assert isinstance(found, Ledger)


def test_empty_ledger_is_small() -> None:
    """An entity of whom everything was purged costs next to nothing."""
    assert len(codec.encode(Ledger())) < 16
    assert codec.decode(codec.encode(Ledger())) == Ledger()
