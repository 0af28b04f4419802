"""The connector files of the district: how the platform is told to read each department."""

from pathlib import Path
from typing import Any

import yaml

from streams.district.formats import court, tax
from streams.district.formats import property as estate
from streams.district.statement import CANONICAL_FILES, JURISDICTION, SOURCES
from streams.district.vocabulary import LENDERS
from streams.district.world import World

_WEEKLY = frozenset({"tax"})


def connector_files(stream_url: str, poll_seconds: float) -> dict[str, dict[str, Any]]:
    """Contents of the connector files by source key; paths are relative to the folder ``config`` beside the data."""
    files: dict[str, dict[str, Any]] = {
        "court": {
            "connector": "file_drop",
            "file_drop": {
                "directory": "../drop/court",
                "pattern": "*.csv",
                "encoding": "gb18030",
                "done": "../done/court",
                "failed": "../failed/court",
                "poll_seconds": poll_seconds,
                "settle_seconds": 0,
            },
            "mappings": court.mappings(),
        },
        "property": {
            "connector": "sql",
            "ignore": ["seq"],
            "sql": {
                "url": "sqlite:///../registry.db",
                "table": estate.TABLE,
                "cursor": "seq",
                "poll_seconds": poll_seconds,
            },
            "mappings": estate.mappings(),
        },
        "utility": {
            "connector": "http_stream",
            "http_stream": {"url": stream_url, "profile": "canonical", "heartbeat_seconds": 10},
        },
        "tax": {
            "connector": "file_drop",
            "file_drop": {
                "directory": "../drop/tax",
                "pattern": "*.jsonl",
                "encoding": "utf-8",
                "done": "../done/tax",
                "failed": "../failed/tax",
                "poll_seconds": poll_seconds,
                "settle_seconds": 0,
            },
            "mappings": tax.mappings(),
        },
        "registry": {
            "connector": "push",
            "push": {
                "host": "127.0.0.1",
                "port": 0,
                "token_file": "../push.token",
                "port_file": "../push.port",
            },
        },
    }
    for key in CANONICAL_FILES:
        files[key] = {
            "connector": "file_drop",
            "format": "canonical",
            "file_drop": {
                "directory": f"../drop/{key}",
                "pattern": "*.jsonl",
                "encoding": "utf-8",
                "done": f"../done/{key}",
                "failed": f"../failed/{key}",
                "poll_seconds": poll_seconds,
                "settle_seconds": 0,
            },
        }
    return {key: {**_head(key), **body} for key, body in files.items()}


def _head(key: str) -> dict[str, Any]:
    source = SOURCES[key]
    head = {
        "source_id": source.source_id,
        "jurisdiction": JURISDICTION,
        "cycle": "7d" if key in _WEEKLY else "1d",
    }
    head["visibility"] = source.visibility
    head["alive_on"] = "source"  # departments send heartbeats of their own, in simulated time
    if source.legal_basis:
        head["legal_basis"] = source.legal_basis
    return head


def write_yaml(path: Path, content: dict[str, Any], comment: str) -> None:
    """Write one file; the comment says to a reader what it is."""
    text = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    path.write_text(f"# {comment}\n{text}", encoding="utf-8")


class _Dumper(yaml.SafeDumper):
    """Repeats shared parts instead of writing YAML anchors, which people find hard to read."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Never an alias."""
        return True


def subscriptions(
    world: World, webhook_url: str, secret_file: str, portfolio_limit: int = 20_000
) -> dict[str, Any]:
    """Three banks, each with the firms it lends to, and a regulator who hears of red ones by webhook.

    A portfolio holds at most ``portfolio_limit`` firms, those of lowest index, so that the file stays readable.
    """
    portfolios: list[list[str]] = [[] for _ in LENDERS]
    for index in range(world.entities):
        if all(len(portfolio) >= portfolio_limit for portfolio in portfolios):
            break
        firm = world.firm(index)
        if firm.lender >= 0 and len(portfolios[firm.lender]) < portfolio_limit:
            portfolios[firm.lender].append(firm.entity)
    banks = [
        {
            "subscriber_id": lender.subscriber,
            "role": "bank",
            "min_level": lender.min_level,
            "channel": "kafka",
            "entities": portfolio,
        }
        for lender, portfolio in zip(LENDERS, portfolios, strict=True)
    ]
    regulator = {
        "subscriber_id": "shangyu-credit-office",
        "role": "regulator",
        "min_level": "red",
        "channel": "webhook",
        "url": webhook_url,
        "secret_file": secret_file,
        "entities": "*",
    }
    return {"subscriptions": [*banks, regulator]}
