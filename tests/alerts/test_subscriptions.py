"""The subscriptions file: what it may say, and what is answered when it says something else."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from alerts.policy.subscriptions import Level, Role
from detectors.errors import FenghuoError
from tests.alerts.samples import parse, subscription

GOOD = """
subscriptions:
  - {subscriber_id: icbc-shangyu, role: bank, min_level: yellow, channel: kafka,
     entities: ["ent:CN-330604:91330604MA0000015G"], valid_from: 2026-01-01, valid_to: "2027-01-01T00:00:00+08:00"}
  - {subscriber_id: scjgj, role: regulator, min_level: red, entities: "*", channel: webhook,
     url: "http://127.0.0.1:9000/hook", secret_env: X}
  - {subscriber_id: park_1, role: park, regions: [CN-3306], feeds: [court, tax], points: [WP-09]}
"""


def test_a_good_file_is_read_with_defaults() -> None:
    bank, regulator, park = parse(GOOD).subscriptions
    assert (bank.role, bank.min_level, bank.channel) == (Role.BANK, Level.YELLOW, "kafka")
    assert bank.entities == {"ent:CN-330604:91330604MA0000015G"}
    assert regulator.entities == "*"
    assert park.min_level is Level.BLUE
    assert parse(GOOD).get("scjgj") == regulator
    assert parse(GOOD).get("nobody") is None


def test_a_plain_date_begins_the_day_in_china() -> None:
    bank = parse(GOOD).subscriptions[0]
    assert bank.valid_from == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert bank.valid_to == datetime(2026, 12, 31, 16, tzinfo=UTC)


def test_levels_are_ordinals() -> None:
    assert [level.number for level in Level] == [1, 2, 3]


def test_subscriptions_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError):
        subscription().min_level = Level.RED  # type: ignore[misc]


BANK = "subscriber_id: b1, role: bank, entities: '*'"
HOOK = "subscriber_id: r1, role: regulator, entities: '*', channel: webhook"
FOR = "from: 2026-01-01, until: 2026-02-01"
REFUSED = [
    # a misspelt key would silently widen or narrow what is sent
    ("{subscriber_id: b1, role: bank, entites: []}", "subscriber 'b1'", 'did you mean "entities"?'),
    # words of a closed set
    ("{subscriber_id: b1, role: banks, entities: '*'}", "subscriber 'b1'", 'did you mean "bank"?'),
    (f"{{{BANK}, min_level: orange}}", "subscriber 'b1'", "known: blue, yellow, red"),
    (f"{{{BANK}, channel: webhok}}", "subscriber 'b1'", 'did you mean "webhook"?'),
    (f"{{{BANK}, feeds: [curt]}}", "subscriber 'b1'", 'did you mean "court"?'),
    (f"{{{BANK}, points: [WP9]}}", "subscriber 'b1'", "write it like WP-09"),
    # areas
    ("{subscriber_id: b1, role: bank, areas: all}", "subscriber 'b1'", "neither a list of areas nor '*'"),
    ("{subscriber_id: b1, role: bank, areas: [CN-33]}", "subscriber 'b1'", "write it like region:CN-3306"),
    ("{subscriber_id: b1, role: bank, areas: ['region:Zhejiang']}", "subscriber 'b1'", "is not a region"),
    (
        "{subscriber_id: b1, role: self, entities: [], areas: '*'}",
        "subscriber 'b1'",
        "sees its own alerts only",
    ),
    # the id becomes part of a topic name
    ("{subscriber_id: '工行', role: bank, entities: '*'}", "'工行'", "cannot end a topic name"),
    ("{subscriber_id: a.b, role: bank, entities: '*'}", "'a.b'", "cannot end a topic name"),
    ("{role: bank, entities: '*'}", "subscription 1", "'subscriber_id' is missing"),
    # targets
    ("{subscriber_id: b1, role: bank}", "subscriber 'b1'", "no targets"),
    ("{subscriber_id: b1, role: bank, entities: 91330604MA}", "subscriber 'b1'", "neither a list"),
    ("{subscriber_id: b1, role: bank, entities: [91330604MA]}", "subscriber 'b1'", "write it like ent:"),
    ("{subscriber_id: b1, role: bank, regions: [CN-33060]}", "subscriber 'b1'", "is not a region"),
    (f"{{{BANK}, regions: [CN-33]}}", "subscriber 'b1'", "covers every region"),
    # a firm sees itself only
    ("{subscriber_id: s1, role: self, entities: '*'}", "subscriber 's1'", "its own alerts only"),
    # a webhook needs somewhere to go and a secret to sign with
    (f"{{{HOOK}, secret_env: X}}", "subscriber 'r1'", "needs a 'url'"),
    (f"{{{HOOK}, url: 'https://r.example/h'}}", "subscriber 'r1'", "needs a secret"),
    (f"{{{HOOK}, url: 'https://r.example/h', secret_env: X, secret_file: y}}", "'r1'", "exactly one"),
    (f"{{{HOOK}, url: 'https://r.example/h', secret_env: whsec_hunter2}}", "'r1'", "holds a secret"),
    (f"{{{HOOK}, url: 'https://r.example/h', secret_file: whsec_hunter2}}", "'r1'", "holds a secret"),
    (f"{{{HOOK}, url: 'https://r.example:abc/h', secret_env: X}}", "'r1'", "has no port that there is"),
    (f"{{{HOOK}, url: 'https://r.example:65536/h', secret_env: X}}", "'r1'", "has no port that there is"),
    (f"{{{HOOK}, url: 'https://r example/h', secret_env: X}}", "'r1'", "not an http(s) address"),
    (f"{{{HOOK}, url: 'http://r.example/h', secret_env: X}}", "'r1'", "use https"),
    (f"{{{HOOK}, url: 'http://127.0.0.1.evil.example/h', secret_env: X}}", "'r1'", "use https"),
    (f"{{{HOOK}, url: 'ftp://r.example/h', secret_env: X}}", "'r1'", "not an http(s) address"),
    (f"{{{HOOK}, url: 'https://u:hunter2@r.example/h', secret_env: X}}", "'r1'", "holds credentials"),
    (f"{{{BANK}, secret_env: X}}", "subscriber 'b1'", "belong to channel webhook"),
    # how a webhook is told, and who else
    (f"{{{BANK}, delivery: {{group: false}}}}", "subscriber 'b1'", "belong to channel webhook"),
    (
        f"{{{HOOK}, url: 'https://r.example/h', secret_env: X, delivery: {{groop: no}}}}",
        "'r1'",
        'mean "group"?',
    ),
    (
        f"{{{HOOK}, url: 'https://r.example/h', secret_env: X, delivery: {{digest: dayly}}}}",
        "'r1'",
        '"daily"?',
    ),
    (
        f"{{{HOOK}, url: 'https://r.example/h', secret_env: X, delivery: {{utc_offset: 8}}}}",
        "'r1'",
        "utc_offset",
    ),
    (
        f"{{{HOOK}, url: 'https://r.example/h', secret_env: X, escalate_to: {{}}}}",
        "'r1'",
        "'escalate_to.url'",
    ),
    (
        f"{{{HOOK}, url: 'https://r.example/h', secret_env: X, escalate_to: {{url: 'https://d.example/h'}}}}",
        "'r1'",
        "second contact needs a secret",
    ),
    # a secret written into the file itself
    (f"{{{HOOK}, url: 'https://r.example/h', secret: whsec_abc}}", "'r1'", "unknown key 'secret'"),
    # time
    (f"{{{BANK}, valid_from: soon}}", "subscriber 'b1'", "'soon' is no date"),
    # silences: an end within 90 days, a reason, and names that mean something
    (f"{{{BANK}, silences: [{{{FOR}}}]}}", "subscriber 'b1'", "'silences.reason' is missing"),
    (f"{{{BANK}, silences: [{{{FOR}, reason: ' '}}]}}", "subscriber 'b1'", "needs a reason"),
    (
        f"{{{BANK}, silences: [{{from: 2026-01-01, until: 2026-04-02, reason: x}}]}}",
        "subscriber 'b1'",
        "at most 90 days",
    ),
    (
        f"{{{BANK}, silences: [{{from: 2026-01-02, until: 2026-01-02, reason: x}}]}}",
        "subscriber 'b1'",
        "is not after from",
    ),
    (f"{{{BANK}, silences: [{{{FOR}, reason: x, points: [9]}}]}}", "subscriber 'b1'", "silences"),
    (
        f"{{{BANK}, silences: [{{{FOR}, reason: x, points: [WP9]}}]}}",
        "subscriber 'b1'",
        "'WP9' names nothing",
    ),
    (
        f"{{{BANK}, silences: [{{{FOR}, reason: x, point: [WP-09]}}]}}",
        "subscriber 'b1'",
        'did you mean "points"?',
    ),
    (
        f"{{{HOOK}, url: 'https://r.example/h', secret_env: X, delivery: {{quiet_hours: night}}}}",
        "'r1'",
        "22:00-07:00",
    ),
    (
        f"{{{HOOK}, url: 'https://r.example/h', secret_env: X, delivery: {{quiet_hours: '07:00-07:00'}}}}",
        "'r1'",
        "begins when it ends",
    ),
    (f"{{{BANK}, valid_from: 3}}", "subscriber 'b1'", "3 is no date"),
    (f"{{{BANK}, valid_from: '2026-01-01T00:00:00'}}", "subscriber 'b1'", "has no zone"),
    (f"{{{BANK}, valid_from: 2026-02-01, valid_to: 2026-01-01}}", "subscriber 'b1'", "not after valid_from"),
]


@pytest.mark.parametrize(("entry", "who", "rule"), REFUSED)
def test_a_mistake_is_one_sentence_with_file_subscriber_and_rule(entry: str, who: str, rule: str) -> None:
    with pytest.raises(FenghuoError) as caught:
        parse(f"subscriptions:\n  - {entry}\n")
    text = str(caught.value)
    assert text.startswith("subs.yaml: ")
    assert who in text
    assert rule in text
    assert "\n" not in text
    assert "hunter2" not in text
    assert "whsec_abc" not in text


def test_two_subscribers_of_one_id_are_refused() -> None:
    with pytest.raises(FenghuoError, match="'b1' is given twice"):
        parse(f"subscriptions: [{{{BANK}}}, {{{BANK}}}]")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("subscriptions: [", r"line \d"),  # broken YAML
        ("- a", "begin with 'subscriptions:'"),  # another structure
        ("", "begin with 'subscriptions:'"),  # an empty file
        ("subscribers: []", "unknown key 'subscribers'|'subscriptions' is missing"),  # another key
        ("subscriptions: [3]", "subscription 1"),  # not even a mapping
        ("subscriptions: {a: 1}", "subscriptions"),  # a mapping for the list
        ("subscriptions:\n- {subscriber_id: b, role: bank, entities: [], entities: '*'}", "given twice"),
    ],
)
def test_a_file_of_another_shape_is_refused_in_one_sentence(text: str, rule: str) -> None:
    with pytest.raises(FenghuoError, match=rule) as caught:
        parse(text)
    assert "\n" not in str(caught.value)


def test_entity_lists_are_not_in_the_representation() -> None:
    """What a bank is exposed to is the bank's secret."""
    assert "91330604" not in repr(subscription(entities=["ent:CN-330604:91330604MA0000015G"]))


def test_areas_alone_are_a_target() -> None:
    text = "subscriptions: [{subscriber_id: park-1, role: park, areas: ['cluster:umbrella', 'size:small']}]"
    assert parse(text).subscriptions[0].areas == {"cluster:umbrella", "size:small"}
