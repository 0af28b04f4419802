"""Chains of cases: one dispute is one story, whatever the order in which its records are known."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from detectors.chains import case_of, chains
from detectors.fact import Fact
from tests.detectors import build
from tests.detectors.verdicts import fact

FIRST, APPEAL = "(2025)浙0604民初12号", "(2025)浙06民终3号"
ENFORCED, RESUMED = "(2026)浙0604执7号", "(2027)浙0604执恢1号"


class Facts:
    """Facts by feed, in the order given."""

    def __init__(self, *facts: tuple[str, Fact]) -> None:
        self.facts = facts

    def known(self, feed: str) -> list[Fact]:
        """Those of a feed."""
        return [one for name, one in self.facts if name == feed]


def case(feed: str, number: str, **basis: str) -> tuple[str, Fact]:
    """A fact about a case, as the ledger keeps it."""
    return feed, replace(fact(f"{number}|{build.FIRM}"), data={"case_no": number, **basis})


STORY = [
    case("F01", FIRST),
    case("F03", APPEAL, basis_case_no=FIRST),
    case("F04", ENFORCED),
    case("F05", ENFORCED, basis_doc_no="（2025）浙06民终3号之一"),
    case("F06", ENFORCED),
    case("F07", ENFORCED),
    case("F04", RESUMED, basis_case_no=ENFORCED),
]


@given(st.permutations(STORY), st.lists(st.sampled_from(STORY)))
def test_suit_appeal_enforcement_and_resumption_are_one_chain(
    story: list[tuple[str, Fact]], again: list[tuple[str, Fact]]
) -> None:
    """Named after the first suit, in any order and with repetitions."""
    assert chains(Facts(*story, *again)) == dict.fromkeys((FIRST, APPEAL, ENFORCED, RESUMED), FIRST)


def test_a_case_that_names_no_basis_is_its_own_chain() -> None:
    """Nothing is guessed from parties or amounts."""
    other = "(2026)浙0604执8号"
    found = chains(Facts(case("F04", ENFORCED), case("F04", other)))
    assert found == {ENFORCED: ENFORCED, other: other}


def test_a_basis_that_is_not_in_the_ledger_still_names_the_chain() -> None:
    """Two enforcements of one judgment that no source delivered."""
    other = "(2026)浙0604执8号"
    found = chains(Facts(case("F05", ENFORCED, basis_doc_no=FIRST), case("F05", other, basis_doc_no=FIRST)))
    assert set(found.values()) == {FIRST}


def test_the_earliest_is_by_year_then_stage_then_number() -> None:
    """An enforcement of the same year comes after the suit, 10 after 9, and a text that is no number last."""
    of_year, nine, ten = "(2025)浙0604执1号", "(2025)浙0604民初9号", "(2025)浙0604民初10号"
    assert chains(Facts(case("F05", of_year, basis_doc_no=ten)))[of_year] == ten
    assert chains(Facts(case("F05", of_year, basis_doc_no=f"{ten}、{nine}")))[of_year] == nine
    assert chains(Facts(case("F05", of_year, basis_doc_no="公证书 12")))[of_year] == of_year


def test_a_batch_named_as_basis_links_its_single_cases() -> None:
    """An enforcement that rests on judgments 5 to 7."""
    found = chains(
        Facts(case("F05", ENFORCED, basis_doc_no="(2025)浙0604民初5-7号"), case("F01", "(2025)浙0604民初6号"))
    )
    assert found["(2025)浙0604民初6号"] == found[ENFORCED]


def test_the_case_of_a_fact_is_what_its_key_names() -> None:
    """A lot of an auction names a case and is not one; so is a fact without a number."""
    assert case_of(case("F04", ENFORCED)[1]) == ENFORCED
    assert case_of(replace(fact(f"{FIRST}|judgment"), data={"case_no": f"{FIRST}之一"})) == FIRST
    assert case_of(replace(fact("platform|lot|1"), data={"case_no": ENFORCED})) is None
    assert case_of(fact("k")) is None
