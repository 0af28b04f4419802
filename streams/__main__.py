"""Entry point: a user's mistake is one sentence on standard error and a non-zero exit, never a traceback."""

import sys

from detectors.errors import FenghuoError
from streams.cli.app import app


def main() -> None:
    """Run the command line. Exit 2 for a mistake outside the program, 130 when interrupted."""
    try:
        app()
    except FenghuoError as error:
        print(f"fenghuo: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)  # the reader (head, less) had enough


if __name__ == "__main__":
    main()
