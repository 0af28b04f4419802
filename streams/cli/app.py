"""The command line: what there is, and nothing else."""

from typing import Annotated

import typer

from streams.cli import (
    admin,
    alerts_ack,
    alerts_tail,
    audit,
    backtest,
    catalogue,
    demo,
    district,
    explain,
    files,
    history,
    indicators,
    replay,
    report,
    service,
    sources,
)

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
app.command()(backtest.backtest)
app.command()(files.check)
app.command()(files.assess)
app.command()(history.history)
app.command()(explain.explain)
app.command()(audit.audit)
app.command()(report.report)
app.command()(service.worker)
app.command()(service.connect)
app.command()(service.notify)
app.command()(admin.doctor)

_alerts = typer.Typer(help="Alerts as a subscriber sees them.", no_args_is_help=True)
_alerts.command("tail")(alerts_tail.tail)
_alerts.command("ack")(alerts_ack.ack)
app.add_typer(_alerts, name="alerts")

_sources = typer.Typer(help="Departments and others that report.", no_args_is_help=True)
_sources.command("report")(sources.report)
app.add_typer(_sources, name="sources")

_catalogue = typer.Typer(help="The catalogue of warning points.", no_args_is_help=True)
_catalogue.command("list")(catalogue.list_points)
_catalogue.command("show")(catalogue.show)
_catalogue.command("diff")(catalogue.diff)
_catalogue.command("validate")(catalogue.validate)
_catalogue.command("docs")(catalogue.docs)
_catalogue.command("apply")(catalogue.apply)
app.add_typer(_catalogue, name="catalogue")

_indicators = typer.Typer(help="The registry of indicators.", no_args_is_help=True)
_indicators.command("list")(indicators.list_indicators)
_indicators.command("show")(indicators.show)
_indicators.command("value")(indicators.values)
app.add_typer(_indicators, name="indicators")

_district = typer.Typer(help="The simulated district.", no_args_is_help=True)
_district.command("coverage")(district.coverage)
app.add_typer(_district, name="district")

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
