"""`parity frontier`: the curve against the optimum of every point by itself, its order, its files and its refusals."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from scheduler.cells import Executor, Finished, run_cells
from scheduler.cli.frontier import frontier
from scheduler.frontier import DEFAULTS, AxisError, axis_of, groups_of, rescaled, trace
from scheduler.report.frontier_page import frontier_page, points_frame, slopes
from scheduler.report.language import Language
from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.whole_file import locked
from tests.planned import command

TOY = Path(__file__).resolve().parents[2] / "instances" / "toy"
QUICK = Settings(time_limit=20, workers=1, deterministic=True)
VALUES = [Fraction(number, 20) for number in (9, 1, 5, 3)]
EXACT = DEFAULTS.model_copy(update={"close": 0.0})


@pytest.fixture(scope="module")
def curve():
    return trace(load(TOY), axis_of(load(TOY), "KZ-UZ.minutes.tolerance"), VALUES, QUICK, params=EXACT)


def test_every_point_is_the_optimum_of_its_variant(curve, tmp_path):
    for point in curve.points:
        path = tmp_path / "variant.yaml"
        path.write_text(point.variant, encoding="utf-8")
        alone = solve(load(TOY, [path]), QUICK)
        assert alone.status == "optimal"
        assert point.amount == point.bound == alone.search.best.value


def test_points_go_from_tight_to_loose_and_the_certified_bounds_hold(curve):
    assert [point.x for point in curve.points] == sorted(VALUES)
    values = [point.amount for point in curve.points]
    certified = [point.certified for point in curve.points]
    assert values == sorted(values)
    assert certified == sorted(certified)
    assert all(bound >= value for bound, value in zip(certified, values, strict=True))


def test_values_pass_to_looser_points_and_bounds_to_tighter_ones(curve):
    """With hardly any work a point by itself may find less; together the stairs never fall."""
    short = Settings(time_limit=0.05, workers=1, deterministic=True, strategy="greedy")
    rough = trace(load(TOY), curve.axis, VALUES, short)
    values = [point.amount for point in rough.points if point.amount is not None]
    bounds = [point.bound for point in rough.points if point.bound is not None]
    assert values == sorted(values)
    assert bounds == sorted(bounds)
    for point, best in zip(rough.points, curve.points, strict=True):
        assert point.amount is None or point.amount <= best.amount
        assert point.bound is None or point.bound >= best.amount


def test_a_timetable_of_a_looser_point_serves_tighter_ones_whose_rules_it_keeps(monkeypatch):
    """From 35 % on nothing changes, at 5 % less is possible. Only the loosest point finds something."""

    def only_the_loosest(cells, executor):
        for cell, finished in run_cells(cells, executor):
            if "0.45" not in cell.variants[-1]:
                nothing = {"outcome": "nothing", "verdict": "none", "value": None, "amount": None, "hard_missed": None}
                finished = Finished(result=finished.result.model_copy(update=nothing), files={})
            yield cell, finished

    monkeypatch.setattr("scheduler.frontier.points.run_cells", only_the_loosest)
    axis = axis_of(load(TOY), "KZ-UZ.minutes.tolerance")
    found = trace(load(TOY), axis, [Fraction(number, 100) for number in (5, 35, 45)], QUICK, params=EXACT)
    assert [point.amount for point in found.points] == [None, 558_000, 558_000]
    assert {point.found_at for point in found.points[1:]} == {Fraction(45, 100)}


def test_least_amounts_are_whole_and_go_down():
    axis = axis_of(load(TOY), "KZ-UZ.minutes.day.least")
    assert axis.spaced(Fraction(30), Fraction(61), 3) == [61, 46, 30]


def test_the_table_the_slopes_and_the_page_say_the_same(curve):
    frame = points_frame(curve)
    assert frame["value"].tolist() == [point.amount for point in curve.points]
    first = str(slopes(curve)[0])
    assert first == "from 5 % to 15 %: one per cent less of permitted deviation costs 900 to 900 viewer-minutes"
    for language in ("en", "kk", "ru"):
        page = frontier_page(curve, Language(language))
        assert f'<html lang="{language}">' in page
        assert page.count("<tr>") == 1 + len(curve.points)
        assert Language(language).number(curve.points[0].amount, 0) in page


def test_an_axis_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(AxisError, match=r"KZ-UZ\.minutes\.day\.tolerance, KZ-UZ\.minutes\.day\.least"):
        axis_of(load(TOY), "KZ-UZ.titles.least")


def test_the_command_writes_the_curve_and_an_answer_for_every_point(tmp_path):
    words = ["--x", "KZ-UZ.minutes.least", "--from", "90", "--to", "30", "--points", "2", "--deterministic"]
    out = tmp_path / "out"
    done = CliRunner().invoke(frontier, [str(TOY), *words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert pd.read_csv(out / "points.csv")["x"].tolist() == [90, 30]
    for number in (1, 2):
        folder = out / f"point-{number}"
        code, said = command("check", TOY, folder / "timetable.csv", "--variant", folder / "variant.yaml")
        assert code == 0, said
        assert command("certify", TOY, folder, "--variant", folder / "variant.yaml")[0] == 0
    assert command("frontier", TOY, *words, "--out", out)[0] == 2


def test_a_value_out_of_range_is_refused(tmp_path):
    words = ["--x", "KZ-UZ.minutes.tolerance", "--from", "0.5", "--to", "3", "--points", "2"]
    code, said = command("frontier", TOY, *words, "--out", tmp_path / "out", "-q")
    assert code == 2
    assert "tolerance" in said


def test_points_side_by_side_are_those_one_after_another_and_other_variants_stay(tmp_path):
    path = tmp_path / "renamed.yaml"
    path.write_text("name: renamed\n", encoding="utf-8")
    instance = load(TOY, [path])
    axis = axis_of(instance, "KZ-UZ.minutes.tolerance")
    serial, apart = (trace(instance, axis, VALUES, QUICK, executor=Executor(jobs=jobs)) for jobs in (1, 3))
    assert points_frame(serial).equals(points_frame(apart))
    assert {one.instance.file.name for one in serial.points} == {"renamed"}
    assert '"instance": "renamed"' in serial.points[0].files["result.json"]
    assert [one.files["timetable.csv"] for one in serial.points] == [one.files["timetable.csv"] for one in apart.points]


def test_points_that_others_prove_are_not_solved(tmp_path):
    """From 35 % on nothing changes: at most the two ends are solved and prove all others, certificate included."""
    instance, seen = load(TOY), []
    axis = axis_of(instance, "KZ-UZ.minutes.tolerance")
    values = [Fraction(number, 100) for number in (35, 37, 39, 41, 43, 45)]
    found = trace(instance, axis, values, QUICK, seen.append, params=EXACT)
    assert {point.amount for point in found.points} == {point.bound for point in found.points} == {558_000}
    assert found.solved == len(seen) <= 2
    between = found.points[2]
    assert between.result is None
    for name, text in {"variant.yaml": between.variant, **between.files}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert command("check", TOY, tmp_path / "timetable.csv", "--variant", tmp_path / "variant.yaml")[0] == 0
    code, said = command("certify", TOY, tmp_path, "--variant", tmp_path / "variant.yaml")
    assert code == 0, said


def test_a_folder_in_use_is_refused_before_anything_is_solved(tmp_path, monkeypatch):
    monkeypatch.setattr("scheduler.frontier.trace", lambda *given, **named: pytest.fail("solved"))
    arguments = ["frontier", TOY, "--x", "KZ-UZ.minutes.tolerance", "--from", "0.4", "--to", "0.45", "--points", "2"]
    with locked(tmp_path):
        code, said = command(*arguments, "--out", tmp_path)
    assert code == 2
    assert "is in use" in said
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert command(*arguments, "--out", tmp_path / "file")[0] == 2


@pytest.mark.parametrize("count", [2, 3, 4, 9, 10])
@pytest.mark.parametrize("together", [1, 3])
def test_groups_hold_every_point_once_the_ends_first(count, together):
    groups = groups_of(count, together)
    assert groups[:2] == [[0], [count - 1]]
    assert sorted(at for group in groups for at in group) == list(range(count))
    assert max(map(len, groups)) <= together


def test_a_certificate_fits_rows_with_another_denominator(curve):
    """Band rows of 5 % and of 25 % are stated with different denominators; rescaled multipliers mean the same price."""
    from scheduler.certify import Certificate, certified_bound, certified_program
    from tests.builders import formulated

    tight, loose = curve.points[0], curve.points[2]
    origin, here = (certified_program(formulated(one.instance)) for one in (tight, loose))
    assert (origin.miss_step != here.miss_step).any()
    certificate = Certificate.model_validate_json(tight.files["certificate.json"])
    moved = rescaled(certificate, origin, here)
    changed = [row for row in certificate.rows.row if origin.miss_step[row] != here.miss_step[row]]
    before = dict(zip(certificate.rows.row, certificate.rows.multiplier, strict=True))
    after = dict(zip(moved.rows.row, moved.rows.multiplier, strict=True))
    for row in changed:
        assert abs(after[row] * int(here.miss_step[row]) - before[row] * int(origin.miss_step[row])) <= int(
            here.miss_step[row]
        )
    assert certified_bound(here, moved) >= loose.amount
    assert rescaled(certificate, origin, origin) == certificate
