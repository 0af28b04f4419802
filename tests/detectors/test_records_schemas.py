"""The committed contracts are the ones the code has."""

from pathlib import Path

from detectors.records.schemas import files

HERE = Path(__file__).parents[2] / "docs" / "contracts"


def test_the_committed_contracts_are_current() -> None:
    """Run ``python docs/contracts/generate.py`` when this fails, and look at the difference."""
    made = files()
    committed = {p.name: p.read_text("utf-8") for p in HERE.iterdir() if p.suffix in (".json", ".md")}
    assert sorted(committed) == sorted(made)
    assert [name for name in made if committed[name] != made[name]] == []
