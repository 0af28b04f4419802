"""Signing of webhooks after the Standard Webhooks specification, and the secrets it takes."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from standardwebhooks import Webhook

from alerts.policy.reach import Contact
from alerts.policy.subscriptions import Subscription
from detectors.errors import FenghuoError

_PREFIX = "whsec_"


class Signer:
    """Signs for one subscriber. Holds its secrets and shows them to nobody: the representation is empty.

    Args:
        secrets: one or more ``whsec_`` secrets; with several (rotation) each adds its signature, and the
            receiver accepts the message when one of them matches.
        place: where the secrets come from, for errors.

    Raises:
        FenghuoError: a secret is not ``whsec_`` and base64 of 24 to 64 bytes; the message does not show it.
    """

    def __init__(self, secrets: tuple[str, ...], place: str) -> None:
        if not secrets:
            raise FenghuoError(
                place, "holds no secret", "put 'whsec_' and base64 of 24 to 64 random bytes there"
            )
        self._webhooks = tuple(_webhook(secret, place) for secret in secrets)

    def __repr__(self) -> str:
        return f"Signer({len(self._webhooks)} secrets)"

    def headers(self, webhook_id: str, body: str, now: datetime) -> dict[str, str]:
        """The three headers of the specification for one attempt at ``now`` (aware)."""
        # the library's sign() overwrites the zone instead of converting, so only UTC may go in
        moment = now.astimezone(UTC)
        signatures = " ".join(webhook.sign(webhook_id, moment, body) for webhook in self._webhooks)
        return {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": signatures,
        }


def load_signer(
    holder: Subscription | Contact, who: str, environ: Mapping[str, str], base: Path | None = None
) -> Signer:
    """Read the secrets a webhook receiver names: an environment variable, or a file (one secret a line).

    Args:
        holder: a subscription with channel webhook, or a second contact.
        who: how errors name it.
        environ: the environment to look in.
        base: directory that relative ``secret_file`` paths start from, that of the subscriptions file.

    Raises:
        FenghuoError: the variable or file is missing, or does not hold proper secrets.
    """
    if holder.secret_env:
        place = f"{who}: environment variable {holder.secret_env}"
        text = environ.get(holder.secret_env, "")
        if not text.strip():
            raise FenghuoError(place, "is not set", "set it to the whsec_ secret agreed with the receiver")
    else:
        path = (base or Path()) / (holder.secret_file or "")
        place = f"{who}: secret file {path}"
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise FenghuoError(
                place, f"cannot be read ({why})", "correct the path or its permissions"
            ) from None
    return Signer(tuple(text.split()), place)


def _webhook(secret: str, place: str) -> Webhook:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX) + "==", validate=False)
    except binascii.Error:
        key = b""
    if not secret.startswith(_PREFIX) or not 24 <= len(key) <= 64:
        raise FenghuoError(place, "is not 'whsec_' followed by base64 of 24 to 64 bytes", "make a new secret")
    return Webhook(key)
