"""``alerts ack``: a subscriber's people took notice of an alert, and say what came of it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import typer

from alerts.delivery.answer import ACKNOWLEDGED, Answer, answer_to, taken_notice
from alerts.policy.alert import cloud_event_headers, encode
from alerts.policy.attention import DEFAULT, GROUNDS, Action, Disposition, objection
from alerts.policy.need_to_know import shown
from alerts.policy.routing import Router
from alerts.policy.subscriptions import Subscription, near
from detectors.assessment import jurisdiction_of
from detectors.errors import FenghuoError
from detectors.record import epoch
from detectors.records import validation
from streams.access import librdkafka_options
from streams.assembly import make_publisher, read_subscriptions, require_topics
from streams.cli.options import Broker, Config, Set, settings_of
from streams.cli.output import Json
from streams.cli.records_topic import alert_of, answers_about
from streams.engine.persist import Producer
from streams.settings import Settings
from streams.topics import Names


def ack(
    alert_id: Annotated[str, typer.Argument(help="id of the alert, or how it begins")],
    subscriber: Annotated[str, typer.Option(help="id of the subscriber who was told")],
    disposition: Annotated[Disposition | None, typer.Option(help="what came of it")] = None,
    by: Annotated[str | None, typer.Option(help="who took notice (default: the subscriber)")] = None,
    broker: Broker = None,
    config: Config = None,
    sets: Set = None,
    as_json: Json = False,
) -> None:
    """Acknowledge an alert for a subscriber; reminders stop. Wrong data or a wrong firm opens an objection."""
    settings = settings_of(broker, config, sets)
    who = _subscription(settings, subscriber)
    names, now = Names(settings.prefix), datetime.now(UTC)
    banks = [names.bank(subscriber)] if who.channel == "kafka" else []
    require_topics(settings, [names.alerts, names.outcomes, names.records, *banks])
    alert = alert_of(settings, alert_id)
    _require_told(settings, who, alert)
    answer = answer_to(alert, subscriber, by or subscriber, disposition or ACKNOWLEDGED, now)
    record = _objection(alert, who, disposition, now)
    if record is not None:
        publisher = make_publisher(settings)
        publisher.publish(alert["entity"], "F31", record)
        publisher.flush()
    told = _event(settings, who, alert, answer)
    _publish(settings, answer.entity, [(names.outcomes, msgspec.json.encode(answer), []), *told])
    _show(answer, alert, objected=record is not None, as_json=as_json)


def _subscription(settings: Settings, subscriber: str) -> Subscription:
    if settings.subscriptions is None:
        problem = "no subscriptions file is set"
        raise FenghuoError("alerts ack", problem, "name it with --set subscriptions=FILE or in fenghuo.toml")
    subscriptions = read_subscriptions(settings)
    found = subscriptions.get(subscriber)
    if found is None:
        ids = tuple(one.subscriber_id for one in subscriptions.subscriptions)
        problem = f"has no subscriber {subscriber!r}{near(subscriber, ids)}"
        raise FenghuoError(str(settings.subscriptions), problem, "correct --subscriber")
    return found


def _require_told(settings: Settings, who: Subscription, alert: Mapping[str, Any]) -> None:
    """Nobody acknowledges what it was not told."""
    router = Router(read_subscriptions(settings), settings.prefix)
    reason = router.judge(who.subscriber_id, alert, datetime.fromisoformat(alert["at"]))
    if not reason.tells:
        problem = f"{who.subscriber_id} was not told of it ({reason})"
        raise FenghuoError(f"alert {alert['alert_id']}", problem, "check the id and the subscriber")


def _objection(
    alert: Mapping[str, Any], who: Subscription, disposition: Disposition | None, now: datetime
) -> bytes | None:
    """The record (F31) that a disposition asks for, as it goes on the topic; None for any other."""
    if disposition is None or disposition not in GROUNDS:
        return None
    action = Action("object", alert["alert_id"], epoch(now), GROUNDS[disposition])
    payload = objection(alert, who.subscriber_id, action)
    entity = str(alert["entity"])
    raw = {
        "schema": "F31/1.0",
        "source_id": f"subscriber.{who.subscriber_id}",
        "record_id": payload["objection_id"],
        "version": 1,
        "op": "assert",
        # any stable key of the register that the entity id was made of
        "subject": {"scheme": "local", "value": entity.rpartition(":")[2], "name": alert.get("name") or ""},
        "entity": entity,
        "jurisdiction": jurisdiction_of(entity),
        "occurred_at": now.isoformat(),
        "observed_at": now.isoformat(),
        "visibility": "gov_shared",
        "legal_basis": who.legal_basis or "objection by the recipient of the alert",
        "payload": payload,
    }
    outcome = validation.validate(raw, now=now)
    if outcome.wire is None:
        place = f"objection to alert {alert['alert_id']}"
        raise FenghuoError(place, outcome.detail, "acknowledge without this disposition and object by hand")
    return outcome.wire


_Message = tuple[str, bytes, list[tuple[str, bytes]]]


def _event(settings: Settings, who: Subscription, alert: Mapping[str, Any], answer: Answer) -> list[_Message]:
    """What a bank is told on its topic; a webhook subscriber is told by the dispatcher, which waits for the answer."""
    if who.channel != "kafka":
        return []
    seen = shown(alert, who.sees_loans_of)
    event = taken_notice(seen, answers_about(settings, answer.entity), answer)
    topic = Names(settings.prefix).bank(who.subscriber_id)
    return [] if event is None else [(topic, encode(event), _headers(event))]


def _headers(event: dict[str, Any]) -> list[tuple[str, bytes]]:
    """CloudEvents headers. The origin lies beyond all records, so that a worker that looks for what it has sent before
    a crash looks further back."""
    last = {**event, "origin": {"partition": 0, "offset": (1 << 63) - 1}}
    return cloud_event_headers(last)


def _publish(settings: Settings, entity: str, messages: list[_Message]) -> None:
    client = {"partitioner": "murmur2_random", **librdkafka_options(settings.security)}
    producer = Producer(settings.broker, idempotence=settings.broker_idempotence, client=client)
    try:
        for topic, value, headers in messages:
            producer.produce(topic, None, entity.encode(), value, headers)
        producer.flush_now()
    finally:
        producer.close()


def _show(answer: Answer, alert: Mapping[str, Any], *, objected: bool, as_json: bool) -> None:
    if as_json:
        said = {**msgspec.to_builtins(answer), "objection": objected}
        print(json.dumps(said, ensure_ascii=False))
        return
    print(f"{answer.outcome}: alert {answer.alert_id}, {answer.entity}, by {answer.by}")
    people = DEFAULT.people[int(alert["level"])]
    if people > 1:
        print(f"Reminders stop when {people} people have acknowledged it; name each with --by.")
    if objected:
        print("An objection to the evidence was recorded.")
