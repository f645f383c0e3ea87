"""The figures by which runs are compared, on cases that can be counted by hand."""

import math
import re

import pytest

from scheduler.bench.measure import best_bounds, best_values, primal_gap, primal_integral, shifted_geometric_mean
from scheduler.bench.tables import changes, contradictions, counts, reference_values, summary_rows
from scheduler.bench.words import comparison_lines, summary_lines
from scheduler.report.language import Language
from tests.bench.rows import row


def test_the_shifted_geometric_mean():
    assert shifted_geometric_mean([3.0, 15.0], 1.0) == pytest.approx(math.sqrt(4 * 16) - 1)
    assert shifted_geometric_mean([], 1.0) is None


@pytest.mark.parametrize(("value", "gap"), [(None, 1.0), (100, 0.0), (90, 0.1), (110, 0.0), (-5, 1.0), (0, 1.0)])
def test_the_primal_gap(value, gap):
    assert primal_gap(value, 100) == pytest.approx(gap)


def test_the_primal_integral_counts_the_time_without_an_answer_whole():
    points = row(points=[(2.0, 50, 100), (6.0, 100, 100)]).trajectory
    assert primal_integral(points, 100, 10.0) == pytest.approx((2 * 1 + 4 * 0.5) / 10)
    assert primal_integral((), 100, 10.0) == 1.0
    assert primal_integral(points, 100, 2.0) == 1.0


def test_a_timetable_that_misses_a_hard_rule_is_no_answer():
    missed = row(value=99, verdict="hard_missed", outcome="hard_missed", engine="greedy")
    rows = [missed, row(value=95)]
    assert best_values(rows) == {"toy-1-0.9": 95}
    assert [line.answers for line in summary_rows(rows, reference_values(rows, {}))] == [0, 1]
    late = missed.trajectory[0].model_copy(update={"hard_miss": 7})
    assert primal_integral((late,), 99, 10.0) == 1.0


def test_gaps_are_taken_to_the_best_bound_of_all():
    rows = [row(value=95, bound=100), row(engine="highs", value=90, bound=98)]
    assert best_bounds(rows) == {"toy-1-0.9": 98}
    ours, highs = summary_rows(rows, reference_values(rows, {}))
    assert ours.gap == pytest.approx(3 / 98)
    assert ours.own_gap == pytest.approx(0.05)
    assert highs.gap == pytest.approx(8 / 98)
    assert (ours.wins, highs.wins) == (1, 0)


def test_an_instance_counts_where_greedy_is_far_below_the_bound():
    close, far = row(engine="greedy", value=96), row("toy-2-0.9", "greedy", value=94)
    none = row("toy-3-0.9", "greedy", value=99, verdict="hard_missed", outcome="hard_missed")
    rows = [close, far, none]
    assert counts(rows, reference_values(rows, {})) == {"toy-1-0.9": False, "toy-2-0.9": True, "toy-3-0.9": True}
    assert "2 of 3 instances count" in "\n".join(summary_lines(rows, reference_values(rows, {})))


def test_a_value_above_a_bound_is_called_a_contradiction():
    rows = [row(value=95), row(engine="wrong", value=90, bound=94)]
    found = contradictions(rows, reference_values(rows, {}))
    assert len(found) == 1
    assert "wrong's bound 94 is below the value 95" in str(found[0])
    assert "CONTRADICTIONS" in summary_lines(rows, reference_values(rows, {}))


def test_runs_are_compared_on_the_same_state_of_an_instance_only():
    before = [row(value=90), row("toy-2-0.9", value=90)]
    after = [row(value=95), row("toy-2-0.9", value=95, instance_sha256="1" * 64)]
    found = changes(before, after)
    assert [change.value_change for change in found] == [pytest.approx(5 / 90)]
    said = "\n".join(comparison_lines(found))
    assert "+5.556 %" in said
    assert "no run of the first file" in comparison_lines([])[0]


@pytest.mark.parametrize("code", ["kk", "ru"])
def test_the_tables_are_in_the_chosen_language(code):
    """Only names of suites, instances and engines and the codes of outcomes are left in Latin letters."""
    rows = [row(value=95), row(engine="greedy", value=90, bound=94), row("toy-2-0.9")]
    language = Language(code)
    lines = summary_lines(rows, reference_values(rows, {}), language)
    lines += comparison_lines(changes(rows, [row(value=91)]), language) + comparison_lines([], language)
    names = {one for each in rows for one in (each.suite, each.engine, each.outcome, each.verdict)}
    words = {word for line in lines for word in re.findall(r"[A-Za-z_]{2,}", line)}
    assert words <= names | {"toy"}
    assert any("," in line and "." not in line for line in lines), "decimals have a comma"
