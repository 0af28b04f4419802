"""The judgement itself, called record by record: what the frameworks compared are given to run.

It is the very :class:`streams.engine.processor.Processor` of this engine, one per partition, fed batches of one, so
that every arm decodes, folds, scores, asks the model, decides and encodes with the same functions and must tell the
same alerts. Only what surrounds it differs: fetching, state, changelog, sending.
"""

import time
from collections.abc import Iterable, Sequence

from alerts.policy.routing import Router
from alerts.policy.subscriptions import Subscriptions
from bench.plan import BANK, Plan
from streams.catalogues import read_catalogue
from streams.engine import state as codec
from streams.engine.effects import Effects, Topics, Values
from streams.engine.processor import Processor
from streams.engine.raw import RawRecord
from streams.engine.routes import Routes


class Output:
    """Names of the topics an arm writes to; the same suffixes as in production."""

    def __init__(self, prefix: str) -> None:
        """All under ``prefix``."""
        self.topics = Topics(f"{prefix}.alerts", f"{prefix}.assessments", f"{prefix}.dead-letters")
        self.bank = f"{prefix}.alerts.bank.{BANK}"
        self.all = (self.topics.alerts, self.topics.assessments, self.topics.dead_letters, self.bank)


class WithModel:
    """The state an arm keeps, plus the snapshot of the model every arm starts from."""

    def __init__(self, states: Values, model: bytes | None) -> None:
        """``states`` knows entities only."""
        self._states = states
        self._model = model

    def get(self, key: bytes) -> bytes | None:
        """The value last written, None if none."""
        if key[:1] == b"\x00":
            return self._model if key == codec.MODEL_KEY else None
        return self._states.get(key)

    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """Everything written: nothing, an arm begins with an empty state."""
        return self._states.items()


class Core:
    """The processors of one process, one per partition."""

    def __init__(self, plan: Plan) -> None:
        """Read the catalogue and the model; processors are made when a partition is first seen."""
        self.output = Output(plan.prefix)
        self._catalogue = read_catalogue()
        subscriptions = Subscriptions.model_validate({"subscriptions": [SUBSCRIPTION]})
        self._routes = Routes(Router(subscriptions, plan.prefix), f"{plan.prefix}.notifications")
        self._model = plan.model.read_bytes() if plan.model.exists() else None
        self._cached = plan.cached
        self._processors: dict[int, Processor] = {}

    def processor(self, partition: int) -> Processor:
        """The processor of a partition that was seen."""
        return self._processors[partition]

    def judge(self, partition: int, records: Sequence[RawRecord], states: Values) -> Effects:
        """Judge records of one partition whose states are read from ``states``; the caller writes what is returned.

        Without ``cached`` the entities are forgotten between calls, so that each call reads, decodes and judges
        the state as the framework holds it.
        """
        processor = self._processors.get(partition)
        if processor is None:
            values = WithModel(states, self._model)
            processor = Processor(partition, values, self._catalogue, self._routes, self.output.topics)
            self._processors[partition] = processor
        effects = processor.process(records)
        if not self._cached:
            processor._cases.shrink(0)
        return effects


SUBSCRIPTION = {
    "subscriber_id": BANK,
    "role": "bank",
    "min_level": "blue",
    "entities": "*",
    "channel": "kafka",
}


class Memory:
    """Encoded states in a dict: the least a state can cost."""

    def __init__(self) -> None:
        """Start empty."""
        self.values: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> bytes | None:
        """The value last written."""
        return self.values.get(key)

    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """All values."""
        return self.values.items()


def alone(plan: Plan, wires: Sequence[bytes], size: int) -> float:
    """CPU seconds per record of the judgement alone, without broker, in batches of ``size``."""
    core, memory = Core(plan), Memory()
    records = [RawRecord(offset, None, wire, (), 0) for offset, wire in enumerate(wires)]
    began = time.process_time()
    for at in range(0, len(records), size):
        memory.values.update(core.judge(0, records[at : at + size], memory).states)
    return (time.process_time() - began) / len(records)
