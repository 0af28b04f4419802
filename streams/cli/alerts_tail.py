"""``alerts tail``: what one bank is told, in plain words."""

import json
import time
from typing import Annotated, Literal

import typer

from alerts.delivery.bank_client import BankClient
from alerts.delivery.plain_words import render
from connectors.runner import stopping
from streams.access import kafka_python_options
from streams.cli.options import Broker, Config, Set, settings_of
from streams.cli.output import JsonLines


def tail(
    bank: Annotated[str, typer.Option(help="id of the bank in the subscriptions")],
    broker: Broker = None,
    idle: Annotated[
        float | None, typer.Option(min=0, help="stop after so many seconds without an alert")
    ] = None,
    since: Annotated[Literal["beginning", "now"], typer.Option(help="where to begin")] = "beginning",
    lang: Annotated[Literal["en", "zh"], typer.Option(help="language of the words")] = "en",
    silenced: Annotated[bool, typer.Option("--silenced", help="what a silence hides, too")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="stop after so many alerts")] = None,
    config: Config = None,
    sets: Set = None,
    as_json: JsonLines = False,
) -> None:
    """Print a bank's alerts as they come, each once, but for what it silenced. Reads only that bank's topic."""
    settings = settings_of(broker, config, sets)
    options = kafka_python_options(settings.security)
    shown, last = 0, time.monotonic()

    def over() -> bool:
        return stop.is_set() or (idle is not None and time.monotonic() - last > idle)

    with (
        stopping() as stop,
        BankClient(
            bank, settings.broker, prefix=settings.prefix, from_beginning=since == "beginning", config=options
        ) as client,
    ):
        for alert in client.alerts(over):
            if alert.get("silenced") and not (silenced or as_json):
                continue
            print(json.dumps(alert, ensure_ascii=False) if as_json else render(alert, lang), flush=True)
            shown, last = shown + 1, time.monotonic()
            if limit is not None and shown >= limit:
                return
