"""Ratings: appeals and curve of a synthetic log against the truth, forecasts of unseen weeks, and the command."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from scheduler.cli.main import parity
from scheduler.instance import InputError
from scheduler.ratings import RatingsParams, evaluate, fit_ratings, read_log, rolling
from scheduler.ratings.fit import Pieces
from scheduler.ratings.log import title_key
from scheduler.rules import load
from tests.ratings.logs import CURVE, as_csv, synthetic

TOY = Path(__file__).resolve().parents[2] / "instances" / "toy"


@pytest.fixture(scope="module")
def known():
    return synthetic()


def test_appeals_lie_within_their_standard_error(known):
    """For a normal error 68 % of all titles lie within one standard error and 95 % within two."""
    log, true = known
    fit = fit_ratings(log, log["kind"], RatingsParams(half_life_days=10_000))
    off = (fit.titles["appeal"] - pd.Series(true)).abs() / fit.titles["error"]
    assert (off <= 1).mean() >= 0.55
    assert (off <= 2).mean() >= 0.9
    assert (off <= 3.5).all()


def test_the_curve_is_found(known):
    log, _ = known
    fit = fit_ratings(log, log["kind"], RatingsParams(half_life_days=10_000, passes=10))
    busy = slice(6, 24)
    assert fit.curve[0, busy] == pytest.approx(CURVE[busy], rel=0.15)
    assert fit.curve[1, busy] == pytest.approx(1.2 * CURVE[busy], rel=0.2)


def test_pieces_hold_every_minute_once_and_know_the_night_after():
    log = pd.DataFrame({"start": pd.to_datetime(["2026-01-02 23:30"]), "minutes": [90.0]})
    pieces = Pieces.of(log)
    assert pieces.hour.tolist() == [23, 0]
    assert pieces.kind.tolist() == [0, 1]  # Friday, then Saturday
    assert pieces.share == pytest.approx([1 / 3, 2 / 3])


def steady(first, last, viewers=1000.0):
    """A log of one title, twice a day, always with the same viewers."""
    start = pd.date_range(first, last, freq="12h", inclusive="left")
    frame = {"start": start, "minutes": 60.0, "title": "a", "key": "a", "kind": "drama", "viewers": viewers}
    return pd.DataFrame(frame)


def test_the_season_of_a_year_before_moves_the_level():
    """The same weeks a year before had half of the level of the days before them: so will these."""
    log = steady("2024-12-01", "2026-03-01")
    low = log["start"].between("2025-03-02", "2025-03-16")
    log.loc[low, "viewers"] = 500.0
    coming = {"forecast_from": pd.Timestamp("2026-03-01"), "forecast_weeks": 2}
    whole = fit_ratings(log, log["kind"], RatingsParams(season_share=1.0), **coming)
    assert whole.season_known
    assert whole.season == pytest.approx(0.5, abs=0.01)
    assert fit_ratings(log, log["kind"], RatingsParams(season_share=0.5), **coming).season == pytest.approx(
        0.71, abs=0.01
    )
    assert fit_ratings(log, log["kind"], RatingsParams(season_share=0.0), **coming).factor == pytest.approx(1, abs=0.03)
    later = {"forecast_from": pd.Timestamp("2027-02-28"), "forecast_weeks": 2}
    assert fit_ratings(log, log["kind"], RatingsParams(season_share=1.0), **later).season == pytest.approx(
        0.5, abs=0.01
    )
    assert not fit_ratings(log[-300:], log["kind"][-300:], **coming).season_known


def test_the_level_of_the_last_weeks_goes_on():
    """A channel that lost a third of its viewers two months ago is forecast at what it has now."""
    log = steady("2025-01-01", "2026-01-01")
    log.loc[log["start"] >= "2025-11-01", "viewers"] = 670.0
    fit = fit_ratings(log, log["kind"])
    assert fit.forecast(log, log["kind"])[-50:].mean() == pytest.approx(670, rel=0.02)
    assert fit.level < 0.9


def test_earlier_ends_know_nothing_of_later_weeks():
    """Whatever comes after the weeks that a window forecasts leaves its figures as they are."""
    log, _ = synthetic(days=160)
    changed = log.assign(viewers=log["viewers"].where(log["start"] < log["start"].max() - pd.Timedelta(days=20), 1.0))
    before, after = (rolling(one, one["kind"], 3) for one in (log, changed))
    assert len(before) == 3
    assert before[0].error != after[0].error
    assert (before[2].error, before[2].bias) == (after[2].error, after[2].bias)


def test_carry_over_is_found():
    rng = np.random.default_rng(4)
    base = rng.uniform(500, 2000, 400)
    viewers = [1000.0]
    for number in range(1, len(base)):
        viewers.append(0.7 * base[number] + 0.3 * viewers[-1])
    log = pd.DataFrame({"start": pd.date_range("2026-01-05", periods=400, freq="1h"), "minutes": 60.0})
    log = log.assign(title="", kind="", viewers=viewers)
    log["key"] = [f"title {round(size)}" for size in base]
    fit = fit_ratings(log, log["kind"], RatingsParams(title_prior=0, genre_prior=0, half_life_days=10_000))
    assert 0 <= fit.carry_over <= 0.3


def test_unseen_weeks_are_forecast_better_with_appeals(known):
    """With a noise of 0.3 the error of a perfect forecast is about 0.24; the hour alone ignores the title."""
    log, _ = known
    held = evaluate(log, log["kind"])
    assert held.error < 0.8 * held.error_hour
    assert held.error < 0.30
    assert abs(held.bias) < 0.05
    assert evaluate(log[:100], log["kind"][:100]) is None


def test_titles_are_compared_as_people_read_them():
    assert title_key("Ауа райы  (каз)") == title_key("ауа\u00a0райы")
    assert title_key("(каз)") == "(каз)"


def test_a_log_is_read_as_people_write_it(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("Күні;начало;title;viewers\n07.12.2026;24:30;Film;16 000\n2026-12-08;18:05:30;News;7,5\n")
    log = read_log([path], {"date": "Күні", "start": "начало"})
    assert log["start"].tolist() == [pd.Timestamp("2026-12-08 00:30"), pd.Timestamp("2026-12-08 18:05:30")]
    assert log["viewers"].tolist() == [16000, 7.5]
    assert log["minutes"].tolist() == [240, 30]  # a gap is cut, the last row has no next


def test_cells_that_cannot_be_read_are_named(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("date,start,title,viewers\n31.02.2026,18:00,Film,1\n2026-12-07,118:30,,many\n")
    with pytest.raises(InputError) as error:
        read_log([path])
    assert [str(problem) for problem in error.value.problems] == [
        "log.csv:2:1: date: expected a date such as 2026-12-07 or 07.12.2026, got '31.02.2026'",
        "log.csv:3:2: start: expected a clock time such as 18:30 or 18:30:05, got '118:30'",
        "log.csv:3:3: title: is empty",
        "log.csv:3:4: viewers: expected a number of persons, got 'many'",
    ]


@pytest.fixture
def plan(tmp_path):
    return Path(shutil.copytree(TOY, tmp_path / "plan"))


def run(*args):
    return CliRunner().invoke(parity, ["import", "ratings", *map(str, args)], standalone_mode=False)


def test_the_command_writes_curve_and_appeals_and_a_page(plan, tmp_path, known):
    log, true = known
    instance = load(plan)
    channel, programme = instance.channels[0].id, instance.programmes[0]
    renamed = log.assign(title=log["title"].where(log["title"] != "Title 03", programme.title.upper()))
    path = tmp_path / "log.csv"
    path.write_text(as_csv(renamed))
    done = run(path, "--into", plan, "--channel", channel, "--page", tmp_path / "page.html", "--force")
    assert done.exception is None, done.output
    after = load(plan)
    audience = pd.read_csv(plan / "audience.csv")
    assert len(audience[audience["channel"] == channel]) == 48
    fitted = after.programmes[0]
    assert float(fitted.appeal) == pytest.approx(true["title 03"], abs=0.15)
    assert "appeal fitted from ratings" in fitted.source
    page = (tmp_path / "page.html").read_text()
    assert "How well it forecasts" in page
    assert "fitted, not measured" in page
    assert "All parameters have their default." in page


def test_nothing_is_written_without_force_or_in_a_dry_run(plan, tmp_path, known):
    log, _ = known
    channel = load(plan).channels[0].id
    path = tmp_path / "log.csv"
    path.write_text(as_csv(log))
    before = {file.name: file.read_bytes() for file in plan.iterdir()}
    assert "would be replaced" in str(run(path, "--into", plan, "--channel", channel, "--quiet").exception.message)
    assert run(path, "--into", plan, "--channel", channel, "--dry-run").exception is None
    assert {file.name: file.read_bytes() for file in plan.iterdir()} == before


def test_a_log_to_a_day_says_what_was_known_then(plan, tmp_path, known):
    log, _ = known
    channel = load(plan).channels[0].id
    path, short = tmp_path / "log.csv", tmp_path / "short.csv"
    path.write_text(as_csv(log))
    short.write_text(as_csv(log[log["start"] < "2026-06-02"]))
    asked = ("--into", plan, "--channel", channel, "--hold-out-weeks", 3, "--windows", 2, "--dry-run")
    to_day, short_log = run(path, *asked, "--until", "01.06.2026"), run(short, *asked)
    assert "How well it would have forecast earlier weeks" in to_day.output
    # the second row is an earlier end; at the latest one the shorter log does not know how long its last airing is
    rows = [[line for line in done.output.splitlines() if " 2026 to " in line] for done in (to_day, short_log)]
    assert rows[0][1] == rows[1][1]
    assert rows[0][1] not in run(path, *asked).output
    assert "Parameters that differ from the default: holdout_weeks = 3." in to_day.output


def test_the_map_of_a_log_is_remembered(plan, tmp_path, known):
    log, _ = known
    channel = load(plan).channels[0].id
    path = tmp_path / "log.csv"
    path.write_text(as_csv(log).replace("viewers", "Panel", 1))
    asked = (path, "--into", plan, "--channel", channel, "--force", "--quiet")
    assert "no column is 'viewers'" in str(run(*asked).exception.message)
    assert run(*asked, "--map", "viewers=Panel").exception is None
    assert "viewers: Panel" in (plan / "imports.yaml").read_text()
    assert run(*asked).exception is None


def test_params_have_ranges():
    with pytest.raises(ValueError, match=r"passes\n.*greater than or equal to 1"):
        RatingsParams(passes=0)
