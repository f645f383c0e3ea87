"""How sister channels share a title: rows against the check on every small timetable, and the best of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.explain import explain
from scheduler.instance import InputError
from scheduler.rules import rules_of
from scheduler.solve import Budget, Settings, solve
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import build, formulated, kept_choices, kz
from tests.recount.compare import checked, differences
from tests.recount.mutate import text_of
from tests.rules.agreement import assert_the_best_is_found, disagreements
from tests.rules.over_time import rows_of
from tests.rules.sharing_cases import CASES, EVENING, FILM, SISTER

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance


def built(folder: Path, name: str, **more: Any) -> Instance:
    case = {**CASES[name], **more}
    return build(folder, case.pop("channels"), case.pop("programmes"), **case)


def with_barred(instance: Instance) -> int:
    """Compare the check and `admit`: a timetable with one airing that `admit` excludes is broken, others are not."""
    airings = build_airings(instance, [rule for rule in rules_of(instance) if rule.id != "sharing"])
    (sharing,) = (rule for rule in rules_of(instance) if rule.id == "sharing")
    admitted = sharing.admit(airings)
    assert admitted is not None
    for at in np.flatnonzero(~airings.past).tolist():
        chosen = airings.past.copy()
        chosen[at] = True
        said = [one.text for one in verify(timetable_of(airings, chosen)).broken if one.rule == "sharing"]
        assert bool(said) != bool(admitted[at]), (airings.frame.iloc[at].to_dict(), said)
    return int(np.count_nonzero(~admitted))


@pytest.mark.parametrize("name", CASES)
def test_rows_and_check_agree_on_every_small_timetable(tmp_path, name):
    wrong, seen = disagreements(built(tmp_path, name), 4)
    assert not wrong, "\n".join(wrong)
    assert seen["timetables"] > 1


@pytest.mark.parametrize("name", [name for name in CASES if "series" not in name])
def test_what_is_no_candidate_is_what_the_check_refuses(tmp_path, name):
    bars = name.startswith(("exclusive", "not before")) or "aired" in name
    assert bool(with_barred(built(tmp_path, name))) == bars


@pytest.mark.parametrize("name", CASES)
def test_the_best_of_all_timetables_is_found_and_a_bound_is_one(tmp_path, name):
    instance = built(tmp_path, name)
    assert_the_best_is_found(instance)
    best = max(value for value, _ in kept_choices(formulated(instance)))
    search = solve(instance, Settings(strategy="scale", time_limit=5, workers=1)).search
    assert search.best is None or search.best.value <= best
    assert search.bound is None or search.bound >= best


@pytest.mark.parametrize("name", ["a second window of a series", "exclusive for two days", "not before a day"])
def test_rights_cost_audience_where_they_bind(tmp_path, name):
    case = dict(CASES[name])
    plain = {"sharing": "", "holdback_days": "", "exclusive": "", "exclusive_until": "", "not_before": ""}
    values = []
    for number, programmes in enumerate((case["programmes"], [{**one, **plain} for one in case["programmes"]])):
        (tmp_path / str(number)).mkdir()
        instance = built(tmp_path / str(number), name, programmes=programmes)
        values.append(max(value for value, _ in kept_choices(formulated(instance))))
    assert values[0] < values[1]


@pytest.mark.parametrize("name", CASES)
def test_the_second_count_says_the_same(tmp_path, name):
    """Timetables of one to five airings, some with what the rights bar, counted again from the files."""
    rng, missed = np.random.default_rng(5), 0
    instance = built(tmp_path, name)
    airings = build_airings(instance, [rule for rule in rules_of(instance) if rule.id != "sharing"])
    open_ = airings.frame[~airings.past].drop_duplicates(["content", "channel", "start"]).index.to_numpy()
    for count in (1, 2, 2, 3, 3, 4, 5):
        chosen = airings.past.copy()
        chosen[rng.choice(open_, min(count, len(open_)), replace=False)] = True
        rows = [row for row in rows_of(timetable_of(airings, chosen)) if _key(row) not in _history(instance)]
        text = text_of(rows)
        _, wrong = differences(instance.folder, text)
        assert not wrong
        missed += any(rule == "sharing" for rule, *_ in checked(instance.folder, text))
    assert missed


def _key(row: dict[str, str]) -> tuple[str, str]:
    return row["channel"], row["start_utc"]


def _history(instance: Instance) -> set[tuple[str, str]]:
    return {(row.channel, f"{row.start_utc:%Y-%m-%dT%H:%MZ}") for row in instance.history}


def test_a_simulcast_is_one_run(tmp_path):
    film = {**FILM, "sharing": "simulcast", "appeal": 3}
    answer = solve(
        built(tmp_path, "a simulcast", programmes=[film]), Settings(strategy="exact", time_limit=20, workers=1)
    )
    assert answer.timetable is not None
    begins = [answer.timetable.start[at] for at in answer.timetable.planned]
    assert len(begins) == 2
    assert len(set(begins)) == 1


FILMS = {"type": "quota", "id": "films", "select": {"genre": "film"}, "least_minutes": 30, "period": "horizon"}


@pytest.mark.parametrize(
    ("rights", "remedy"),
    [
        ({"sharing": "second_window", "holdback_days": 4}, ("holdback_days", 4, 2)),
        ({"exclusive": "Q.kz"}, ("exclusive", ("Q.kz",), ("Q.kz", "R.kz"))),
        ({"exclusive": "Q.kz", "exclusive_until": "2026-12-20"}, ("exclusive_until", "2026-12-20", "2026-12-08")),
        ({"not_before": "KZ:2026-12-20"}, ("not_before", "KZ:2026-12-20", "KZ:2026-12-08")),
    ],
    ids=["holdback", "exclusive", "until", "not before"],
)
def test_what_the_rights_bar_can_be_relaxed(tmp_path, rights, remedy):
    """A film on both channels within three days, on two of them, as two runs of an episode are a day apart."""
    film = {**FILM, **rights}
    instance = build(tmp_path, [kz(EVENING), SISTER], [film], days=3, rules=[FILMS])
    found = explain(instance, Settings(workers=1), Budget.of_seconds(60))
    said = [one for group in found.remedies for one in group]
    field, old, new = remedy
    mine = [one for one in said if one.path[-1] == field]
    assert mine, [str(one.words) for one in said]
    for wanted, value in ((old, mine[0].old), (new, mine[0].new)):
        pairs = isinstance(value, tuple) and isinstance(value[0], tuple)
        assert wanted == (";".join(f"{code}:{day}" for code, day in value) if pairs else _plain(value))
    assert mine[0].file == "programmes.csv"


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | tuple) else str(value)


FAULTS = [
    ({"sharing": "second_window"}, "need each other"),
    ({"sharing": "none", "holdback_days": 3}, "need each other"),
    ({"exclusive_until": "2026-12-20"}, "needs `exclusive`"),
    ({"exclusive": "Z.kz"}, "there is no channel 'Z.kz'"),
    ({"not_before": "UX:2026-12-20"}, "there is no territory 'UX'"),
    ({"not_before": "UZ"}, "UZ:2026-12-10"),
    ({"not_before": "KZ:2026-12-08;KZ:2026-12-09"}, "appears twice"),
    ({"sharing": "simulcast", "placement": "strand", "episodes": 9}, "cannot be a simulcast"),
]


@pytest.mark.parametrize(("rights", "said"), FAULTS)
def test_what_is_written_wrongly_is_refused_with_its_cell(tmp_path, rights, said):
    with pytest.raises(InputError) as caught:
        build(tmp_path, [kz(EVENING), SISTER], [{**FILM, **rights}])
    assert any(said in str(one) and str(one).startswith("programmes.csv:2:") for one in caught.value.problems)
