"""Write the contracts in this directory anew from ``detectors.records``."""

from pathlib import Path

from detectors.records.schemas import files


def main() -> None:
    """Write every file next to this one."""
    here = Path(__file__).parent
    for name, text in files().items():
        (here / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
