"""Several partitions without a broker: what one writes for another is carried there by the key, and any may die."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from kafka.partitioner import murmur2

from detectors.catalogue.model import Catalogue
from detectors.fact import IMPULSE
from detectors.record import Record
from streams.engine import state as codec
from streams.engine.effects import Effects
from streams.engine.exchange import KEYED, Sent
from streams.engine.processor import Processor
from streams.engine.raw import RawRecord
from streams.engine.ticker import tick
from tests.detectors import build
from tests.streams.partition import TOPICS, to_bank, wire


class Cluster:
    """Logs, stores and what was sent survive; the workers do not."""

    def __init__(self, partitions: int = 1, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue or build.shipped()
        self.logs: list[list[bytes]] = [[] for _ in range(partitions)]
        self.stores: list[dict[bytes, bytes]] = [{} for _ in range(partitions)]
        self.alerts: list[dict[str, Any]] = []
        self.dead: list[bytes] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self.repeated = 0
        self._out: dict[str, bytes] = {}
        self._workers = [self._worker(number) for number in range(partitions)]

    def _worker(self, number: int) -> Processor:
        return Processor(number, self.stores[number], self.catalogue, to_bank, TOPICS, len(self.logs))

    def home(self, key: bytes) -> int:
        """The partition of a key, as Kafka's partitioner finds it."""
        return int(murmur2(key) & 0x7FFFFFFF) % len(self.logs)

    def put(self, *records: Record) -> None:
        """Append records to the logs of their entities."""
        for one in records:
            self.logs[self.home(one.entity.encode())].append(wire(one))

    def say(self, *records: Record, size: int = 100, dying: bool = False) -> None:
        """Append records, with the time of their capture in every partition, and let all that follows happen."""
        self.put(*records)
        self._tick(max(one.observed_at for one in records))
        self.run(size, dying=dying)

    def until(self, day: str) -> None:
        """Let noon of a day come in every partition."""
        self._tick(build.at(day))
        self.run()

    def _tick(self, now: datetime) -> None:
        for log in self.logs:
            log.append(tick(now)[1])

    def run(self, size: int = 100, *, dying: bool = False, forgetting: bool = False) -> None:
        """Until nobody has anything to say; ``dying`` kills each worker behind each batch, before it is written,
        ``forgetting`` restarts all after each batch."""
        while any(self._step(number, size, dying=dying) for number in range(len(self.logs))):
            if forgetting:
                self.restart()

    def _step(self, number: int, size: int, *, dying: bool) -> bool:
        batch = self._batch(number, size)
        if not batch:
            return False
        if dying:
            self._send(self._workers[number].process(batch))
            self._workers[number] = self._worker(number)
            batch = self._batch(number, (len(batch) + 1) // 2)
        effects = self._workers[number].process(batch)
        self._send(effects)
        self.stores[number] |= {**effects.states, codec.PARTITION_KEY: effects.partition}
        self.counts += effects.counts
        return True

    def _batch(self, number: int, size: int) -> list[RawRecord]:
        start = self._workers[number].next_offset
        log = self.logs[number]
        return [RawRecord(n, b"", log[n], (), n) for n in range(start, min(start + size, len(log)))]

    def _send(self, effects: Effects) -> None:
        for out in effects.messages:
            if out.topic == TOPICS.dead_letters:
                self.dead.append(out.value)
            if out.topic != TOPICS.alerts:
                continue
            if out.id in self._out:
                self.repeated += 1
                continue
            self._out[out.id] = out.value
            self.alerts.append(msgspec.json.decode(out.value))
        for sent in effects.shared:
            for to in self._to(sent):
                self.logs[to].append(sent.value)

    def _to(self, sent: Sent) -> Iterable[int]:
        if sent.to is None:
            return range(len(self.logs))
        return (self.home(sent.key) if sent.to == KEYED else sent.to,)

    def restart(self) -> None:
        """Every worker dies and comes back."""
        self._workers = [self._worker(number) for number in range(len(self.logs))]

    def states(self) -> dict[str, codec.EntityState]:
        """What is known of each entity."""
        stores = [(key, value) for store in self.stores for key, value in store.items()]
        return {key.decode(): codec.decode(value) for key, value in stores if key[:1] != b"\x00"}

    def heard(self) -> dict[str, dict[str, Any]]:
        """What each entity hears from its circle now; those that hear nothing are left out."""
        found = {}
        for entity, state in self.states().items():
            open_ones = [fact for fact in state.ledger.of(IMPULSE).values() if fact.end is None]
            assert len(open_ones) <= 1, f"{entity} hears two impulses at once"
            if open_ones:
                found[entity] = open_ones[0].data["network"]
        return found

    def story(self, entity: str, point: str) -> list[tuple[str, int, str]]:
        """What was told of a point: kind, level, day."""
        return [
            (one["type"].removeprefix("alert."), one["level"], one["at"][:10])
            for one in self.alerts
            if (one["entity"], one["point"]) == (entity, point)
        ]

    def written(self, kind: str) -> int:
        """How many records of a schema lie in the logs."""
        return sum(msgspec.json.decode(one)["schema"] == f"{kind}/1.0" for log in self.logs for one in log)


def firm(number: int) -> str:
    """The id of a firm."""
    return f"ent:CN-330604:91330604MA{number:08d}"


def founded(entity: str, capital: float, day: str = "2025-12-15", **more: Any) -> Record:
    """F29: M is the paid-in capital."""
    return build.master(day, capital, entity=entity, **more)


def guarantee(
    number: int, guarantor: str, debtor: str, amount: float, day: str = "2025-12-15", **more: Any
) -> list[Record]:
    """F26, a copy for each end; ``fields`` go to the payload, all else to the records."""
    payload = {
        "contract_no": f"BZ-{number}",
        "guarantor": guarantor,
        "debtor": debtor,
        "creditor_name": "绍兴银行",
        "way": "joint_guarantee",
        "principal": build.money(amount),
        "debt_from": day,
        "debt_to": "2028-03-01",
        **more.pop("fields", {}),
    }
    return [
        build.record("F26", f"BZ-{number}", day, payload, entity=entity, role=role, **more)
        for entity, role in ((guarantor, "guarantor"), (debtor, "debtor"))
    ]


def relation(kind: str, one: str, other: str, day: str = "2025-12-15", **more: Any) -> list[Record]:
    """F27, a copy for each end."""
    payload = {"from": one, "to": other, "type": kind, "valid_from": day, **more.pop("fields", {})}
    return [
        build.record("F27", f"{kind}|{one}|{other}", day, payload, entity=entity, role=role, **more)
        for entity, role in ((one, "from"), (other, "to"))
    ]


def insolvency(entity: str, day: str, event: str = "accepted", **more: Any) -> Record:
    """F08: the proceedings, in one of their stages."""
    payload: dict[str, Any] = {"case_no": "(2026)浙0604破1号", "event": event, "applied_on": "2026-01-05"}
    if event == "accepted":
        payload["accepted_on"] = day
    if event == "dismissed":
        payload["ended_on"] = day
    return build.record("F08", f"bankruptcy|{entity}", day, payload, entity=entity, **more)
