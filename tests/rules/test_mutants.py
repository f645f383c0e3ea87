"""Planted mistakes in the rows of every rule: the comparison with the checks catches each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scheduler.airings import Airings
from scheduler.formulation import Formulation
from scheduler.instance import Cells
from scheduler.instance.derived import windows
from scheduler.rules import NO_BOUND, SOFT, load, parity_rows, quota, rights_rows
from scheduler.rules.age_watershed import AgeWatershed
from scheduler.rules.framework.subject import Subject
from scheduler.rules.languages import Languages
from scheduler.rules.locks import Locks
from scheduler.rules.parity import Parity
from scheduler.rules.quota import Quota
from scheduler.rules.rights import Rights
from scheduler.rules.runs_per_day import RunsPerDay
from tests.builders import write
from tests.rules.agreement import disagreements
from tests.rules.cases import KINDS


def edited(kind, change):
    """Pass every block of rows of a kind of rule through a change."""

    def plant(monkeypatch):
        real = kind.rows
        monkeypatch.setattr(kind, "rows", lambda self, airings: [change(block) for block in real(self, airings)])

    return plant


def of_another_rule(kind, change):
    """State the rows of a changed rule in a rule's place."""

    def plant(monkeypatch):
        real = kind.rows
        monkeypatch.setattr(kind, "rows", lambda self, airings: real(change(self), airings))

    return plant


def swapped(owner, name, change):
    """Put another function in the place of one that only rows use."""

    def plant(monkeypatch):
        monkeypatch.setattr(owner, name, change(getattr(owner, name)))

    return plant


def wrong_sign(block):
    return replace(block, coefficient=-block.coefficient)


def one_too_many(block):
    upper = np.where(block.upper < NO_BOUND, block.upper + block.miss_step, block.upper)
    return replace(
        block, upper=upper, lower=np.where(block.lower > -NO_BOUND, block.lower - block.miss_step, block.lower)
    )


def period_shifted(block):
    return replace(block, period=np.roll(block.period, 1))


def dearer(block):
    return replace(block, price=block.price * 2)


def softened(block):
    return replace(block, kind=SOFT, price=1)


def first_entry_lost(block):
    return replace(block, row=block.row[1:], column=block.column[1:], coefficient=block.coefficient[1:])


def in_halves(block):
    return replace(block, miss_step=block.miss_step * 2)


def _nobody(count):
    found = np.empty(count, dtype=object)
    found[:] = [Subject("channel", "")] * count
    return found


def _no_constant(real):
    return lambda airing, period, amount, constant, *rest: real(airing, period, amount, constant * 0, *rest)


def _no_fallback(real):
    def taken(instance, channel, select):
        found = real(instance, channel, select)
        kept = np.arange(len(instance.contents)) < instance.contents.version_count + len(instance.anchors)
        return replace(found, fixed=found.fixed & kept)

    return taken


def _uncut(real):
    def split(self, start, end):
        period = self.at(start)
        inside = np.flatnonzero(period >= 0)
        return inside, period[inside], (end - start)[inside]

    return split


def _closed(real):
    return lambda self, moment: real(self, moment - 1)


def _legal_day(real):
    def day(self):
        found = np.zeros(len(self), dtype=np.int64)
        for number, channel in enumerate(self.instance.channels):
            mine = self.channel == number
            found[mine] = self.instance.timeline.clock(channel.zone).day[self.start_minute[mine]]
        return found

    return lambda *arguments: property(day)


def _whole_origin(real):
    def given(*arguments, **more):
        found = real(*arguments, **more)
        return replace(found, parts=np.maximum(found.parts, found.parts * 3))

    return given


def _without_anchors(real):
    def given(*arguments, **more):
        found = real(*arguments, **more)
        keep = found.airing >= 0
        return replace(
            found,
            airing=found.airing[keep],
            period=found.period[keep],
            parts=found.parts[keep],
            title=found.title[keep],
        )

    return given


def _measures(**update):
    return lambda rule: rule.model_copy(update={"measures": tuple(m.model_copy(update=update) for m in rule.measures)})


def replace_locks(formulation):
    return replace(formulation, locked=np.zeros_like(formulation.locked))


def _every_run_a_title(real):
    def columns(*arguments):
        sides, complete = real(*arguments)
        return sides, lambda chosen: np.full(len(complete(chosen)), int(chosen.sum()))

    return columns


MUTANTS = {
    "quota: wrong sign": ("quota", "share with a basis", edited(Quota, wrong_sign)),
    "quota: off by one": ("quota", "minutes, most, hours over midnight", edited(Quota, one_too_many)),
    "quota: period shifted": ("quota", "minutes, least, hour", edited(Quota, period_shifted)),
    "quota: price wrong": ("quota", "count, most, day", edited(Quota, dearer)),
    "quota: hard taken for soft": ("quota", "minutes, weeks", edited(Quota, softened)),
    "quota: an airing left out": ("quota", "count, least, hour", edited(Quota, first_entry_lost)),
    "quota: misses halved": ("quota", "minutes of reruns", edited(Quota, in_halves)),
    "quota: constant dropped": ("quota", "share of fallback that counts", swapped(quota, "_counted", _no_constant)),
    "quota: fallback ignored": (
        "quota",
        "share of fallback that counts",
        swapped(quota, "selected", _no_fallback),
    ),
    "quota: not split at the hour": ("quota", "off the grid", swapped(Cells, "split", _uncut)),
    "quota: an end that belongs": ("quota", "count, least, hour", swapped(Cells, "at", _closed)),
    "quota: its dates ignored": (
        "quota",
        "minutes, valid inside the horizon",
        of_another_rule(Quota, lambda rule: rule.model_copy(update={"valid_to": None})),
    ),
    "quota: its basis ignored": (
        "quota",
        "share with a basis",
        of_another_rule(Quota, lambda rule: rule.model_copy(update={"basis": None})),
    ),
    "age: another mark": (
        "age_watershed",
        "soft",
        of_another_rule(AgeWatershed, lambda rule: rule.model_copy(update={"age": 21})),
    ),
    "age: hours not over midnight": (
        "age_watershed",
        "valid for a night",
        of_another_rule(AgeWatershed, lambda rule: rule.model_copy(update={"barred": (23 * 60 + 45, 24 * 60)})),
    ),
    "languages: channel ignored": (
        "languages",
        "soft",
        edited(Languages, lambda block: replace(block, subject=_nobody(len(block)))),
    ),
    "languages: dates ignored": (
        "languages",
        "valid for a day",
        of_another_rule(Languages, lambda rule: rule.model_copy(update={"valid_to": None})),
    ),
    "runs a day: off by one": ("runs_per_day", "once", edited(RunsPerDay, one_too_many)),
    "runs a day: the legal day": (
        "runs_per_day",
        "valid for a day",
        swapped(Airings, "broadcast_day", _legal_day(None)),
    ),
    "parity: wrong sign": ("parity", "minutes, hard", edited(Parity, wrong_sign)),
    "parity: periods shifted": ("parity", "runs", edited(Parity, period_shifted)),
    "parity: carry-over ignored": ("parity", "minutes, owed", of_another_rule(Parity, _measures(carry_over=0))),
    "parity: floor ignored": ("parity", "minutes, floor and ratio", of_another_rule(Parity, _measures(floor=0))),
    "parity: ratio ignored": ("parity", "minutes, floor and ratio", of_another_rule(Parity, _measures(ratio=1))),
    "parity: tolerance ignored": ("parity", "audience", of_another_rule(Parity, _measures(tolerance=0))),
    "parity: joint work counts too much": ("parity", "minutes", swapped(parity_rows, "given", _whole_origin)),
    "parity: anchors ignored": ("parity", "anchors that serve", swapped(parity_rows, "given", _without_anchors)),
    "parity: a title counts as often as it airs": (
        "parity",
        "titles",
        swapped(parity_rows, "_title_columns", _every_run_a_title),
    ),
    "rights: one run too many": ("rights", "two runs, two days", edited(Rights, one_too_many)),
    "rights: the gap ignored": (
        "rights",
        "two runs, two days",
        swapped(rights_rows, "_reruns", lambda real: lambda *_: []),
    ),
    "rights: the past ignored": (
        "rights",
        "history",
        swapped(rights_rows, "_past_slack", lambda real: lambda *_: 5),
    ),
    "anchors: windows not cut": (
        "anchors",
        "missing anchors",
        swapped(windows, "_without", lambda real: lambda whole, fixed: [whole]),
    ),
    "locks: one too few": ("locks", "partial locks", edited(Locks, one_too_many)),
    "locks: locks forgotten": (
        "locks",
        "locks",
        swapped(Formulation, "is_admissible", lambda real: lambda self, point: real(replace_locks(self), point)),
    ),
    "airtime: anchors not cut out": (
        "airtime",
        "anchors off the grid",
        swapped(windows, "_without", lambda real: lambda whole, fixed: [whole]),
    ),
}


def test_every_kind_of_the_core_has_a_mutant():
    assert set(KINDS) == {kind for kind, _, _ in MUTANTS.values()}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_comparison_catches(name, tmp_path, monkeypatch):
    kind, case, plant = MUTANTS[name]
    most, spec = next((most, spec) for known, most, spec in KINDS[kind] if known == case)
    instance = load(write(tmp_path, spec))
    plant(monkeypatch)
    wrong, _ = disagreements(instance, most, enough=1)
    assert wrong, "the planted mistake went unseen"
