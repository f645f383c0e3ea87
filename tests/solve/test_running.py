"""A search that is asked to stop, an engine that does not, listeners and disks that fail: nothing found is lost."""

from __future__ import annotations

import threading
import time

import numba
import numpy as np
import pytest

import scheduler.formulation as formulating
import scheduler.solve as solving
from scheduler.airings import build_airings
from scheduler.formulation import HARD_SCALE, MOST_HARD_MISS, formulate
from scheduler.rules import HARD, load, rules_of
from scheduler.solve import Settings, answer_folder, conclude, costs, prepare, run
from scheduler.solve.answer_files import TIMETABLE_FILE
from scheduler.solve.answer_folder import Checkpoint
from scheduler.solve.kernels import jit as compiled
from scheduler.solve.relaxation import lagrangian as bound
from scheduler.timetable import timetable_csv
from tests.builders import choices, write
from tests.solve.cases import INSTANCES, params_of


def prepared(tmp_path, monkeypatch, engine, name="parity", **settings):
    """A search over a tiny instance that `engine` makes."""
    monkeypatch.setitem(solving.STRATEGIES, "made up", engine)
    return prepare(load(write(tmp_path, INSTANCES[name])), Settings("made up", **{"time_limit": 60.0, **settings}))


def better_and_better(search):
    """Admissible choices, each better than the one before."""
    last = None
    for chosen in choices(search.formulation, 5):
        if search.formulation.is_admissible(search.formulation.point(chosen)):
            solution = search.evaluate(chosen)
            if solution.beats(last):
                last = solution
                yield chosen


def test_an_engine_that_does_not_stop_is_abandoned_and_changes_nothing_any_more(tmp_path, monkeypatch):
    first, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def stubborn(search):
        found = list(better_and_better(search))
        search.offer(found[0])
        first.set()
        go_on.wait()
        search.offer(found[-1])
        search.offer_bound(1e9, "late")
        ended.set()

    params = params_of(run={"interrupt_grace": 0.2})
    airings, search = prepared(tmp_path, monkeypatch, stubborn, params=params)

    def interrupt():
        if first.is_set() and not search.interrupted:
            search.interrupt()

    run(search, interrupt)
    before = timetable_csv(conclude(airings, search).timetable)
    go_on.set()
    assert ended.wait(10)
    assert timetable_csv(conclude(airings, search).timetable) == before
    assert search.bound is None
    assert search.faults == []


def test_an_engine_that_overruns_its_limit_is_reported(tmp_path, monkeypatch):
    go_on = threading.Event()

    def late(search):
        search.offer(search.formulation.locked)
        go_on.wait()

    _, search = prepared(tmp_path, monkeypatch, late, time_limit=0.1, params=params_of(run={"grace": 0.2}))
    run(search)
    go_on.set()
    assert "did not stop at its limit" in search.faults[0]
    assert not search.interrupted


def test_what_is_found_soon_after_a_write_is_on_disk_before_the_search_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(answer_folder, "KEEP_EVERY", 0.5)
    monkeypatch.setattr(answer_folder, "KEEP_SHARE", 1.0)
    seen = []

    def two_and_wait(search):
        found = list(better_and_better(search))
        search.offer(found[0])
        time.sleep(0.3)
        search.offer(found[-1])
        time.sleep(1.5)
        seen.append((tmp_path / "out" / TIMETABLE_FILE).read_text(encoding="utf-8"))

    airings, search = prepared(tmp_path, monkeypatch, two_and_wait)
    (tmp_path / "out").mkdir()
    checkpoint = Checkpoint(airings, tmp_path / "out")
    run(search, lambda: checkpoint.keep(search))
    assert not search.faults
    assert seen == [timetable_csv(conclude(airings, search).timetable)]


def test_a_disk_that_fails_once_costs_nothing(tmp_path, monkeypatch):
    real, failed = answer_folder.write_together, []

    def fails_once(path, text, **removed):
        if not failed:
            failed.append(path)
            raise OSError(28, "No space left on device", str(path))
        real(path, text, **removed)

    def once(search):
        search.offer(search.formulation.locked)
        time.sleep(1.0)

    monkeypatch.setattr(answer_folder, "write_together", fails_once)
    monkeypatch.setattr(answer_folder, "KEEP_EVERY", 0.2)
    monkeypatch.setattr(answer_folder, "KEEP_SHARE", 1.0)
    airings, search = prepared(tmp_path, monkeypatch, once, name="no rules")
    (tmp_path / "out").mkdir()
    checkpoint = Checkpoint(airings, tmp_path / "out")
    run(search, lambda: checkpoint.keep(search))
    assert not search.faults
    assert (tmp_path / "out" / TIMETABLE_FILE).read_text(encoding="utf-8")


def test_a_listener_that_fails_does_not_end_the_engine(tmp_path, monkeypatch):
    def improving(search):
        for chosen in better_and_better(search):
            search.offer(chosen)

    def closed(search):
        raise BrokenPipeError("the terminal is gone")

    _, search = prepared(tmp_path, monkeypatch, improving)
    search.listener = closed
    run(search)
    assert len(search.trajectory) > 1
    assert search.faults == ["BrokenPipeError: the terminal is gone; improvements are no longer reported"]


def test_a_bound_below_a_confirmed_value_is_left_out_and_proves_nothing(tmp_path, monkeypatch):
    def wrong(search):
        chosen = list(better_and_better(search))[-1]
        search.offer_bound(search.evaluate(chosen).value - 1, "wrong")
        search.offer(chosen)

    airings, search = prepared(tmp_path, monkeypatch, wrong, name="no rules")
    run(search)
    answer = conclude(airings, search)
    assert answer.status == "feasible"
    assert (search.bound, search.bounds, search.gap()) == (None, {}, None)
    assert "is below the value" in search.faults[0]


def test_the_bound_that_costs_give_is_rounded_outward(tmp_path, monkeypatch):
    _, search = prepared(tmp_path, monkeypatch, lambda search: None)
    costs.clause_costs(search, ["P"])
    exact_one = search.bounds["relaxation"]
    monkeypatch.setattr(bound, "float_error", lambda *args: 7.0)
    _, again = prepared(tmp_path, monkeypatch, lambda search: None)
    costs.clause_costs(again, ["P"])
    assert again.bounds["relaxation"] in (exact_one + 6, exact_one + 7)


def test_costs_are_counted_in_work_where_runs_repeat_and_left_out_where_windows_are_too_many(tmp_path, monkeypatch):
    _, search = prepared(tmp_path, monkeypatch, lambda search: None, deterministic=True, workers=1)
    costs.clause_costs(search, ["P"])
    assert search.costs["rows"]
    assert search.meter.work > 0
    _, short = prepared(tmp_path, monkeypatch, lambda search: None, deterministic=True, workers=1, time_limit=1e-6)
    costs.clause_costs(short, ["P"])
    assert not short.costs
    params = params_of(bounding={"most_windows": 1})
    _, large = prepared(tmp_path, monkeypatch, lambda search: None, params=params)
    costs.clause_costs(large, ["P"])
    assert not large.costs
    assert large.reserve == 0.0


@pytest.mark.parametrize("name", INSTANCES)
def test_no_row_is_missed_by_more_than_it_can_be_and_hard_misses_never_overflow(tmp_path, monkeypatch, name):
    instance = load(write(tmp_path, INSTANCES[name]))
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    most = formulation.most_miss()
    for chosen in choices(formulation, 5):
        assert np.all(formulation.misses(formulation.point(chosen)) <= most)
    plain = formulation.hard_weight
    monkeypatch.setattr(formulating, "HARD_SCALE", 2**62)
    capped = formulate(airings).hard_weight
    together = sum(weight * units for weight, units in zip(capped.tolist(), most.tolist(), strict=True))
    assert together <= MOST_HARD_MISS
    assert np.array_equal(plain > 0, formulation.kind == HARD)
    assert np.all(plain <= HARD_SCALE)


def test_code_is_compiled_where_none_can_be_kept(monkeypatch):
    real = numba.njit

    def no_place(**options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr(compiled.numba, "njit", no_place)
    assert compiled.compiled(lambda one: one + 1)(1) == 2
