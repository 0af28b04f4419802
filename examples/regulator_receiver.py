"""A regulator's webhook receiver in one file: run it, point a subscription at it, read the alerts.

    export REGULATOR_SECRET=whsec_...          # the same secret the sender has
    python examples/regulator_receiver.py --port 9000 --inbox received.jsonl

Subscription on the other side:

    - {subscriber_id: scjgj, role: regulator, min_level: red, entities: "*",
       channel: webhook, url: http://127.0.0.1:9000/hook, secret_env: REGULATOR_SECRET}
"""

import argparse
import os
import sys
import time
from pathlib import Path

from alerts.delivery.notification import alerts_in
from alerts.delivery.plain_words import render
from alerts.delivery.receiver import Inbox, Receiver, read_inbox


def main() -> int:
    parser = argparse.ArgumentParser(description="Receive signed alerts and show them.")
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--inbox", type=Path, default=Path("received.jsonl"))
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    args = parser.parse_args()
    secret = os.environ.get("REGULATOR_SECRET", "")
    if not secret.startswith("whsec_"):
        print("error: set REGULATOR_SECRET to the whsec_ secret agreed with the sender", file=sys.stderr)
        return 2
    # Verification, storing and answering happen inside; see alerts/delivery/receiver.py for the forty lines it takes.
    with Receiver([secret], Inbox(args.inbox), port=args.port) as receiver:
        print(f"listening on {receiver.url}, storing to {args.inbox}")
        shown = len(read_inbox(args.inbox))
        try:
            while True:
                entries = read_inbox(args.inbox)
                for entry in entries[shown:]:
                    for alert in alerts_in(entry["event"]):
                        print(render(alert, args.lang), end="\n\n")
                shown = len(entries)
                time.sleep(1)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    raise SystemExit(main())
