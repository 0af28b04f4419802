"""Links inside the documentation lead somewhere, and the tests it names exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "deploy/**/*.md", "bench/*.md")
    for page in ROOT.glob(pattern)
)
_LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(#[^)\s]+)?\)")
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
WRITTEN_LATER = {"bench/RESULTS.md"}
"""Made by ``make bench``."""


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading(page: str) -> None:
    """Relative links, and headings on the same page or another."""
    here = ROOT / page
    lost = []
    for path, anchor in _LINK.findall(_FENCE.sub("", here.read_text("utf-8"))):
        there = (here.parent / path).resolve() if path else here
        if not there.exists():
            if there.relative_to(ROOT).as_posix() not in WRITTEN_LATER:
                lost.append(path)
        elif anchor and anchor[1:] not in anchors(there):
            lost.append(path + anchor)
    assert lost == []


def anchors(page: Path) -> set[str]:
    """What the headings of a page are reached by."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_test_that_proves_a_property_exists() -> None:
    """Names in the architecture page, down to the function."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text)
    assert len(named) > 10
    assert [
        f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text("utf-8")
    ] == []


def test_every_decision_is_listed_and_has_its_five_parts() -> None:
    """Problem, criteria, options, decision, what would change our mind."""
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    assert listed == sorted(path.name for path in folder.glob("0*.md"))
    for name in listed:
        text = (folder / name).read_text("utf-8")
        for part in ("Problem", "Criteria", "Options", "Decision", "What would change our mind"):
            assert f"\n## {part}\n" in text, f"{name}: {part}"


def test_the_pictures_have_words() -> None:
    """Every picture has an alternative text."""
    for page in PAGES:
        assert not re.search(r"!\[\s*\]\(", (ROOT / page).read_text("utf-8")), page
