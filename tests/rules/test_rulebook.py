"""The rulebook proved: mistakes planted in any rule's rows are seen, and the exact engine finds the true optimum."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import AGREEMENTS, KEY, NO_BOUND, RIGID, RULES, load, rules_of
from scheduler.solve import Search, Settings, conclude, run
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import build, choices, kz, programme, uz, window, write
from tests.rules.agreement import disagreements
from tests.rules.rulebook_cases import RULEBOOK

KINDS = {str(kind.model_fields["type"].default): kind for kind in (*AGREEMENTS, *RULES)}
FEW = 13
"""Cases of at most this number of airings are enumerated completely."""


def _bound_off_by_one(block):
    asked = block.kind != RIGID
    unit = block.miss_step * asked
    lower = np.where(block.lower > -NO_BOUND, block.lower - unit, block.lower)
    return replace(block, lower=lower, upper=np.where(block.upper < NO_BOUND, block.upper + unit, block.upper))


def _wrong_sign(block):
    return replace(block, coefficient=np.where(_asked(block), -block.coefficient, block.coefficient))


def _half_forgotten(block):
    keep = ~_asked(block) | (np.arange(len(block.row)) % 2 == 0)
    return replace(block, row=block.row[keep], column=block.column[keep], coefficient=block.coefficient[keep])


def _rows_mixed_up(block):
    asked = np.flatnonzero(np.broadcast_to(block.kind, len(block)) != RIGID)
    moved = np.arange(len(block))
    moved[asked] = np.roll(asked, 1)
    return replace(block, row=moved[block.row])


def _columns_forgotten(block):
    if block.columns is None:
        return block
    own = block.columns
    return replace(block, columns=replace(own, complete=lambda chosen: own.complete(chosen) * 0))


def _asked(block):
    return (np.broadcast_to(block.kind, len(block)) != RIGID)[block.row]


MISTAKES = [_bound_off_by_one, _wrong_sign, _half_forgotten]
WITH_COLUMNS = ("link_up", "strand", "dubbing", "budget", "supply", "premiere", "cool_down", "allowance", "either_or")


def _seen(kind, mistake, monkeypatch, tmp_path):
    right = KINDS[kind].rows
    monkeypatch.setattr(KINDS[kind], "rows", lambda self, airings: [mistake(one) for one in right(self, airings)])
    for number, (_, most, spec) in enumerate(RULEBOOK[kind]):
        wrong, _ = disagreements(load(write(tmp_path / str(number), spec)), most, enough=1)
        if wrong:
            return True
    return False


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__.strip("_"))
@pytest.mark.parametrize("kind", RULEBOOK)
def test_a_mistake_in_the_rows_is_seen(kind, mistake, monkeypatch, tmp_path):
    assert _seen(kind, mistake, monkeypatch, tmp_path)


@pytest.mark.parametrize("kind", WITH_COLUMNS)
def test_forgotten_columns_are_seen(kind, monkeypatch, tmp_path):
    assert _seen(kind, _columns_forgotten, monkeypatch, tmp_path)


@pytest.mark.parametrize("kind", RULEBOOK)
def test_the_exact_engine_finds_the_best_of_all_timetables(kind, tmp_path):
    tried = 0
    for number, (name, _, spec) in enumerate(RULEBOOK[kind]):
        instance = load(write(tmp_path / str(number), spec))
        airings = build_airings(instance, rules_of(instance))
        if len(airings) > FEW:
            continue
        formulation = formulate(airings)
        best = None
        for chosen in choices(formulation, len(airings)):
            checked = verify(timetable_of(airings, chosen))
            if not checked.broken:
                point = formulation.point(chosen)
                value = -formulation.hard_miss(formulation.misses(point)), checked.value
                best = value if best is None else max(best, value)
        search = Search(formulation, Settings(strategy="exact", time_limit=60, workers=1))
        run(search)
        answer = conclude(airings, search)
        assert not search.faults
        assert search.proven
        assert (-search.best.hard_miss, answer.verification.value) == best, name
        tried += 1
    assert tried, "no case is small enough to be enumerated"


@pytest.mark.parametrize("kind", RULEBOOK)
def test_a_rule_holds_where_nothing_can_air(kind, tmp_path):
    for number, (name, _, spec) in enumerate(RULEBOOK[kind]):
        bare = deepcopy(spec)
        for channel in bare["instance.yaml"]["channels"]:
            channel["windows"] = [{"days": "all", "start": "10:00", "end": "12:00", "accept": {"tag": "no such tag"}}]
        instance = load(write(tmp_path / str(number), bare))
        airings = build_airings(instance, rules_of(instance))
        formulation = formulate(airings)
        assert not len(airings)
        nothing = np.zeros(0, dtype=bool)
        missed = formulation.misses(formulation.point(nothing)) > 0
        rows = {tuple(label) for label in formulation.labels[KEY].to_numpy()[missed]}
        found = verify(timetable_of(airings, nothing)).missed
        assert rows == {(row.rule, row.subject, row.period, row.aspect) for row in found}, name


BANS = {
    "relay": {"starts": ["23:30"], "select": {"genre": "news"}},
    "calendar": {"dates": ["2026-12-08"], "bar": {"genre": "news"}},
}


@pytest.mark.parametrize("kind", BANS)
def test_a_hard_ban_excludes_what_a_soft_one_would_miss(kind, tmp_path):
    shown = [programme("feed", 30, genre="news", delivery="relay", episodes=9), programme("local", 30)]
    frames = {}
    for name, strength in (("hard", {}), ("soft", {"hard": False, "price": 1})):
        rule = {"type": kind, "id": "R", **BANS[kind], **strength}
        instance = build(tmp_path / name, [kz(window("23:00", "24:30"))], shown, rules=[rule], days=2)
        frames[name] = build_airings(instance, rules_of(instance))
    soft = frames["soft"]
    kept = []
    for at in range(len(soft)):
        chosen = np.arange(len(soft)) == at
        if not any(row.rule == "R" for row in verify(timetable_of(soft, chosen)).missed):
            kept.append(tuple(soft.frame.iloc[at]))
    assert 0 < len(kept) < len(soft)
    assert [tuple(row) for row in frames["hard"].frame.to_numpy()] == kept


def test_what_a_link_up_and_the_studios_exclude_is_found_in_a_timetable(tmp_path):
    event = programme("link", 30, delivery="live")
    dub = programme("dub", 30, origin="UZ", versions="kaz:dubbed", original_language="uzb", to_dub="kaz")
    free = build(tmp_path / "free", [kz(window("23:00", "24:00")), uz(window("23:00", "24:00"))], [event, dub])
    rules = [
        {"type": "link_up", "id": "L", "programmes": "link", "channels": ["O.uz"], "at": "2026-12-07T18:30:00Z"},
        {"type": "dubbing", "id": "D", "minutes_per_week": {"kaz": 90}, "ready": "2026-12-08"},
    ]
    channels = [kz(window("23:00", "24:00")), uz(window("23:00", "24:00"))]
    bound = build(tmp_path / "bound", channels, [event, dub], rules=rules)
    loose, strict = build_airings(free, rules_of(free)), build_airings(bound, rules_of(bound))
    names = [bound.programmes[at].programme for at in strict.programme]
    assert names == ["link"]
    for at in range(len(loose)):
        chosen = np.arange(len(loose)) == at
        table = replace(timetable_of(loose, chosen), instance=bound)
        broken = {row.rule for row in verify(table).broken}
        allowed = any((loose.frame.iloc[at] == row).all() for _, row in strict.frame.iterrows())
        assert bool(broken & {"L", "D"}) != allowed
