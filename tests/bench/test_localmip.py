"""Local-MIP as a peer: its solution is read from the program's columns, and its absence has a remedy."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import highspy
import pytest

from scheduler.peers import engines
from scheduler.solve import Settings, prepare
from tests.builders import build, formulated, kept_choices, kz, programme, window


class OfHighs:
    """The part of the library that the peer uses, with HiGHS to solve the file."""

    def __init__(self):
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)  # HiGHS takes one number of threads in a process

    def set_log_obj(self, wanted):
        self.highs.setOptionValue("log_to_console", wanted)

    def set_model_file(self, path):
        assert self.highs.readModel(path) == highspy.HighsStatus.kOk

    def set_random_seed(self, seed):
        self.highs.setOptionValue("random_seed", seed)

    def set_time_limit(self, seconds):
        assert 0 < seconds <= 20

    def run(self):
        print("what the library writes")
        self.highs.run()

    def is_feasible(self):
        return True

    def get_solution(self):
        return list(self.highs.getSolution().col_value)


@pytest.fixture
def instance(tmp_path):
    films = [programme("a", 30, appeal=1.5), programme("b", 60, appeal=1.4), programme("c", 30, appeal=1.1)]
    return build(tmp_path, [kz(window("19:00", "20:30"))], films)


def test_its_solution_is_offered_and_counted_again(instance, monkeypatch):
    monkeypatch.setitem(sys.modules, "localmip_py", SimpleNamespace(LocalMIP=OfHighs))
    _, search = prepare(instance, Settings(time_limit=20, workers=1))
    engines.run_engine("localmip", search)
    assert not search.faults
    assert search.best is not None
    assert search.best.value == max(value for value, _ in kept_choices(formulated(instance)))


def test_where_it_is_not_installed_the_extra_is_named(instance, monkeypatch):
    monkeypatch.setitem(sys.modules, "localmip_py", None)
    _, search = prepare(instance, Settings(time_limit=20, workers=1))
    engines.run_engine("localmip", search)
    assert "parity-scheduler[localmip]" in search.faults[0]
