"""The reference of all rules in Markdown, made from the models: for each kind a sentence, the fields and an example."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from scheduler.instance import RuleModel, Selector
from scheduler.instance.model.commitment import day_set_text
from scheduler.instance.model.field_types import WEEKDAYS
from scheduler.text_tables import markdown_lines, without_bars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scheduler.rules.framework.base import Rule

Section = tuple[str, type[BaseModel]]
"""Where a part of instance.yaml is, and its model."""

COMMON = tuple(RuleModel.model_fields)
SCOPE = ("territories", "channels")


def reference(agreements: Sequence[type[Rule]], rules: Sequence[type[Rule]]) -> str:
    """The whole reference: agreements, rules, common fields, and the selector."""
    lines = ["# What an instance may ask for", ""]
    for title, kinds in (("Agreements", agreements), ("Rules", rules)):
        lines += [f"## {title}", ""]
        for kind in kinds:
            lines += _of_kind(kind)
    lines += ["## Fields that every rule and agreement has", "", *_table(RuleModel, RuleModel.model_fields), ""]
    lines += ["## Selecting content", "", cleandoc(Selector.__doc__ or ""), ""]
    lines += [*_table(Selector, Selector.model_fields), ""]
    return "\n".join(lines)


def tables(models: Mapping[str, type[BaseModel]]) -> str:
    """Every table that a planner keeps: its columns with meaning and unit, default and example."""
    lines = ["## Tables", ""]
    lines += ["CSV with a header; empty cells take the default. Columns may stand in any order.", ""]
    for name, model in models.items():
        paragraphs = cleandoc(model.__doc__ or "").split("\n\n")
        lines += [f"### {name}", ""]
        lines += [line for paragraph in paragraphs for line in (*paragraph.split("\n"), "")]
        lines += [*_table(model, model.model_fields, examples=True), ""]
    return "\n".join(lines)


def file_fields(file: type[BaseModel]) -> str:
    """Every field of instance.yaml, and of each part of it that is no rule and no selector, section by section."""
    lines = ["## instance.yaml", "", "Agreements and rules are above; what a selector may say is there, too.", ""]
    for path, part in sections_of(file):
        if path:
            lines += [f"### Each of `{path}`", "", cleandoc(part.__doc__ or ""), ""]
        lines += [*_table(part, part.model_fields), ""]
    return "\n".join(lines)


def sections_of(file: type[BaseModel], path: str = "", seen: tuple[type[BaseModel], ...] = ()) -> Iterator[Section]:
    """(path, model): instance.yaml itself, then its parts in their order, each model once on a path."""
    yield path, file
    for name, field in file.model_fields.items():
        key = field.alias or name
        for inner in _models(field.annotation):
            if not issubclass(inner, RuleModel | Selector) and inner not in seen:
                yield from sections_of(inner, f"{path}.{key}" if path else key, (*seen, inner))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field may hold, in lists and mappings too."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)


def sentence_of(kind: type[BaseModel]) -> str:
    """The sentence of a kind of rule: the first paragraph of its docstring."""
    return cleandoc(kind.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def own_fields(kind: type[BaseModel]) -> list[str]:
    """The fields of a kind of rule that not all rules have. Its scope comes last."""
    own = [name for name in kind.model_fields if name not in COMMON]
    return [name for name in own if name not in SCOPE] + [name for name in own if name in SCOPE]


def _of_kind(kind: type[Rule]) -> list[str]:
    paragraphs = cleandoc(kind.__doc__ or "").split("\n\n")
    lines = [f"### {kind.model_fields['type'].default}", "", sentence_of(kind), ""]
    lines += [line for paragraph in paragraphs[1:] for line in (*paragraph.split("\n"), "")]
    lines += [*_table(kind, own_fields(kind)), ""]
    for part in _parts(kind):
        lines += [f"Each of `{part[0]}`:", "", *_table(part[1], part[1].model_fields), ""]
    return [*lines, "```yaml", f"- {kind.example}", "```", ""]


def _parts(kind: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Models inside a kind's fields, except selectors, for example the measures of parity."""
    for name, field in kind.model_fields.items():
        for inner in getattr(field.annotation, "__args__", ()):
            if isinstance(inner, type) and issubclass(inner, BaseModel) and inner is not Selector:
                yield name, inner


def _table(kind: type[BaseModel], names: Sequence[str] | dict[str, Any], *, examples: bool = False) -> list[str]:
    schema = kind.model_json_schema()
    if "$ref" in schema:  # a model that contains itself, as a selector contains its exclusion
        schema = schema["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    properties: dict[str, Any] = schema["properties"]
    head = (
        ["column", "value", "default", "meaning", "example"] if examples else ["field", "value", "default", "meaning"]
    )
    rows = []
    for name in names:
        field = kind.model_fields[name]
        schema_of = properties[field.alias or name]
        default = "needed" if field.is_required() else _default(schema_of.get("default"))
        cells = [f"`{field.alias or name}`", _values(schema_of), default, field.description or ""]
        cells += [
            ", ".join(f"`{one}`" for one in (schema_of.get("examples") or _inner_examples(schema_of))[:1])
        ] * examples
        rows.append([without_bars(cell) for cell in cells])
    return markdown_lines(head, rows)


def _inner_examples(fields: dict[str, Any]) -> list[Any]:
    """The examples of the alternatives of a field."""
    return [example for part in fields.get("anyOf", ()) for example in part.get("examples", ())]


def _default(value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_default(item)}" for key, item in value.items() if item is not None)
    if isinstance(value, list) and {*map(str, value)} <= {*WEEKDAYS}:
        return day_set_text(frozenset(value))
    if isinstance(value, list):
        return ", ".join(_default(item) if isinstance(item, dict) else str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(fields: dict[str, Any]) -> str:
    """The values of a field in words, from its JSON Schema."""
    if "const" in fields:
        return f"`{fields['const']}`"
    if "enum" in fields:
        return " · ".join(f"`{word}`" for word in fields["enum"])
    if "$ref" in fields:
        return str(fields["$ref"]).rsplit("/", 1)[-1].lower()
    if "anyOf" in fields:
        return " or ".join(dict.fromkeys(_values(one) for one in fields["anyOf"] if one.get("type") != "null"))
    kind = str(fields.get("type", "value"))
    if kind == "array":
        return f"list of {_values(fields.get('items', {}))}"
    if kind == "object":
        return f"{_values(fields.get('additionalProperties', {}) or {})} each"
    words = {"integer": "whole number", "boolean": "true or false", "string": "text"}
    kind_words = words.get(kind, kind)
    if fields.get("format") in ("date", "date-time"):
        return "date" if fields["format"] == "date" else "moment"
    limits = [f"{sign} {fields[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in fields]
    return " ".join([kind_words, *limits])
