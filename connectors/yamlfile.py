"""YAML with a memory for lines, so that a mistake can be shown where it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml

from connectors.errors import ConfigError

Loc = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its value and the node tree with line marks."""

    path: Path
    value: object
    node: yaml.Node

    def place(self, loc: Loc) -> str:
        """``file.yaml:17`` for the deepest part of ``loc`` that exists in the file."""
        node = self.node
        line = node.start_mark.line
        for part in loc:
            found = _child(node, part)
            if found is None:
                continue  # a tag pydantic puts into the location, not a key of the file
            line, node = found
        return f"{self.path.name}:{line + 1}"


def _child(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line, item
    return None


def read(path: Path) -> Document:
    """Parse ``path`` as one YAML document whose top is a mapping.

    Raises:
        ConfigError: missing, not UTF-8, not YAML, a key twice, or not a mapping; with file and line.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read ({error.strerror})", "check the path") from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), f"is not UTF-8 (byte {error.start})", "save it as UTF-8") from error
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise ConfigError(path.name, "is empty or not a mapping of keys", "start with 'connector: ...'")
        for line, key in _repeated(node):
            raise ConfigError(f"{path.name}:{line}", f"key {key!r} stands twice", "remove one of them")
        return Document(path, loader.construct_document(node), node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path.name}:{mark.line + 1}" if mark else path.name
        problem = error.problem or error.context or ""
        raise ConfigError(
            place, f"is not YAML ({problem})", "check indentation, quotes and colons"
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(path.name, f"is not YAML ({error})", "save it as plain text") from error
    finally:
        loader.dispose()


def _repeated(node: yaml.Node) -> Iterator[tuple[int, str]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(item)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                yield key.start_mark.line + 1, key.value
            seen.add(key.value)
        yield from _repeated(value)


def near(came: str, known: Sequence[str]) -> str:
    """``did you mean 'x'? known: a, b, x``: the remedy for a name that is not known."""
    close = get_close_matches(came, known, n=1, cutoff=0.5)
    return (f"did you mean {close[0]!r}? " if close else "") + "known: " + ", ".join(known)
