"""Running the demonstration: broker, Redis, worker, connectors, dispatcher, banks, a regulator, and a district."""

import hashlib
import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from alerts.delivery.dispatch import load_subscriptions
from alerts.delivery.receiver import Inbox, Receiver
from detectors.errors import FenghuoError
from streams.assembly import banks
from streams.brokers.embedded import SETTINGS, EmbeddedBroker
from streams.brokers.process import free_port
from streams.brokers.valkey import Valkey
from streams.demo.plan import Plan
from streams.demo.processes import Children, environment
from streams.demo.summary import books, differences, quantile, tiers
from streams.demo.watch import BankWatch, OutcomeFeed, Samples, latest_assessments, scrape, total
from streams.district.district import District
from streams.district.labels import Label
from streams.district.world import World
from streams.settings import Settings
from streams.topics import Names, apply

_PARTITIONS = 4
_STEADY_LOOKS = 6
"""Looks in a row without any change after which nothing more is expected."""


class Demo:
    """One demonstration below ``directory``, which keeps everything for a look afterwards."""

    def __init__(self, directory: Path, world: World, plan: Plan) -> None:
        """Nothing is started yet."""
        self.directory, self.world, self.plan = directory, world, plan
        self.ports = {name: free_port() for name in ("worker", "connect", "notify")}
        self.began = time.monotonic()
        self.streaming = 0.0

    def run(self, look: Callable[["Demo"], None]) -> dict[str, Any]:
        """Run to the end, calling ``look`` about twice a second; returns the summary."""
        with self._running():
            self.began = time.monotonic()
            emitting = threading.Thread(target=self._emit, name="district", daemon=True)
            emitting.start()
            while emitting.is_alive():
                self._look(look)
            self.streaming = time.monotonic() - self.began
            self._drain(look)
            return self._summary()

    @contextmanager
    def _running(self) -> Iterator[None]:
        with ExitStack() as stack:
            for name in ("broker", "valkey", "logs"):
                (self.directory / name).mkdir(parents=True, exist_ok=True)
            broker = stack.enter_context(EmbeddedBroker(self.directory / "broker"))
            valkey = stack.enter_context(Valkey(self.directory / "valkey"))
            self.district = stack.enter_context(District(self.directory, self.world))
            received = self.directory / "regulator.jsonl"
            received.unlink(missing_ok=True)  # what an earlier demonstration in this directory received
            self.inbox = Inbox(received)
            secret = self._secret()
            receiver = stack.enter_context(Receiver([secret], self.inbox))
            subscriptions = self.district.subscriptions(receiver.url)
            self._prepare(broker.bootstrap, valkey.url, subscriptions)
            children = stack.enter_context(
                Children(self.directory / "logs", self._env(valkey.url, subscriptions))
            )
            self.children = children
            children.start("worker", ["worker", "--metrics-port", str(self.ports["worker"])])
            children.start("notify", ["notify", "--metrics-port", str(self.ports["notify"])])
            configs = self.district.configs()
            children.start("connect", ["connect", *configs, "--metrics-port", str(self.ports["connect"])])
            topics = [self.names.bank(bank) for bank in banks(load_subscriptions(subscriptions))]
            self.watch = BankWatch(broker.bootstrap, topics)
            stack.callback(self.watch.stop)
            self._await_children()
            yield

    def _secret(self) -> str:
        """The regulator's webhook secret, in the form of the Standard Webhooks specification."""
        digest = hashlib.sha256(f"{self.world.seed}|webhook".encode()).digest()
        secret = "whsec_" + b64encode(digest).decode()
        (self.directory / "webhook.secret").write_text(secret + "\n")
        return secret

    def _prepare(self, broker: str, redis_url: str, subscriptions: Path) -> None:
        settings = Settings(
            **SETTINGS,  # type: ignore[arg-type]  # names and types are those of the settings
            broker=broker,
            partitions=_PARTITIONS,
            redis_url=redis_url,
            subscriptions=subscriptions,
        )
        self.broker, self.names = broker, Names(settings.prefix)
        (self.directory / "ports.json").write_text(
            json.dumps({"broker": broker, "metrics": self.ports}) + "\n"
        )
        apply(broker, settings, banks(load_subscriptions(subscriptions)))

    def _env(self, redis_url: str, subscriptions: Path) -> dict[str, str]:
        return environment(
            {
                **SETTINGS,
                "broker": self.broker,
                "partitions": _PARTITIONS,
                "redis_url": redis_url,
                "subscriptions": subscriptions,
                "clock": "log",  # simulated time
                "log_level": "warning",
            }
        )

    def _await_children(self) -> None:
        """Wait until every process answers, the worker with its partitions."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            self.children.check()
            holds = total(scrape(self.ports["worker"]), "fenghuo_partitions")
            if holds == _PARTITIONS and all(scrape(port) for port in self.ports.values()):
                return
            time.sleep(0.1)
        remedy = f"see the logs in {self.directory / 'logs'}"
        raise FenghuoError("demo", "the processes did not get ready within 30 s", remedy)

    def _emit(self) -> None:
        outcomes = OutcomeFeed(self.broker, self.names.outcomes)

        def tell(label: Label) -> None:
            outcomes(label.entity, label.wire())

        self.district.emit(pace=self.plan.pace, on_outcome=tell)
        outcomes.flush()

    def _look(self, look: Callable[["Demo"], None]) -> None:
        self.children.check()
        self.worker, self.connectors = scrape(self.ports["worker"]), scrape(self.ports["connect"])
        self.notifier = scrape(self.ports["notify"])
        self.received, self.delivered = len(self.inbox), self._delivered()
        look(self)
        time.sleep(0.4)

    def _drain(self, look: Callable[["Demo"], None]) -> None:
        """Wait until everything has arrived, or nothing has moved for some looks."""
        expected = self.district.expected.as_dict()
        still, before = 0, None
        while True:
            self._look(look)
            sent = total(self.worker, "fenghuo_alerts_total", level="red")
            webhooks = (self.received, self.delivered)
            now = (books(self.worker, self.connectors), len(self.watch), webhooks, sent)
            still = still + 1 if now == before else 0
            before = now
            done = self.delivered == self.received and not differences(self.worker, self.connectors, expected)
            if still >= (_STEADY_LOOKS if done else 4 * _STEADY_LOOKS):
                return

    def _delivered(self) -> int:
        """Webhooks that were acknowledged, as the notifier counts them."""
        return total(self.notifier, "fenghuo_webhooks_total", result="delivered")

    def _summary(self) -> dict[str, Any]:
        expected = self.district.expected.as_dict()
        found = differences(self.worker, self.connectors, expected)
        counted = books(self.worker, self.connectors)
        latencies = [1000 * seconds for seconds in self.watch.latencies]
        assessments = latest_assessments(self.broker, self.names.assessments, _PARTITIONS)
        learned = total(self.worker, "fenghuo_model_learned_total")
        self.district.write_truth(self.directory / "truth.jsonl")
        return {
            "records": counted,
            "alerts": {
                "by_tier": dict(sorted(self.watch.by_tier.items())),
                "by_feed": dict(sorted(self.watch.by_feed.items())),
                "engine": total(self.worker, "fenghuo_alerts_total"),
            },
            "enterprises": tiers(assessments),
            "latency_ms": {
                "p50": round(quantile(latencies, 0.5), 1),
                "p99": round(quantile(latencies, 0.99), 1),
            },
            "records_per_second": round(counted["in"] / self.streaming, 1),
            "webhooks": {
                "received": self.received,
                "delivered": self.delivered,
            },
            "model": {"learned": learned, "brier": brier(self.worker)},
            "reconciled": not found,
            "differences": found,
            "simulated_days": self.plan.days,
        }


def brier(worker: Samples) -> float | None:
    """Mean squared error of the predictions made before each outcome was learned."""
    learned = total(worker, "fenghuo_model_scored_total")
    error = sum(value for _, value in worker.get("fenghuo_model_squared_error_total", []))
    return round(error / learned, 4) if learned else None
