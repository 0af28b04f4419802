"""The reference pages name every key there is, and none that is not."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from alerts.policy.retry import Cause
from alerts.policy.routing import Reason as RoutingReason
from alerts.policy.subscriptions import Subscription
from connectors.config import ConnectorConfig
from connectors.fields import KEYS
from connectors.rows import Trouble
from connectors.settings import (
    FileDropConfig,
    HttpPullConfig,
    HttpStreamConfig,
    MappingConfig,
    PushConfig,
    SqlConfig,
)

DOCS = Path(__file__).parents[2] / "docs"
TABLES: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("connectors.md", "Every connector", ConnectorConfig),
    ("connectors.md", "`file_drop`: a directory", FileDropConfig),
    ("connectors.md", "`sql`: a table or a query", SqlConfig),
    ("connectors.md", "`http_pull`: a paged JSON listing", HttpPullConfig),
    ("connectors.md", "`http_stream`: one JSON document per line, for ever", HttpStreamConfig),
    ("connectors.md", "`push`: an endpoint to send to", PushConfig),
    ("connectors.md", "`mappings`", MappingConfig),
    ("subscriptions.md", "Subscriptions (信息订阅)", Subscription),
)


def rows(page: str, title: str) -> dict[str, str]:
    """Key and default of the first table with that head below a heading."""
    text = (DOCS / page).read_text("utf-8")
    section = re.split(rf"^#+ {re.escape(title)}$", text, flags=re.MULTILINE)[1]
    table = section.partition("| key | default | meaning |\n|---|---|---|\n")[2].partition("\n\n")[0]
    cells = [line.split(" | ") for line in table.splitlines()]
    return {row[0].removeprefix("| ").strip("`"): row[1] for row in cells}


@pytest.mark.parametrize(("page", "title", "model"), TABLES)
def test_every_key_is_described_and_no_other(page: str, title: str, model: type[BaseModel]) -> None:
    """A key that is missing or was renamed shows here."""
    assert sorted(rows(page, title)) == sorted(
        field.alias or name for name, field in model.model_fields.items()
    )


@pytest.mark.parametrize(("page", "title", "model"), TABLES)
def test_required_keys_and_plain_defaults_are_right(page: str, title: str, model: type[BaseModel]) -> None:
    """Words describe a default that depends on something; numbers and codes are checked."""
    for key, default in rows(page, title).items():
        field = model.model_fields[key]
        assert (default == "required") == field.is_required(), key
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert default == str(field.default).removesuffix(".0"), key
        elif isinstance(field.default, str) and field.default and default.startswith("`"):
            assert default == f"`{field.default}`", key


def test_every_word_of_the_language_of_fields_is_described() -> None:
    """The forms of a field."""
    text = (DOCS / "connectors.md").read_text("utf-8").partition("### The forms of a field")[2]
    assert [key for key in KEYS if not re.search(rf"\b{key}:", text)] == []


def test_every_reason_of_a_dead_letter_is_listed() -> None:
    """An operator finds the reason on the page, or on the one of the contracts it leads to."""
    text = (DOCS / "operations.md").read_text("utf-8").partition("| laid there by |")[2]
    table = text.partition("|---|---|---|\n")[2].partition("\n\n")[0]
    listed = re.findall(r"`(\w+)`", table)
    known = {*Trouble, *Cause, *(one for one in RoutingReason if not one.tells)} - {Cause.ACCEPTED}
    assert known - set(listed) == set()
    others = {"mapping_failed", "undecodable", "not_canonical", "version_conflict", "no_address"}
    assert set(listed) - known == others
