"""`parity upgrade`: older folders keep their meaning in the present format, and nothing is lost."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

from scheduler.cli.main import parity as command
from scheduler.instance import InputError
from scheduler.instance.files.older_format import upgraded
from scheduler.instance.files.yaml_document import parse_yaml
from scheduler.rules import load
from tests.builders import content, kz, programme, uz, window, write

BLOCK = """\
# our plan, autumn
name: old # as it was
horizon: {start: 2026-12-07, days: 7}
agreements:
  - type: parity
    id: KZ-UZ
    measures: # what counts
      - measure: minutes
        tolerance: 0.1 # as signed
        least: 5
      - &same {measure: titles, "tolerance": 1/3}
      - *same
      - {measure: runs, least: 3}
      - tolerance:
        measure: runs
  - {type: parity, id: KZ-CN, measures: [{tolerance: '0.2', measure: audience}]}
rules:
  - {type: supply, id: S, tolerance: 0.05}
"""
NEW_BLOCK = """\
# our plan, autumn
format: 2
placement: [{as: free}]
name: old # as it was
horizon: {start: 2026-12-07, days: 7}
agreements:
  - type: parity
    id: KZ-UZ
    measures: # what counts
      - measure: minutes
        tolerance: 0.1 # as signed
        tolerance_of: sum
        least: 5
      - &same {measure: titles, "tolerance": 1/3, "tolerance_of": "sum"}
      - *same
      - {measure: runs, least: 3}
      - tolerance:
        measure: runs
  - {type: parity, id: KZ-CN, measures: [{tolerance: '0.2', tolerance_of: sum, measure: audience}]}
rules:
  - {type: supply, id: S, tolerance: 0.05}
"""


def test_comments_layout_and_aliases_stay():
    new, changes = upgraded(BLOCK, "instance.yaml")
    assert new == NEW_BLOCK
    assert [change.line for change in changes] == [2, 2, 9, 11, 11, 16]
    assert upgraded(new, "instance.yaml") == (new, [])


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_any_line_end(newline, last):
    text = f"name: x\nagreements:\n- measures:\n  - measure: minutes\n    tolerance: 0.1{last}".replace("\n", newline)
    new, _ = upgraded(text, "instance.yaml")
    assert new.count("\r") == (new.count("\n") if newline == "\r\n" else 0)
    measure = parse_yaml(new, "instance.yaml").content["agreements"][0]["measures"][0]
    assert measure == {"measure": "minutes", "tolerance": 0.1, "tolerance_of": "sum"}


def test_a_format_that_is_said_is_replaced():
    new, changes = upgraded("# a\nformat: 1 # old\nname: x\n", "instance.yaml")
    assert new == "# a\nplacement: [{as: free}]\nformat: 2 # old\nname: x\n"
    assert len(changes) == 2


@pytest.mark.parametrize("text", ["format: 7\nname: x\n", "", "- a\n", "name: [\n", "name: x\nname: y\n"])
def test_what_cannot_be_changed_is_refused(text):
    with pytest.raises(InputError):
        upgraded(text, "instance.yaml")


def older(folder):
    """A folder of the older format that can be solved, written as JSON, which is also YAML."""
    measures = [{"measure": "minutes", "period": "day", "tolerance": "1/3", "least": 30}]
    spec = content(
        [kz(window("18:00", "20:00")), uz(window("18:00", "20:00"))],
        [programme("a", 30), programme("b", 30, origin="UZ")],
        agreements=[{"type": "parity", "id": "P", "parties": ["KZ", "UZ"], "measures": measures}],
    )
    file = spec["instance.yaml"]
    del file["format"], file["agreements"][0]["measures"][0]["tolerance_of"]
    return write(folder, spec)


def test_the_command_upgrades_a_folder_and_keeps_the_old_file(tmp_path):
    folder = older(tmp_path / "plan")
    before = (folder / "instance.yaml").read_bytes()
    with pytest.raises(InputError) as refusal:
        load(folder)
    (line,) = str(refusal.value).splitlines()
    assert line.startswith("instance.yaml:1:1: this folder is of format 1; `parity upgrade ")
    done = CliRunner().invoke(command, ["upgrade", str(folder)])
    assert done.exit_code == 0, done.output
    assert "agreements[0].measures[0]: tolerance 1/3 is of the sum of both sides" in done.output
    assert (folder / "instance.yaml.old").read_bytes() == before
    assert json.loads((folder / "instance.yaml").read_text(encoding="utf-8"))["format"] == 2
    measure = load(folder).file.agreements[0].measures[0]
    assert (measure.tolerance, measure.tolerance_of, measure.widest) == (Fraction(1, 3), "sum", 2)
    again = CliRunner().invoke(command, ["upgrade", str(folder)])
    assert "nothing to change" in again.output


def test_a_kept_file_is_never_overwritten(tmp_path):
    folder = older(tmp_path / "plan")
    before = (folder / "instance.yaml").read_bytes()
    (folder / "instance.yaml.old").write_text("mine", encoding="utf-8")
    done = CliRunner().invoke(command, ["upgrade", str(folder)])
    assert done.exception is not None
    assert (folder / "instance.yaml").read_bytes() == before
    assert (folder / "instance.yaml.old").read_text(encoding="utf-8") == "mine"


STATUSES = """name: x # kept
rules:
  - type: quota
    id: a
    status: verified # sure
    source: s
  - {type: quota, id: b, status: house, source: t}
  - {type: quota, id: c, status: assumption}
  - {type: quota, id: d, status: house}
  - type: quota
    status: house
    id: e
"""


def test_a_status_becomes_the_text_and_the_reading_it_stood_for():
    text, changes = upgraded(STATUSES, "instance.yaml")
    assert (
        text
        == """format: 2
placement: [{as: free}]
name: x # kept
rules:
  - type: quota
    id: a
    text: secondary
    reading: plain # sure
    source: s
  - {type: quota, id: b, source: t}
  - {type: quota, id: c, text: memory, reading: contested}
  - {type: quota, id: d}
  - type: quota
    id: e
"""
    )
    assert [change.line for change in changes] == [1, 1, 5, 7, 8, 9, 11]
    assert str(changes[2].text) == "rules[0]: status verified is text: secondary, reading: plain now"
