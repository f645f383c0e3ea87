"""The reference that `parity schema --markdown` prints: every kind of rule says what it is, field by field."""

from __future__ import annotations

import pytest
import yaml
from click.testing import CliRunner

from scheduler.cli.schema import schema
from scheduler.instance import TABLES, RuleModel
from scheduler.instance.model.instance_file import InstanceFile
from scheduler.rules import AGREEMENTS, RULES
from scheduler.rules.framework.reference import file_fields, own_fields, reference, sections_of, sentence_of, tables

KINDS = (*AGREEMENTS, *RULES)
NAMES = [str(kind.model_fields["type"].default) for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS, ids=NAMES)
def test_every_kind_has_a_sentence_its_fields_in_words_and_an_example(kind):
    assert sentence_of(kind).endswith(".")
    assert not sentence_of(kind).startswith("A rule")
    for name in own_fields(kind):
        assert kind.model_fields[name].description, f"{name} is not described"
    written = yaml.load(kind.example, yaml.BaseLoader)  # values as they are written
    written["hard"] = written.get("hard", "true") == "true"
    rule = kind.model_validate(written)
    assert rule.type == written["type"]
    assert rule.id in str(rule.sentence())


def test_the_reference_has_every_kind_and_field():
    text = reference(AGREEMENTS, RULES)
    for kind, name in zip(KINDS, NAMES, strict=True):
        part = text.split(f"### {name}\n")[1].split("\n### ")[0]
        assert sentence_of(kind) in part
        assert f"- {kind.example}" in part
        for field in own_fields(kind):
            assert f"| `{field}` |" in part
    for field in RuleModel.model_fields:
        assert f"| `{field}` |" in text


PARTS = list(sections_of(InstanceFile))


@pytest.mark.parametrize(("path", "part"), PARTS, ids=[path or "instance.yaml" for path, _ in PARTS])
def test_every_field_of_the_file_says_its_meaning_in_the_reference(path, part):
    said = file_fields(InstanceFile)
    head = f"### Each of `{path}`\n" if path else "## instance.yaml\n"
    rows = said.split(head)[1].split("\n### ")[0]
    for name, field in part.model_fields.items():
        assert field.description, f"{path}.{name}"
        assert f"| `{field.alias or name}` |" in rows


def test_the_printed_reference_has_periods_and_the_parts_of_a_channel():
    printed = CliRunner().invoke(schema, ["--markdown"]).output
    assert "| `periods` |" in printed
    for path in ("periods", "channels", "channels.windows", "channels.treaty", "territories", "placement"):
        assert f"### Each of `{path}`" in printed


@pytest.mark.parametrize("name", TABLES)
def test_every_column_says_its_meaning_and_has_an_example_that_is_read(name):
    schema = TABLES[name].model_json_schema()["properties"]
    rows = tables(TABLES).split(f"### {name}\n")[1].split("\n### ")[0]
    for column, field in TABLES[name].model_fields.items():
        assert field.description, column
        assert field.examples, column
        assert f"| `{column}` |" in rows
        assert schema[column]["description"] == field.description
        said = next(line for line in rows.splitlines() if line.startswith(f"| `{column}` |"))
        assert f"`{field.examples[0]}`" in said


def test_a_row_of_the_examples_is_a_row():
    """The first example of every column that may stand beside the others makes a row that is read."""
    for name, model in TABLES.items():
        cells = {column: str(field.examples[0]) for column, field in model.model_fields.items()}
        for other in ("date", "broadcast_date", "placement", "second_pass"):
            cells.pop(other, None)
        if name == "programmes.csv":
            cells |= {"versions": "kaz:original;kir:dubbed;kaz:dubbed;rus:dubbed"}
        model.model_validate(cells)


@pytest.mark.parametrize("said", ["programmes", "programmes.csv"])
def test_a_table_is_named_with_or_without_its_ending(said):
    printed = CliRunner().invoke(schema, ["--table", said], standalone_mode=False)
    assert '"days_between_runs"' in printed.output


def test_the_command_prints_it():
    printed = CliRunner().invoke(schema, ["--markdown"], standalone_mode=False)
    assert printed.output == "\n".join((reference(AGREEMENTS, RULES), file_fields(InstanceFile), tables(TABLES)))
