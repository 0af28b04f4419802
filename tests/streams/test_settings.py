"""Settings: which source wins, where each value came from, and how mistakes are told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from detectors.errors import FenghuoError
from streams.access import Security, faust_options, kafka_python_options, librdkafka_options
from streams.settings import Settings, SettingsError, describe
from streams.settings_sources import load, origins


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty directory and no variables of ours."""
    for name in [name for name in os.environ if name.upper().startswith("FENGHUO_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def toml(text: str) -> Path:
    path = Path("here.toml")
    path.write_text(text, "utf-8")
    return path


def test_command_line_beats_environment_beats_file_beats_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value says where it is from."""
    monkeypatch.setenv("FENGHUO_PARTITIONS", "16")
    monkeypatch.setenv("FENGHUO_BATCH_MAX", "10")
    monkeypatch.setenv("FENGHUO_SECURITY__MECHANISM", "PLAIN")
    path = toml(
        'partitions = 4\nbatch_max = 20\nprefix = "sy"\n[security]\nusername = "worker"\nmechanism = "SCRAM-SHA-256"'
    )
    settings = load({"batch_max": 5, "broker": None, "security.username": "me"}, config=path)
    assert (settings.batch_max, settings.partitions, settings.prefix) == (5, 16, "sy")
    assert (settings.security.username, settings.security.mechanism) == ("me", "PLAIN")
    assert {name: origin for name, _, origin in origins(settings) if origin != "default"} == {
        "batch_max": "command line",
        "security.username": "command line",
        "partitions": "environment FENGHUO_PARTITIONS",
        "security.mechanism": "environment FENGHUO_SECURITY__MECHANISM",
        "prefix": "here.toml",
    }


def test_fenghuo_toml_is_found_and_the_variable_names_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """--config, then FENGHUO_CONFIG, then fenghuo.toml in the current directory, then none."""
    assert load() == Settings()
    Path("fenghuo.toml").write_text("partitions = 2")
    assert load().partitions == 2
    Path("other.toml").write_text("partitions = 3")
    monkeypatch.setenv("FENGHUO_CONFIG", "other.toml")
    assert load().partitions == 3
    assert load(config=toml("partitions = 4")).partitions == 4


def test_relative_paths_in_a_file_start_at_the_file() -> None:
    """So that a service started elsewhere finds them; other texts with a slash are left alone."""
    Path("etc").mkdir()
    path = Path("etc/fenghuo.toml")
    path.write_text('subscriptions = "banks.yaml"\nstate_dir = "/srv/state"\n[security]\nca_file = "ca.pem"')
    settings = load(config=path)
    assert settings.subscriptions == Path("etc/banks.yaml")
    assert settings.state_dir == Path("/srv/state")
    assert settings.security.ca_file == Path("etc/ca.pem")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("partitons = 4", "here.toml: unknown setting 'partitons'; did you mean 'partitions'?"),
        (
            "[securty]\nusername = 'x'",
            "here.toml: unknown setting 'securty.username'; did you mean 'security.username'?",
        ),
        ("partitions = 0", "here.toml: partitions should be greater than or equal to 1, got 0"),
        ("store = 'disk'", "here.toml: store should be 'memory' or 'rocksdb', got 'disk'"),
        ("broker = 'kafka'", "here.toml: broker must be host:port[,host:port…], and 'kafka' is not"),
        ("prefix = 'A b'", "here.toml: prefix"),
        ("security = 3", "here.toml: security should be"),
        ("partitions =\n", "here.toml: is not valid TOML (Invalid value (at line 1, column 13))"),
        ("redis_url = 'redis://:hunter2@h/0'", "here.toml: redis_url must not hold a password"),
        (
            "[security]\nprotocol = 'SASL_SSL'",
            "here.toml: security protocol SASL_SSL needs username and password_file",
        ),
        ("[security]\npassword = ['hunter2']", "here.toml: security.password should be a valid string"),
        (
            "[security]\npassword = 'hunter2'\npassword_file = 'x'",
            "here.toml: security password and password_file are both",
        ),
    ],
)
def test_a_mistake_in_the_file_is_one_sentence(text: str, sentence: str) -> None:
    """Place, rule and what came instead; never a secret."""
    with pytest.raises(SettingsError) as told:
        load(config=toml(text))
    assert str(told.value).startswith(sentence)
    assert "\n" not in str(told.value)
    assert "hunter2" not in str(told.value)


def test_a_key_like_nothing_lists_the_settings() -> None:
    """Every name there is."""
    with pytest.raises(
        SettingsError, match=r"unknown setting 'zzz'; the settings are broker, security.protocol, .*log_level"
    ):
        load(config=toml("zzz = 1"))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "FENGHUO_PARTITONS",
            "4",
            "environment FENGHUO_PARTITONS: is not a setting; did you mean FENGHUO_PARTITIONS?",
        ),
        (
            "FENGHUO_PARTITIONS",
            "many",
            "environment FENGHUO_PARTITIONS: partitions should be a valid integer",
        ),
        ("FENGHUO_SECURITY", "{", 'environment: error parsing value for field "security"'),
        (
            "FENGHUO_CONFIG",
            "gone.toml",
            "gone.toml: the settings file cannot be read (No such file or directory)",
        ),
    ],
)
def test_a_mistake_in_the_environment_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    """A misspelt variable is not silently ignored."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as told:
        load()
    assert str(told.value).startswith(sentence)


def test_variables_that_are_not_settings_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret kept in FENGHUO_HOOK_KEY is none of our business."""
    monkeypatch.setenv("FENGHUO_HOOK_KEY", "x")
    monkeypatch.setenv("FENGHUO_DATA", "/somewhere")
    assert load() == Settings()


def test_a_mistake_on_the_command_line_names_it() -> None:
    """The near match helps there too."""
    with pytest.raises(
        SettingsError, match=r"^command line: unknown setting 'brokr'; did you mean 'broker'\?"
    ):
        load({"brokr": "h:1"})


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    """Not by origins, not by repr; a file's content is read when asked for, without its line end."""
    (tmp_path / "redis").write_text("geheim\n")
    settings = load({"security.password": "hunter2", "redis_password_file": tmp_path / "redis"})
    shown = repr(settings) + repr(origins(settings))
    assert "hunter2" not in shown
    assert "geheim" not in shown
    assert settings.security.secret() == "hunter2"
    assert settings.redis_password() == "geheim"


def test_an_unreadable_or_empty_secret_file_is_one_sentence(tmp_path: Path) -> None:
    """When it is used."""
    settings = Settings(redis_password_file=tmp_path / "gone")
    with pytest.raises(FenghuoError, match="gone: the secret cannot be read"):
        settings.redis_password()
    (tmp_path / "gone").write_text(" \n")
    with pytest.raises(FenghuoError, match="the secret file is empty"):
        settings.redis_password()


def test_clients_are_told_the_same_thing_in_their_own_words(tmp_path: Path) -> None:
    """One Security, two libraries."""
    (tmp_path / "password").write_text("s3cret\n")
    security = Security(
        protocol="SASL_SSL",
        username="worker",
        password_file=tmp_path / "password",
        ca_file=tmp_path / "ca.pem",
    )
    assert kafka_python_options(security) == {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "worker",
        "sasl_plain_password": "s3cret",
        "ssl_cafile": str(tmp_path / "ca.pem"),
    }
    assert librdkafka_options(security) == {
        "security.protocol": "SASL_SSL",
        "sasl.mechanisms": "SCRAM-SHA-512",
        "sasl.username": "worker",
        "sasl.password": "s3cret",
        "ssl.ca.location": str(tmp_path / "ca.pem"),
    }


def test_a_worker_logs_in_as_its_settings_say(tmp_path: Path) -> None:
    """Faust wants objects, and refuses what is not there when it connects; an unreadable file is named before."""
    assert faust_options(Security()) == {}
    plain = Security(protocol="SASL_PLAINTEXT", username="worker", password=SecretStr("s3cret"))
    login = faust_options(plain)["broker_credentials"]
    assert (login.protocol.value, login.mechanism.value) == ("SASL_PLAINTEXT", "SCRAM-SHA-512")
    assert (login.username, login.password, login.ssl_context) == ("worker", "s3cret", None)
    encrypted = faust_options(Security(protocol="SSL"))["broker_credentials"]
    assert (encrypted.protocol.value, encrypted.context.verify_mode.name) == ("SSL", "CERT_REQUIRED")
    both = plain.model_copy(update={"protocol": "SASL_SSL"})
    assert faust_options(both)["broker_credentials"].protocol.value == "SASL_SSL"
    with pytest.raises(FenghuoError, match=r"ca\.pem: the authorities cannot be read"):
        faust_options(Security(protocol="SSL", ca_file=tmp_path / "ca.pem"))


def test_every_setting_is_described() -> None:
    """The manual is made from this."""
    assert all(text for _, _, text in describe())
    assert [name for name, _, _ in describe()] == [name for name, _, _ in origins(Settings())]


def test_defaults_listen_on_loopback_only() -> None:
    """Nothing is open to other machines unless somebody says so."""
    settings = Settings()
    assert settings.metrics_host == "127.0.0.1"
    assert settings.broker.startswith("127.0.0.1:")
    assert settings.group_id == "fenghuo.workers"
    assert Settings(group="mine").group_id == "mine"
