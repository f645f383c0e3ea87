"""A first run that did not air is on record, is planned as the next first run, and then is no gap."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from io import StringIO

import pytest
import yaml

from scheduler.reconcile import files_of
from scheduler.rules import load
from scheduler.timetable import timetable_frame
from tests.reconcile.planted import outcome_of, week


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return week(tmp_path_factory.mktemp("gaps") / "plan", days=3)


def log(timetable, changed=lambda row: row):
    """A log of all planned airings, each as `changed` gives it; None is left out."""
    lines = ["channel;start;length;title;episode"]
    for row in map(changed, timetable_frame(timetable).to_dict("records")):
        if row is not None:
            lines.append(f"{row['channel']};{row['start_local']}:00;0:45:00;{row['title']};{row['episode']}")
    return "\n".join(lines) + "\n"


def without(day, programme="k3"):
    return lambda row: None if (row["programme"], row["episode"]) == (programme, str(day)) else row


def gaps(history):
    rows = [row for row in csv.DictReader(StringIO(history)) if row.get("status") == "not_aired"]
    return [(row["programme"], row["episode"], row["run"], row["channel"]) for row in rows]


def history_of(plan, folder, text):
    folder.mkdir(exist_ok=True)
    return files_of(plan, outcome_of(plan, folder, ("log", "log.csv", text)))["history.csv"]


def later(plan, folder, history):
    """The instance three days later, with that history."""
    shutil.copytree(plan.instance.folder, folder)
    document = yaml.safe_load((folder / "instance.yaml").read_text(encoding="utf-8"))
    document["horizon"]["start"] = "2026-12-10"
    (folder / "instance.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    (folder / "history.csv").write_text(history, encoding="utf-8")
    return load(folder)


def test_all_aired_leaves_no_gap(plan, tmp_path):
    assert gaps(history_of(plan, tmp_path, log(plan))) == []


def test_a_gap_is_on_record_and_comes_first(plan, tmp_path):
    history = history_of(plan, tmp_path, log(plan, without(2)))
    assert gaps(history) == [("k3", "2", "first", "O.uz")]
    instance = later(plan, tmp_path / "later", history)
    at = instance.programme_index["k3"]
    assert instance.past.to_come(at, "UZ", 40)[:3] == [2, 4, 5]
    other = instance.programme_index["k4"]
    assert instance.past.to_come(other, "UZ", 40)[:2] == [4, 5]


def test_an_episode_out_of_turn_leaves_its_own_gap(plan, tmp_path):
    def swapped(row):
        return {**row, "episode": "20"} if (row["programme"], row["episode"]) == ("k3", "2") else row

    history = history_of(plan, tmp_path, log(plan, swapped))
    assert gaps(history) == [("k3", "2", "first", "O.uz")]
    instance = later(plan, tmp_path / "later", history)
    assert instance.past.missed(instance.programme_index["k3"], "UZ") == [2]


def test_a_repeat_that_became_the_first_run_leaves_no_gap(plan, tmp_path):
    """The first series is repeated in the evening, so its episode has aired."""
    first = set()

    def once(row):
        key = (row["programme"], row["episode"])
        if key == ("k0", "2") and key not in first:
            first.add(key)
            return None
        return row

    assert gaps(history_of(plan, tmp_path, log(plan, once))) == []


def test_a_catch_up_is_a_first_run_and_ends_the_gap(plan, tmp_path):
    gone = history_of(plan, tmp_path / "one", log(plan, without(2)))
    instance = later(plan, tmp_path / "later", gone)
    text = "channel;start;length;title;episode\nO.uz;2026-12-10T12:45:00;0:45:00;Хикая k3;2\n"
    next_days = replace(plan, instance=instance)
    files = files_of(next_days, outcome_of(next_days, tmp_path / "one", ("log", "later.csv", text)))
    aired = list(csv.DictReader(StringIO(files["aired.csv"])))
    assert [(row["programme"], row["episode"], row["run"]) for row in aired] == [("k3", "2", "first")]
    assert ("k3", "2", "first", "O.uz") not in gaps(files["history.csv"])


def test_the_same_evidence_again_changes_nothing(plan, tmp_path):
    history = history_of(plan, tmp_path / "one", log(plan, without(2)))
    folder = tmp_path / "same"
    shutil.copytree(plan.instance.folder, folder)
    (folder / "history.csv").write_text(history, encoding="utf-8")
    known = replace(plan, instance=load(folder))
    assert history_of(known, tmp_path / "one", log(plan, without(2))) == history
    late = history_of(known, tmp_path / "one", log(plan))
    assert gaps(late) == []
