"""The catalogue for people: a page for each entry, and what differs between two versions. Pure text."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from detectors.catalogue.entry import Entry, Pattern, Point
from detectors.catalogue.model import Catalogue, Profile
from detectors.contagion.words import flat, rows
from detectors.macro import words as macro

COLOURS = ("blue", "yellow", "red")


def page(entry: Point | Pattern, catalogue: Catalogue) -> str:
    """Markdown page of one point or pattern: what it says, when, by which numbers, and where they come from."""
    lines = [f"# {entry.id} {entry.name} {entry.name_zh}", "", f"{_sentence(entry.why)}", ""]
    lines += [f"- Group: {entry.family}", f"- {_made_of(entry)}", f"- Source: {entry.source}"]
    lines += [f"- Owner: {entry.owner or catalogue.owner}"]
    if isinstance(entry, Point):
        lines += [f"- {text}" for text in _weights(entry)]
    lines += ["", "## When", ""]
    lines += [f"- **{colour}**: {said}" for colour in COLOURS if (said := entry.said(colour))]
    if entry.said("clear"):
        lines.append(f"- **clears**: {entry.said('clear')}")
    todo = [f"- {entry.advice}"] if entry.action else [f"- {c}: {t}" for c, t in _actions(entry, catalogue)]
    lines += ["", "## What to do", "", *todo] if todo else []
    numbers = entry.numbers()
    if numbers:
        lines += ["", "## Numbers", "", "| parameter | value |", "| --- | --- |"]
        lines += [f"| `{name}` | {_number(value)} |" for name, value in numbers.items()]
    if entry.evaluator == "contagion":
        lines += ["", "## Numbers of the contagion model", ""]
        lines += ["| `contagion` | value | meaning |", "| --- | --- | --- |"]
        lines += [f"| `{name}` | {value} | {said} |" for name, value, said in rows(catalogue.spreading)]
    lines += _elsewhere(entry, catalogue)
    return "\n".join(lines) + "\n"


def index_page(catalogue: Catalogue) -> str:
    """Markdown page of the macro risk index: what it says, and by which numbers."""
    lines = [f"# {macro.INDEX} {macro.NAME} {macro.NAME_ZH}", "", macro.WHY, ""]
    lines += ["- Of: region, industry, cluster, size class", f"- Source: {macro.SOURCE}"]
    lines += [f"- Owner: {catalogue.owner}", "", "## Numbers", ""]
    lines += ["| `macro` | value | unit | meaning |", "| --- | --- | --- | --- |"]
    named = macro.rows(catalogue.macro_index)
    lines += [f"| `{name}` | {value} | {unit} | {said} |" for name, value, unit, said in named]
    return "\n".join(lines) + "\n"


def pages(catalogue: Catalogue) -> dict[str, str]:
    """Every page by its id: of the points, the patterns and the macro risk index."""
    found = {entry.id: page(entry, catalogue) for entry in catalogue.by_id.values()}
    return {**found, macro.INDEX: index_page(catalogue)}


def _made_of(entry: Point | Pattern) -> str:
    if isinstance(entry, Pattern):
        return f"Made of: {', '.join(entry.members)}"
    looks = f"; looks at {', '.join(entry.looks_at)}" if entry.looks_at else ""
    return f"Feeds: {', '.join(entry.feeds)}{looks}"


def _weights(point: Point) -> Iterator[str]:
    yield f"After clearing its weight halves every {point.half_life_days} days"
    if point.hold_days:
        yield f"The colour is kept for {point.hold_days} days after the condition ended"
    if point.hard:
        yield "Hard: red makes the enterprise red at once"
    if point.statutory:
        yield "Statutory: ends on the day the statute says, without dwell"


def _actions(entry: Entry, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    return ((c, catalogue.actions[c]) for c in COLOURS if entry.said(c) and c in catalogue.actions)


def _elsewhere(entry: Point | Pattern, catalogue: Catalogue) -> list[str]:
    """Where other numbers apply, or none."""
    found = []
    for name in catalogue.profile_names:
        profile = catalogue.profiles[name]
        if entry.id in profile.without:
            found.append(f"- {name}: does not apply")
            continue
        own = dict(profile.parameters.get(entry.id, {}))
        own |= profile.contagion if entry.evaluator == "contagion" else {}
        if own:
            found.append(f"- {name}: " + ", ".join(f"`{key}` {_number(value)}" for key, value in own.items()))
    return ["", "## Elsewhere", "", *found] if found else []


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


class Difference(NamedTuple):
    """One thing that is not the same: ``what`` is the entry or setting, ``field`` the place in it."""

    what: str
    field: str
    before: str
    after: str


def differences(old: Catalogue, new: Catalogue) -> list[Difference]:
    """What differs between two catalogues, in the order of the new one; parameters one by one."""
    found = [Difference("catalogue", *one) for one in _fields(_general(old), _general(new))]
    for name in sorted({*old.profiles, *new.profiles}):
        found += [
            Difference(f"profile {name}", *one)
            for one in _fields(_profile(old.profiles.get(name)), _profile(new.profiles.get(name)))
        ]
    for name in [*new.by_id, *(name for name in old.by_id if name not in new.by_id)]:
        before, after = old.by_id.get(name), new.by_id.get(name)
        if before is None or after is None:
            there = Difference(
                name,
                "",
                "absent" if before is None else before.name,
                "absent" if after is None else after.name,
            )
            found.append(there)
        else:
            found += [Difference(name, *one) for one in _fields(_entry(before), _entry(after))]
    return found


def _general(catalogue: Catalogue) -> dict[str, Any]:
    whole = catalogue.model_dump(exclude={"points", "patterns", "profiles", "contagion", "macro"})
    numbers = dict(_flat("contagion.", flat(catalogue.spreading)))
    numbers |= dict(_flat("macro.", macro.flat(catalogue.macro_index)))
    return {**dict(_flat("", whole)), **numbers}


def _profile(profile: Profile | None) -> dict[str, Any]:
    return {} if profile is None else dict(_flat("", profile.model_dump()))


def _entry(entry: Point | Pattern) -> dict[str, Any]:
    fields = entry.model_dump(exclude={"parameters"})
    return dict(_flat("", {**fields, "parameters": dict(entry.numbers())}))


def _flat(prefix: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            yield from _flat(f"{prefix}{name}.", inner)
        else:
            yield f"{prefix}{name}", inner


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name in [*after, *(name for name in before if name not in after)]:
        if before.get(name) != after.get(name):
            yield name, _shown(before.get(name)), _shown(after.get(name))


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
