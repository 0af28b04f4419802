"""The command line: what there is, and nothing else."""

from typing import Annotated

import typer

from streams.cli import admin, alerts_tail, demo, files, replay, service

app = typer.Typer(
    name="fenghuo",
    help="烽火: watches enterprises through the public record and warns in blue, yellow and red.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
app.command()(demo.demo)
app.command()(replay.replay)
app.command()(files.check)
app.command()(files.assess)
app.command()(service.worker)
app.command()(service.connect)
app.command()(service.notify)
app.command()(admin.doctor)

_alerts = typer.Typer(help="Alerts as a subscriber sees them.", no_args_is_help=True)
_alerts.command("tail")(alerts_tail.tail)
app.add_typer(_alerts, name="alerts")

_topics = typer.Typer(help="Topics and access rights on the broker.", no_args_is_help=True)
_topics.command("apply")(admin.topics_apply)
app.add_typer(_topics, name="topics")

_config = typer.Typer(help="Settings.", no_args_is_help=True)
_config.command("show")(admin.config_show)
app.add_typer(_config, name="config")


def _version(asked: bool) -> None:
    if asked:
        admin.show_version()
        raise typer.Exit


@app.callback()
def about(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="show the version and stop")
    ] = False,
) -> None:
    """烽火: watches enterprises through the public record and warns in blue, yellow and red."""
