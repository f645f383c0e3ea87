"""The reference that `parity schema --markdown` prints: every kind of rule says what it is, field by field."""

from __future__ import annotations

import pytest
import yaml
from click.testing import CliRunner

from scheduler.cli.schema import schema
from scheduler.instance import RuleModel
from scheduler.rules import AGREEMENTS, RULES
from scheduler.rules.framework.reference import own_fields, reference, sentence_of

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
    assert rule.id in rule.sentence()


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


def test_the_command_prints_it():
    printed = CliRunner().invoke(schema, ["--markdown"], standalone_mode=False)
    assert printed.output == reference(AGREEMENTS, RULES)
