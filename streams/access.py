"""How clients reach a broker: one description of the security of a listener, in the words of each client library."""

from __future__ import annotations

import re
import ssl
import time
from pathlib import Path
from typing import Any, Literal

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from detectors.errors import FenghuoError


class Security(BaseModel):
    """Protocol and credentials of a Kafka listener. Secrets come as values or, better, as files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="security protocol of the broker's listener"
    )
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="SASL mechanism, when the protocol is one of SASL_*"
    )
    username: str | None = Field(default=None, description="SASL user name")
    password: SecretStr | None = Field(default=None, description="SASL password; prefer password_file")
    password_file: Path | None = Field(
        default=None, description="file holding the SASL password, nothing else"
    )
    ca_file: Path | None = Field(
        default=None, description="PEM file of the authorities that sign the broker's certificate"
    )

    @model_validator(mode="after")
    def _complete(self) -> Security:
        if self.password is not None and self.password_file is not None:
            raise ValueError("password and password_file are both given; keep one")
        if self.uses_sasl and (not self.username or (self.password is None and self.password_file is None)):
            raise ValueError(f"protocol {self.protocol} needs username and password_file (or password)")
        return self

    @property
    def uses_sasl(self) -> bool:
        """Whether a user name and password are presented."""
        return self.protocol.startswith("SASL_")

    def secret(self) -> str:
        """The password; a file is read anew, so a rotated secret is picked up. Raises FenghuoError when unreadable."""
        if self.password is not None:
            return self.password.get_secret_value()
        return read_secret(self.password_file) if self.password_file is not None else ""


def read_secret(path: Path) -> str:
    """The text of a secret file without surrounding blanks; FenghuoError when it cannot be read or is empty."""
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise FenghuoError(
            str(path), f"the secret cannot be read ({error})", "check the path and its mode"
        ) from None
    if not text:
        raise FenghuoError(str(path), "the secret file is empty", "put the secret in it")
    return text


def kafka_python_options(security: Security) -> dict[str, Any]:
    """Keyword arguments for kafka-python clients (also understood by aiokafka)."""
    options: dict[str, Any] = {"security_protocol": security.protocol}
    if security.uses_sasl:
        options |= {
            "sasl_mechanism": security.mechanism,
            "sasl_plain_username": security.username,
            "sasl_plain_password": security.secret(),
        }
    if security.ca_file is not None:
        options["ssl_cafile"] = str(security.ca_file)
    return options


def librdkafka_options(security: Security) -> dict[str, str]:
    """Configuration entries for confluent-kafka clients."""
    options: dict[str, str] = {"security.protocol": security.protocol}
    if security.uses_sasl:
        options |= {
            "sasl.mechanisms": security.mechanism,
            "sasl.username": security.username or "",
            "sasl.password": security.secret(),
        }
    if security.ca_file is not None:
        options["ssl.ca.location"] = str(security.ca_file)
    return options


def faust_options(security: Security) -> dict[str, Any]:
    """Settings of a Faust app. Raises FenghuoError when a secret or the authorities cannot be read."""
    from faust.auth import SASLCredentials, SSLCredentials  # noqa: PLC0415 - only a worker waits for Faust to load

    context = _tls(security)
    if security.uses_sasl:
        login = SASLCredentials(
            username=security.username,
            password=security.secret(),
            mechanism=security.mechanism,
            ssl_context=context,
        )
        return {"broker_credentials": login}
    return {"broker_credentials": SSLCredentials(context)} if context is not None else {}


def _tls(security: Security) -> ssl.SSLContext | None:
    if not security.protocol.endswith("SSL"):
        return None
    try:
        return ssl.create_default_context(cafile=security.ca_file)
    except OSError as error:  # ssl.SSLError is one
        problem = f"the authorities cannot be read ({error})"
        raise FenghuoError(str(security.ca_file), problem, "give a PEM file in security.ca_file") from None


class UnreachableError(FenghuoError):
    """No broker answered, or it refused our credentials."""


class Reachability:
    """Asks a broker for its metadata, again and again, quietly."""

    def __init__(self, bootstrap: str, security: Security | None = None) -> None:
        """``bootstrap`` is host:port[,host:port…]."""
        self.bootstrap = bootstrap
        self._said: list[tuple[int, str]] = []
        quiet: dict[str, Any] = {"log_level": 0, "reconnect.backoff.ms": 20, "reconnect.backoff.max.ms": 200}
        quiet["error_cb"] = lambda error: self._said.append((error.code(), error.str()))
        options = librdkafka_options(security or Security())
        self._client = AdminClient({"bootstrap.servers": bootstrap, **quiet, **options})

    def brokers(self, timeout: float = 0.5) -> tuple[str | None, int]:
        """Cluster id and number of live brokers, ``(None, 0)`` when nobody answered within ``timeout`` seconds."""
        try:
            metadata = self._client.list_topics(timeout=timeout)
        except KafkaException:
            return None, 0
        return metadata.cluster_id, len(metadata.brokers)

    def topics(self, timeout: float) -> frozenset[str]:
        """The topics we may see; UnreachableError as :meth:`require`, or when the list does not come."""
        self.require(timeout)
        try:
            return frozenset(self._client.list_topics(timeout=timeout).topics)
        except KafkaException as error:
            problem = f"the broker did not list its topics ({_shorten(error.args[0].str())})"
            raise UnreachableError(self.bootstrap, problem, "try again, or see its log") from None

    def require(self, timeout: float) -> str:
        """The cluster id; UnreachableError saying why after ``timeout`` seconds, or at once when login is refused."""
        deadline = time.monotonic() + timeout
        while True:
            cluster, count = self.brokers(min(0.5, timeout))
            if count:
                return cluster or ""
            self._client.poll(0)  # hands over what went wrong
            if refused := [text for code, text in self._said if code == KafkaError._AUTHENTICATION]:
                problem, remedy = _shorten(refused[0]), "check security.username and security.password_file"
                raise UnreachableError(self.bootstrap, f"the broker refused the login ({problem})", remedy)
            if time.monotonic() >= deadline:
                break
            time.sleep(0.05)  # a wrong protocol fails without waiting
        told = [_shorten(text) for code, text in self._said if code != KafkaError._ALL_BROKERS_DOWN]
        why = f" ({told[-1]})" if told else ""
        remedy = "start one (make kafka), or set broker and security to one that runs"
        raise UnreachableError(self.bootstrap, f"no Kafka broker answered within {timeout:g} s{why}", remedy)


def _shorten(text: str) -> str:
    """librdkafka's message without its address and its timing."""
    return re.sub(r"^.*?/\S+: |SASL authentication error: | \(after .*\)$", "", text)
