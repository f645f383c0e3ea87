"""Other objectives than the value: against brute force, counted twice, certified, on a frontier, and refused."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.certify import certified_bound, certified_program
from scheduler.formulation import formulate
from scheduler.frontier import DEFAULTS, AxisError, axis_of, trace
from scheduler.objective import ObjectiveError, objective_of, objectives
from scheduler.report.frontier_page import frontier_page, point_message, points_frame, slopes
from scheduler.report.language import Language
from scheduler.rules import rules_of
from scheduler.solve import EngineError, Settings, conclude, prepare, solve
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import anchor, build, content, kept_choices, kz, programme, uz, window, write
from tests.planned import command

SETTINGS = Settings(time_limit=20, workers=1, deterministic=True)
NAMES = [
    "audience",
    "KZ-UZ.minutes",
    "KZ-UZ.KZ.minutes",
    "KZ-UZ.UZ.first_run_minutes",
    "KZ-UZ.prime_minutes",
    "KZ-UZ.audience",
    "KZ-UZ.runs",
    "KZ-UZ.minutes of film",
]


def spec(hard=True):
    programmes = [
        programme("k1", 60, versions="kaz:original;uzb:dubbed"),
        programme("k2", 90, genre="film", versions="kaz:original;uzb:subtitled"),
        programme("u1", 60, origin="UZ", versions="uzb:original;kaz:dubbed"),
        programme("u2", 30, origin="UZ:0.5;KZ:0.5", versions="uzb:original;kaz:dubbed"),
    ]
    price = {} if hard else {"hard": False, "price": 100}
    agreements = [
        {
            "type": "parity", "id": "KZ-UZ", "parties": ["KZ", "UZ"], **price,
            "measures": [
                {"measure": "minutes", "period": "day", "tolerance": 0.5, "least": 30},
                {"measure": "minutes", "period": "horizon", "select": {"genre": "film"}, "tolerance": 0.9, "floor": 90},
            ],
        }
    ]  # fmt: skip
    rules = [
        {"type": "quota", "id": "SOFT", "territories": ["KZ"], "select": {"origin": "domestic"}, "least_minutes": 90,
         "period": "day", "hard": False, "price": 2000}
    ]  # fmt: skip
    anchors = [anchor("feed", "O.uz", "21:00", "21:30", origin="KZ", audio="uzb", serves=["KZ-UZ"])]
    channels = [
        kz(window("18:00", "19:30", accept={"origin": "UZ"})),
        uz(window("18:30", "20:00", accept={"origin": "KZ"})),
    ]
    return (channels, programmes), {"rules": rules, "agreements": agreements, "anchors": anchors}


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    args, more = spec()
    more["anchors"] = []
    return build(tmp_path_factory.mktemp("tiny") / "tiny", *args, **more)


@pytest.fixture(scope="module")
def every(instance):
    """The timetables that keep the hard rows, each with its check."""
    airings = build_airings(instance, rules_of(instance))
    found = [timetable_of(airings, chosen) for _, chosen in kept_choices(formulate(airings, rules_of(instance)))]
    assert len(found) > 20  # of them the best is found by looking at each
    return [(one, verify(one)) for one in found]


@pytest.mark.parametrize("name", NAMES)
def test_the_most_of_each_figure_is_found_bounded_and_certified(instance, every, name):
    objective = objective_of(instance, name)
    most = max(objective.counted(timetable, checked) for timetable, checked in every)
    answer = solve(instance, replace(SETTINGS, objective=name))
    assert answer.search.best.value == most
    assert answer.search.bound == most
    assert answer.certificate.objective == name
    assert answer.certified_bound >= most


def test_the_figures_differ_from_the_value(instance, every):
    """The best timetable of one figure is not that of another: the objectives are not one and the same."""
    best = {}
    for name in ("value", *NAMES):
        objective = objective_of(instance, name)
        amounts = [objective.counted(timetable, checked) for timetable, checked in every]
        best[name] = {at for at, amount in enumerate(amounts) if amount == max(amounts)}
    assert len({frozenset(one) for one in best.values()}) >= 5


def test_every_timetable_counts_the_same_in_the_rows_and_minute_by_minute(instance, every):
    rules = rules_of(instance)
    airings = build_airings(instance, rules)
    formulation = formulate(airings, rules)
    for name in NAMES:
        objective = objective_of(instance, name)
        laid = objective.applied_to(formulation, airings)
        for (timetable, checked), (_, chosen) in zip(every[::7], kept_choices(formulation)[::7], strict=True):
            assert laid.audience(laid.point(chosen)) == objective.counted(timetable, checked), name


def test_an_amount_that_the_check_does_not_count_is_refused(instance, monkeypatch):
    airings, search = prepare(instance, replace(SETTINGS, objective="KZ-UZ.minutes"))
    search.offer(np.zeros(len(airings), dtype=bool))
    monkeypatch.setattr("scheduler.objective.exchanged", lambda *_: {"horizon": 7})
    with pytest.raises(EngineError, match=r"parts of KZ-UZ\.minutes"):
        conclude(airings, search)


def test_result_json_states_no_bound_of_another_figure(instance, tmp_path):
    from scheduler.solve.answer_files import result_text

    answer = solve(instance, replace(SETTINGS, objective="KZ-UZ.minutes"))
    written = json.loads(result_text(answer))
    assert written["parameters"]["objective"] == "KZ-UZ.minutes"
    assert written["value"] == verify(answer.timetable).value
    assert [written[name] for name in ("bound", "certified_bound", "gap", "bounds")] == [None, None, None, {}]
    assert written["status"] == "feasible"


def test_unknown_figures_and_those_that_count_once_are_refused(instance):
    for name in ("KZ-UZ.titles", "KZ.minutes", ""):
        with pytest.raises(ObjectiveError, match=r"cannot be maximised; there are: value, audience, KZ-UZ\.minutes"):
            objective_of(instance, name)
    names = [one.name for one in objectives(instance)]
    assert len(names) == len(set(names))
    assert {"value", *NAMES} <= set(names)


def test_a_certificate_of_a_figure_bounds_it_for_every_timetable(instance, every):
    """Also at multipliers of another figure: any multipliers give a bound."""
    rules = rules_of(instance)
    airings = build_airings(instance, rules)
    answers = {name: solve(instance, replace(SETTINGS, objective=name)) for name in ("KZ-UZ.minutes", "audience")}
    for name in NAMES:
        objective = objective_of(instance, name)
        program = certified_program(objective.applied_to(formulate(airings, rules), airings))
        most = max(objective.counted(timetable, checked) for timetable, checked in every)
        for answer in answers.values():
            assert certified_bound(program, answer.certificate) >= most


def test_a_frontier_of_a_figure_against_brute_force_with_its_files(instance, every, tmp_path):
    axis = axis_of(instance, "KZ-UZ.minutes.day.least")
    exact = DEFAULTS.model_copy(update={"close": 0.0})
    curve = trace(instance, axis, [60, 90, 30], replace(SETTINGS, objective="KZ-UZ.UZ.minutes"), params=exact)
    objective, scale = curve.objective, instance.contents.share_scale
    assert scale == objective.scale == 2
    sides = [objective_of(instance, f"KZ-UZ.{party}.minutes") for party in ("KZ", "UZ")]
    for point in curve.points:
        kept = [
            objective.counted(*one) for one in every if all(side.counted(*one) >= point.x * scale for side in sides)
        ]
        assert point.amount == max(kept, default=None)
        assert kept or point.amount is None
        if kept:
            assert point.bound == point.amount <= point.certified
    frame = points_frame(curve)
    shown = [None if one.amount is None else float(objective.amount(one.amount)) for one in curve.points]
    assert [None if one != one else one for one in frame["y"].tolist()] == shown
    assert "value" in frame
    assert slopes(curve)[-1].key.startswith("from {tight} to {loose}: one unit more of {measure}")
    assert str(slopes(curve)[-1]).endswith(" minutes")
    assert "minutes, bound" in str(point_message(curve, curve.points[-1]))
    for language in ("en", "kk", "ru"):
        assert "KZ-UZ" in frontier_page(curve, Language(language))


def test_the_command_certifies_another_figure(tmp_path):
    args, more = spec()
    folder, out = write(tmp_path / "tiny", content(*args, **{**more, "anchors": []})), tmp_path / "out"
    words = ["--x", "KZ-UZ.minutes.day.least", "--from", "30", "--to", "0", "--points", "2", "--deterministic"]
    code, said = command("frontier", folder, *words, "--y", "KZ-UZ.runs", "--out", out, "-q")
    assert code == 0, said
    point = out / "point-1"
    code, said = command("certify", folder, point, "--variant", point / "variant.yaml")
    assert code == 0, said
    assert "runs (KZ-UZ: runs, both ways)" in said
    code, said = command("certify", folder, point, "--variant", point / "variant.yaml", "--json")
    assert json.loads(said)["certified_bound"] >= json.loads(said)["amount"]
    for refused in ("KZ-UZ.titles", "nothing"):
        code, said = command("frontier", folder, *words, "--y", refused, "--out", tmp_path / "no", "-q")
        assert code == 2
        assert "cannot be maximised" in said


def test_a_soft_axis_is_refused_where_nothing_has_a_price(tmp_path):
    args, more = spec(hard=False)
    soft = build(tmp_path / "soft", *args, **{**more, "anchors": []})
    axis = axis_of(soft, "KZ-UZ.minutes.day.tolerance")
    with pytest.raises(AxisError, match="soft rules have no price"):
        trace(soft, axis, [1], replace(SETTINGS, objective="audience"))
