"""Read a YAML file with the meaning of YAML 1.2, with the line and column of every key and value.

YAML 1.2 core schema (yaml.org/spec/1.2.2, section 10.3): 18:30 is a text and not 1110, NO is a text and not
false, and a key that appears twice is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from scheduler.instance.files.raw_file import read_raw
from scheduler.instance.files.yaml_faults import not_yaml
from scheduler.instance.problem import InputError, Problem
from scheduler.messages import msg

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.messages import Message

Path_ = tuple[str | int, ...]
Place = tuple[str, int, int]

MAX_BYTES = 20_000_000
MAX_NODES = 250_000  # counted in the file, and again after aliases are expanded
MAX_DEPTH = 60
TOO_LARGE = msg(
    "too large or too deeply nested for an instance: more than {values} values, or {levels} levels",
    values=MAX_NODES,
    levels=MAX_DEPTH,
)
EMPTY = msg("is empty; expected name, horizon, territories, channels")
"""The problem of an instance.yaml without fields."""

_INT = re.compile(r"[-+]?[0-9]+$")
_BASED = re.compile(r"0o[0-7]+$|0x[0-9a-fA-F]+$")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


@dataclass(slots=True)
class YamlDocument:
    """The content of one file as plain Python values, each with its place."""

    file: str
    content: Any = None
    problems: list[Problem] = field(default_factory=list)
    _values: dict[Path_, Place] = field(default_factory=dict)
    _keys: dict[Path_, Place] = field(default_factory=dict)
    _nodes: int = 0

    def place(self, path: Path_, *, key: bool = False) -> tuple[int, int]:
        """Line and column (from 1) of the value at a path or of its key.

        If it is absent, those of the nearest parent.
        """
        _, line, column = self.at(path, key=key)
        return line, column

    def at(self, path: Path_, *, key: bool = False) -> Place:
        """File, line and column of the value at a path or of its key. If it is absent, those of the nearest parent."""
        marks = self._keys if key and path in self._keys else self._values
        while path and path not in marks:
            path, marks = path[:-1], self._values
        return marks.get(path, (self.file, 1, 1))

    def take(self, other: YamlDocument, there: Path_, here: Path_) -> Any:
        """Copy the value at a path of another document, with its places, to a path of this one."""
        value = other.content
        for step in there:
            value = value[step]
        return self._taken(value, other, there, here)

    def _taken(self, value: Any, other: YamlDocument, there: Path_, here: Path_) -> Any:
        self._values[here] = other.at(there)
        if there in other._keys:
            self._keys[here] = other._keys[there]
        if isinstance(value, dict):
            return {key: self._taken(item, other, (*there, key), (*here, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._taken(item, other, (*there, at), (*here, at)) for at, item in enumerate(value)]
        return value

    def stands_at(self, path: Path_, place: Place, key: Place | None = None) -> None:
        """Set the place of the value at a path, and of its key."""
        self._values[path] = place
        if key is not None:
            self._keys[path] = key

    def _note(self, node: yaml.Node, message: Message) -> None:
        mark = node.start_mark
        self.problems.append(Problem(self.file, mark.line + 1, mark.column + 1, message))

    def build(self, node: yaml.Node, path: Path_, above: tuple[int, ...]) -> Any:
        """The plain value of a node at a path, below the nodes `above`. Its place is stored."""
        self._nodes += 1
        if self._nodes > MAX_NODES or len(above) > MAX_DEPTH:
            mark = node.start_mark
            raise InputError([Problem(self.file, mark.line + 1, mark.column + 1, TOO_LARGE)])
        if id(node) in above:
            self._note(node, msg("an alias that contains itself; write the value out"))
            return None
        self._values[path] = (self.file, node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        inside = (*above, id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index), inside) for index, item in enumerate(node.value)]
        return self._mapping(node, path, inside)

    def _mapping(self, node: yaml.Node, path: Path_, inside: tuple[int, ...]) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._note(key_node, msg("a key must be a plain word"))
                continue
            key = self._text(key_node)
            if key in built:
                self._note(key_node, msg("'{key}' appears twice here; keep one of the two", key=key))
                continue
            mark = key_node.start_mark
            self._keys[(*path, key)] = (self.file, mark.line + 1, mark.column + 1)
            built[key] = self.build(value_node, (*path, key), inside)
        return built

    def _text(self, node: yaml.ScalarNode) -> str:
        """The text of a node. A surrogate pair of two escapes, as JSON writes it, becomes one character."""
        text = str(node.value)
        try:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            self._note(node, msg("an escape names half a character; write the character out"))
            return text.encode("utf-8", "replace").decode("utf-8")

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text = self._text(node)
        if node.style is not None or node.tag != _PlainLoader.DEFAULT_SCALAR_TAG:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.match(text) and len(text) < 20:
            return int(text)
        if _BASED.match(text) and len(text) < 20:
            return int(text, 0)
        if _FLOAT.match(text):
            return float(text)
        return text


class TooLargeError(yaml.MarkedYAMLError):
    """The document exceeds a limit."""


class _PlainLoader(yaml.SafeLoader):
    """PyYAML's parser with every plain scalar as text. `_scalar` converts it by the rules of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (PyYAML's own attribute)
    DEFAULT_SCALAR_TAG = "plain"  # type: ignore[misc]  # so that `!!str 5` differs from 5

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._nodes = self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose one node. The limits are checked while nodes are made, so that memory is not used up."""
        self._nodes, self._depth = self._nodes + 1, self._depth + 1
        if self._nodes > 2 * MAX_NODES or self._depth > MAX_DEPTH + 1:  # keys are nodes, too
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise TooLargeError(problem=str(TOO_LARGE), problem_mark=mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node


def read_yaml(path: Path, file: str) -> YamlDocument:
    """Read one YAML file. `file` is its name in problems.

    Raises InputError if the file cannot be read as YAML. Duplicate keys and aliases that contain themselves are
    collected in the document's `problems`.
    """
    missing = msg("the file is missing; `parity new DIR` writes one to begin with")
    raw = read_raw(path, file, MAX_BYTES, missing)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError([Problem(file, line, 1, msg("is not UTF-8 text; save it as UTF-8"))]) from None
    return parse_yaml(text, file)


def parse_yaml(text: str, file: str) -> YamlDocument:
    """The same as `read_yaml` for a text."""
    document = YamlDocument(file)
    try:
        node = yaml.compose(text, Loader=_PlainLoader)
        if node is not None:
            document.content = document.build(node, (), ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = TOO_LARGE if isinstance(error, TooLargeError) else not_yaml(error.problem or error.context or "")
        raise InputError([Problem(file, line, column, what)]) from None
    except yaml.YAMLError as error:
        raise InputError([Problem(file, 1, 1, not_yaml(" ".join(str(error).split())))]) from None
    except (ValueError, OverflowError):  # PyYAML on escapes such as "\UFFFFFFFF"
        raise InputError([Problem(file, 1, 1, msg("is not YAML: an escape names no character"))]) from None
    except RecursionError:
        raise InputError([Problem(file, 1, 1, TOO_LARGE)]) from None
    return document
