"""``explain``: why an entity or an alert has its colour, and whether that follows from the evidence."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from detectors.assessment import jurisdiction_of
from detectors.catalogue.model import Catalogue
from detectors.errors import FenghuoError
from detectors.explanation import Case, Place, as_alert, case_among, case_of, explain_alert, key_of
from detectors.explanation import explain as explained
from detectors.fold import fold_all, latest_capture, together
from detectors.record import CONTROL_OPS, Record, epoch
from detectors.verification import Verification, known_to
from detectors.verification import verify as verify_alert
from streams.catalogues import read_catalogue
from streams.cli.explain_view import show
from streams.cli.options import Broker, Config, Set, settings_of
from streams.cli.output import Json
from streams.cli.reading import instant, json_lines, records, require
from streams.cli.records_topic import Lying, alert_of, chosen, log_of
from streams.duties import with_deadlines
from streams.engine.commons import Commons
from streams.engine.state import PartitionState
from streams.replay.audit import verified
from streams.replay.catalogues import Catalogues
from streams.replay.reference import reference_at

_ENTITY = "ent:"


class Moment(NamedTuple):
    """What there is to explain: the case, where its records lie, and the alert if it is one."""

    case: Case
    places: dict[tuple[str, str, str, int], Place]
    alert: dict[str, Any] | None


def explain(
    what: Annotated[str, typer.Argument(metavar="ALERT|ENTITY", help="alert id (or its beginning), or entity id")],
    data: Annotated[Path | None, typer.Option(help="records as JSON lines", allow_dash=True)] = None,
    alerts: Annotated[Path | None, typer.Option(help="alerts as JSON lines, as alerts tail --json writes them")] = None,
    broker: Broker = None,
    as_of: Annotated[
        str | None, typer.Option(help="of an entity: date or RFC 3339 instant; default: the last capture")
    ] = None,
    catalogue: Annotated[
        Path | None,
        typer.Option(help="catalogue file instead of the built-in one or, with --broker, the one in force at the time"),
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="recompute it; exit 1 if it differs")] = False,
    config: Config = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Explain the colour of an entity or of an alert, point by point, down to the records, and verify it.

    Needs --data (for an alert with --alerts), or --broker to read both from the topics.
    """
    if (data is None) == (broker is None):
        raise FenghuoError(
            "explain", "needs one place to read from", "give --data FILE or --broker HOST:PORT"
        )
    judged_by, bad = read_catalogue(catalogue), list[str]()
    if what.startswith(_ENTITY) and alerts is not None:
        raise FenghuoError("--alerts", "an entity needs none", "leave it out, or give the id of an alert")
    if not what.startswith(_ENTITY) and as_of is not None:
        raise FenghuoError("--as-of", "an alert has its own moment", "leave it out, or give an entity id")
    if data is not None:
        moment = _from_file(what, data, alerts, as_of, judged_by, bad)
    else:
        settings = settings_of(broker, config, sets)
        alert = None if what.startswith(_ENTITY) else alert_of(settings, what)
        entity = what if alert is None else str(alert["entity"])
        configured = read_catalogue(catalogue or settings.catalogue)
        catalogues = Catalogues(configured, alone=catalogue is not None)
        moment = _from_log(alert, entity, log_of(settings, entity), as_of, catalogues)
    answer, outcome = _answer(moment), _verified(moment) if verify else None
    _print(answer, outcome, as_json=as_json)
    for sentence in bad:
        print(f"fenghuo: {sentence}", file=sys.stderr)
    if outcome is not None and not outcome.ok:
        print(f"fenghuo: {what}: {outcome.sentence}", file=sys.stderr)
    if bad or (outcome is not None and not outcome.ok):
        raise typer.Exit(1)


def _answer(moment: Moment) -> dict[str, Any]:
    case, alert = moment.case, moment.alert
    said = explained(case, moment.places) if alert is None else explain_alert(alert, case, moment.places)
    return with_deadlines(said, case)


def _verified(moment: Moment) -> Verification:
    case, alert = moment.case, moment.alert
    if alert is None:
        return verify_alert(as_alert(case), case.records, case.catalogue, case.reference)
    return verified(alert, case.records, case.catalogue, case.reference)


def _print(answer: dict[str, Any], outcome: Verification | None, *, as_json: bool) -> None:
    if not as_json:
        show(answer, outcome)
        return
    if outcome is not None:
        answer["verification"] = {
            "ok": outcome.ok,
            "sentence": outcome.sentence,
            "from": dict(outcome.bases),
            "pending": list(outcome.pending),
            "differences": [
                {"place": one.place, "told": one.told, "found": one.found} for one in outcome.differences
            ],
        }
    print(json.dumps(answer, ensure_ascii=False))


def _from_file(
    what: str, data: Path, alerts: Path | None, as_of: str | None, judged_by: Catalogue, bad: list[str]
) -> Moment:
    alert = None
    if not what.startswith(_ENTITY):
        if alerts is None:
            raise FenghuoError(
                what, "is no entity id, and there are no alerts to look in", "give --alerts FILE or ent:…"
            )
        alert = chosen(what, json_lines(alerts), str(alerts))
    entity = what if alert is None else str(alert["entity"])
    found = list(records(data, bad))
    require(entity, found, str(data))
    if alert is None:
        everyone = together(found, judged_by, None if as_of is None else epoch(instant(as_of)))
        return Moment(case_among(entity, found, everyone, judged_by), {}, None)
    at, mine = epoch(instant(alert["at"], "at")), known_to(alert, found)
    reference = reference_at(found, at, judged_by.profile(jurisdiction_of(entity)).utc_offset, judged_by)
    return Moment(case_of(entity, mine, at, judged_by, reference), {}, alert)


def _from_log(
    alert: dict[str, Any] | None, entity: str, log: Iterable[Lying], as_of: str | None, catalogues: Catalogues
) -> Moment:
    """Replays what the partition of the entity knew: its records, what partitions told each other, and by which
    catalogue it judged."""
    mine, places = list[Record](), dict[tuple[str, str, str, int], Place]()
    commons, until = Commons(0, 1, {}, PartitionState()), None if as_of is None else epoch(instant(as_of))
    for record, place in log:
        if alert is not None and not _known(alert, record, place.offset):
            break
        if record.op == "exchange":
            if until is None or epoch(record.observed_at) <= until:
                commons.take(record)
                catalogues.take(record)
        elif record.op not in CONTROL_OPS:
            mine.append(record)
            places.setdefault(key_of(record), place)
    require(entity, mine, "the topic")
    if alert is not None:
        at, judged_by = epoch(instant(alert["at"], "at")), catalogues.of(alert)
    else:
        judged_by = catalogues.at(until if until is not None else epoch(datetime.now(UTC)))
        at = when(as_of, mine, judged_by)
    reference = commons.reference(judged_by.profile(jurisdiction_of(entity)).utc_offset)
    return Moment(case_of(entity, mine, at, judged_by, reference), places, alert)


def _known(alert: dict[str, Any], record: Record, offset: int) -> bool:
    """Whether a record had been taken in when the alert was told: a timer fires before the record that moved the clock,
    but after what partitions tell each other."""
    origin = alert["origin"]
    last = origin["offset"] - (1 if origin.get("timer") and record.op != "exchange" else 0)
    return bool(offset <= last)


def when(as_of: str | None, found: list[Record], judged_by: Catalogue) -> int:
    """As ``assess`` takes it: the instant asked for, else the last capture."""
    return latest_capture(fold_all(found, judged_by)) if as_of is None else epoch(instant(as_of))
