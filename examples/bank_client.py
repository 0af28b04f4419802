"""A bank reads its own alerts: the smallest useful client.

    python examples/bank_client.py icbc-shangyu 127.0.0.1:9092

A bank that wants no code of ours needs three things only: kafka-python, the topic
``fenghuo.alerts.bank.<id>``, and the rule that the same ``alert_id`` twice is one alert.
"""

import sys

from alerts.delivery.bank_client import BankClient
from alerts.delivery.plain_words import render
from detectors.errors import FenghuoError


def main() -> int:
    if len(sys.argv) != 3:
        print("usage: bank_client.py BANK_ID HOST:PORT", file=sys.stderr)
        return 2
    bank, broker = sys.argv[1:]
    try:
        with BankClient(bank, broker, group=f"fenghuo.bank.{bank}.desk") as client:
            for alert in client.alerts():
                # Here a bank would open a task in its own system. Asking for the next alert says this one is done:
                # if the program dies before, the alert comes again.
                print(render(alert, "en"), end="\n\n")
    except FenghuoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
