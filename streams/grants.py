"""What banks may read, on a broker with access control: as data, and granted to their principals.

Nothing is revoked here: who may read less is a decision for a person, with the report in hand.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

# kafka-python ships no types; what comes from it is checked here, at the edge.
from kafka import errors as kafka_errors  # type: ignore[import-untyped]  # no stubs
from kafka.admin import (  # type: ignore[import-untyped]  # no stubs
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)

from streams.brokers.embedded import CLUSTER_PREFIX
from streams.settings import Settings
from streams.topics import Change, Names, TopicError, admin


@dataclass(frozen=True)
class Grant:
    """READ for a principal on a topic (exact name) or on all groups beginning with a name."""

    principal: str
    resource: Literal["topic", "group"]
    name: str

    def __str__(self) -> str:
        return (
            f"{self.principal} may read {self.resource} {self.name}{'*' if self.resource == 'group' else ''}"
        )


def acls(settings: Settings, banks: Iterable[str]) -> list[Grant]:
    """What each bank's principal (``User:<bank id>``) is allowed: its own topic and its own groups, nothing else."""
    names, grants = Names(settings.prefix), []
    for bank in sorted(set(banks)):
        grants.append(Grant(f"User:{bank}", "topic", names.bank(bank)))
        grants.append(Grant(f"User:{bank}", "group", names.bank_groups(bank)))
    return grants


def apply_acls(bootstrap: str, settings: Settings, banks: Iterable[str]) -> list[Change]:
    """Give each bank what ``acls`` lists, and report every other grant on our topics and bank groups as ``differs``.

    Idempotent. Raises TopicError when the broker keeps no ACLs or refuses us.
    """
    entries = {grant: _entry(grant) for grant in acls(settings, banks)}
    with admin(bootstrap, settings) as client:
        if str(client.describe_cluster()["cluster_id"]).startswith(CLUSTER_PREFIX):
            raise _without_acls(
                bootstrap
            )  # the embedded broker answers with something unreadable instead of no
        there = _acls_there(client, bootstrap)
        new = [grant for grant, entry in entries.items() if entry not in there]
        _grant(client, bootstrap, [entries[grant] for grant in new])
    changes = [Change(str(grant), "created" if grant in new else "unchanged") for grant in entries]
    extra = [acl for acl in there if acl not in entries.values() and _concerns(acl, settings.prefix)]
    return changes + [_unwanted(acl) for acl in extra]


def _acls_there(client: Any, bootstrap: str) -> list[Any]:
    everything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    asked = ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, everything)
    try:
        return list(client.describe_acls(asked)[0])
    except kafka_errors.SecurityDisabledError:
        raise _without_acls(bootstrap) from None


def _grant(client: Any, bootstrap: str, entries: Sequence[Any]) -> None:
    """Create and wait until the broker lists them: it acknowledges a moment before it obeys."""
    if not entries:
        return
    if failed := client.create_acls(entries)["failed"]:
        problem = f"{len(failed)} of {len(entries)} grants were refused ({failed[0].__name__})"
        raise TopicError(bootstrap, problem, "check the rights of security.username")
    deadline = time.monotonic() + 10.0
    while not all(entry in (there := _acls_there(client, bootstrap)) for entry in entries):
        if time.monotonic() > deadline:
            problem = f"acknowledged {len(entries)} grants and lists only {len(there)} in all after 10 s"
            raise TopicError(bootstrap, problem, "see the controller's log")
        time.sleep(0.05)


def _concerns(acl: Any, prefix: str) -> bool:
    """Whether an ACL can reach our topics or groups: by exact name, by a prefix of ours, or by one that covers ours."""
    pattern = acl.resource_pattern
    if pattern.resource_type not in (ResourceType.TOPIC, ResourceType.GROUP):
        return False
    name, ours = pattern.resource_name, f"{prefix}."
    covers = pattern.pattern_type is ACLResourcePatternType.PREFIXED and ours.startswith(name)
    return bool(name == "*" or name.startswith(ours) or covers)


def _unwanted(acl: Any) -> Change:
    pattern = acl.resource_pattern
    what = f"{acl.principal} {acl.permission_type.name} {acl.operation.name} {pattern.resource_type.name}"
    return Change(
        f"{what} {pattern.resource_name}",
        "differs",
        "not given by the subscriptions; revoke it if it is not meant",
    )


def _entry(grant: Grant) -> Any:
    if grant.resource == "topic":
        pattern = ResourcePattern(ResourceType.TOPIC, grant.name, ACLResourcePatternType.LITERAL)
    else:
        pattern = ResourcePattern(ResourceType.GROUP, grant.name, ACLResourcePatternType.PREFIXED)
    return ACL(grant.principal, "*", ACLOperation.READ, ACLPermissionType.ALLOW, pattern)


def _without_acls(bootstrap: str) -> TopicError:
    remedy = "use a cluster with an authorizer, or leave the grants out"
    return TopicError(bootstrap, "this broker keeps no access control list", remedy)
