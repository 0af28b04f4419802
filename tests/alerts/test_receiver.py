"""Signing and receiving: real sockets, and the official library as judge."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from alerts.delivery.receiver import LARGEST_BODY, Inbox, Receiver, read_inbox
from alerts.delivery.signing import Signer, load_signer
from detectors.errors import FenghuoError
from tests.alerts.samples import OTHER_SECRET, SECRET, regulator

BODY = json.dumps({"type": "alert.opened", "data": {"name": "上虞"}}, ensure_ascii=False)


@pytest.fixture
def inbox_path(tmp_path: Path) -> Path:
    return tmp_path / "received.jsonl"


@pytest.fixture
def receiver(inbox_path: Path) -> Iterator[Receiver]:
    with Receiver([SECRET], Inbox(inbox_path)) as running:
        yield running


def signed(
    body: str = BODY, ident: str = "a-1", secret: str = SECRET, at: datetime | None = None
) -> dict[str, str]:
    return Signer((secret,), "test").headers(ident, body, at or datetime.now(UTC))


def post(receiver: Receiver, body: str, headers: dict[str, str]) -> int:
    return httpx.post(receiver.url, content=body.encode(), headers=headers, trust_env=False).status_code


@pytest.mark.parametrize("hours", [-8, 0, 2, 8])
def test_the_official_library_verifies_whatever_zone_the_clock_has(hours: int) -> None:
    """The library's own sign() goes wrong with an aware time that is not UTC."""
    now = datetime.now(timezone(timedelta(hours=hours)))
    assert Webhook(SECRET).verify(BODY, signed(at=now)) == json.loads(BODY)


def test_during_a_rotation_both_receivers_accept() -> None:
    headers = Signer((SECRET, OTHER_SECRET), "test").headers("a-1", BODY, datetime.now(UTC))
    for secret in (SECRET, OTHER_SECRET):
        Webhook(secret).verify(BODY, headers)
    stranger = "whsec_" + base64.b64encode(b"x" * 32).decode()
    with pytest.raises(WebhookVerificationError):
        Webhook(stranger).verify(BODY, headers)


def test_a_signed_webhook_is_stored_once_however_often_it_comes(receiver: Receiver, inbox_path: Path) -> None:
    assert [post(receiver, BODY, signed()) for _ in range(3)] == [204, 204, 204]
    (entry,) = read_inbox(inbox_path)
    assert (entry["webhook_id"], entry["event"]) == ("a-1", json.loads(BODY))


def test_a_restarted_receiver_remembers_and_drops_half_a_line(inbox_path: Path) -> None:
    with Receiver([SECRET], Inbox(inbox_path)) as first:
        post(first, BODY, signed())
    with inbox_path.open("a") as file:
        file.write('{"webhook_id": "a-2", "even')
    with Receiver([SECRET], Inbox(inbox_path)) as second:
        assert post(second, BODY, signed()) == 204
        assert post(second, BODY, signed(ident="a-2")) == 204
    assert [entry["webhook_id"] for entry in read_inbox(inbox_path)] == ["a-1", "a-2"]


def test_what_is_not_proven_is_refused_and_not_stored(receiver: Receiver, inbox_path: Path) -> None:
    good = signed()
    assert post(receiver, BODY.replace("上虞", "柯桥"), good) == 401  # tampered body
    assert post(receiver, BODY, {**good, "webhook-id": "a-2"}) == 401  # tampered id
    assert post(receiver, BODY, signed(secret=OTHER_SECRET)) == 401  # somebody else's secret
    assert post(receiver, BODY, signed(at=datetime.now(UTC) - timedelta(hours=1))) == 401  # an old recording
    assert post(receiver, BODY, {**good, "webhook-signature": "v1,not base64"}) == 401
    assert post(receiver, BODY, {**good, "webhook-signature": "nonsense"}) == 401
    assert post(receiver, BODY, {}) == 401
    assert read_inbox(inbox_path) == []


def test_a_body_beyond_the_limit_is_refused(receiver: Receiver) -> None:
    assert post(receiver, "x" * (LARGEST_BODY + 1), signed()) == 413


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (one,) = regulator("https://r.example/h").subscriptions
    assert repr(load_signer(one, "subscriber 'scjgj'", {"SECRET": SECRET})) == "Signer(1 secrets)"
    (tmp_path / "secret").write_text(f"{SECRET}\n{OTHER_SECRET}\n")
    (two,) = regulator("https://r.example/h", secret_env=None, secret_file="secret").subscriptions
    assert repr(load_signer(two, "subscriber 'scjgj'", {}, tmp_path)) == "Signer(2 secrets)"


@pytest.mark.parametrize(
    "secret",
    [
        "",  # not set
        "hunter2hunter2hunter2hunter2hunter2",  # no prefix
        "whsec_aHVudGVyMg==",  # seven bytes
        "whsec_" + base64.b64encode(b"hunter2" * 20).decode(),  # 140 bytes
        "whsec_hunter2%",  # not base64
    ],
)
def test_a_weak_or_missing_secret_is_refused_without_being_shown(secret: str) -> None:
    (one,) = regulator("https://r.example/h").subscriptions
    with pytest.raises(FenghuoError, match="subscriber 'scjgj': environment variable SECRET") as caught:
        load_signer(one, "subscriber 'scjgj'", {"SECRET": secret})
    assert not secret or secret.removeprefix("whsec_") not in str(caught.value)


def test_a_missing_secret_file_is_named(tmp_path: Path) -> None:
    (one,) = regulator("https://r.example/h", secret_env=None, secret_file="none").subscriptions
    with pytest.raises(FenghuoError, match="none: cannot be read"):
        load_signer(one, "subscriber 'scjgj'", {}, tmp_path)
