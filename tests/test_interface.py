"""What `import scheduler as parity` offers: quick to import, typed, with real datetimes, as the README shows it."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import scheduler as parity
from scheduler.interface import _period_start
from tests.planned import plan

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README, re.M | re.S)
PACKAGES = {path.stem for path in (ROOT / "scheduler").iterdir()}

USER = """
from pathlib import Path

import pandas as pd

import scheduler as parity


def stops_early(now: parity.Moment) -> bool:
    return now.value is not None and now.value > 10


def main(folder: Path) -> float | None:
    instance: parity.Instance = parity.load(folder)
    plan: parity.Plan = parity.optimise(instance, parity.Settings(time_limit=1.0, seed=2), stops_early)
    planned = plan.timetable
    if planned is None:
        return None
    checked: parity.Verification = parity.check(planned)
    frame: pd.DataFrame = parity.to_frame(planned)
    tables: dict[str, pd.DataFrame] = parity.tables(planned, str(folder))
    text: str = parity.report_text(planned, "md", "ru")
    parity.write_report(planned, folder / "report.xlsx")
    print(checked.value, len(frame), len(tables), len(text), plan.result.costs)
    return plan.gap
"""


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    folder = plan(tmp_path_factory.mktemp("planned"))
    return folder, parity.read_timetable(parity.load(folder), folder / "out" / "timetable.csv")


def test_importing_loads_nothing_heavy():
    code = "import sys, scheduler; scheduler.__version__; dir(scheduler); print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"


def test_every_public_name_is_there_and_hides_no_module():
    assert sorted(parity.__all__) == sorted(set(parity.__all__))
    for name in parity.__all__:
        assert getattr(parity, name).__doc__, name
        assert name not in PACKAGES, f"{name} would be hidden by the module of that name"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = parity.nothing


def test_the_readme_s_lines_run(tmp_path, monkeypatch):
    (tmp_path / "instances").symlink_to(ROOT / "instances")
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path)
    assert len(EXAMPLES) == 1
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(EXAMPLES[0], "README.md", "exec"), {})
    assert "optimal 534000 534000" in out.getvalue()
    assert (tmp_path / "out" / "toy.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_typed_program_that_uses_it_passes_mypy_strict(tmp_path):
    program = tmp_path / "user.py"
    program.write_text(USER, encoding="utf-8")
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    done = subprocess.run([*mypy, "-m", "user"], capture_output=True, text=True, cwd=ROOT, env=_environment(tmp_path))
    assert done.returncode == 0, done.stdout
    program.write_text(USER.replace("parity.load(folder)", "parity.load(7)"), encoding="utf-8")
    done = subprocess.run([*mypy, "-m", "user"], capture_output=True, text=True, cwd=ROOT, env=_environment(tmp_path))
    assert done.returncode == 1
    assert 'Argument 1 to "load" has incompatible type "int"' in done.stdout


def _environment(folder):
    import os

    return {**os.environ, "MYPYPATH": str(folder)}


def test_datetimes_are_real(planned):
    folder, timetable = planned
    frame = parity.to_frame(timetable)
    assert len(frame) == len(timetable)
    assert str(frame["start_utc"].dtype).endswith("UTC]")
    lengths = frame["end_utc"] - frame["start_utc"]
    assert (lengths == pd.to_timedelta(frame["duration_min"], unit="min")).all()
    for zone, mine in frame.groupby("timezone"):
        local = mine["start_utc"].dt.tz_convert(zone).dt.tz_localize(None)
        assert (local == mine["start_local"]).all()
    assert frame["anchor"].dtype == bool and frame["anchor"].any()
    assert frame.loc[frame["anchor"], "episode"].isna().all()
    tables = parity.tables(timetable, folder / "out")
    assert {"airings", "parity", "weeks", "compliance", "hours", "audience", "runs_left", "not_placed"} <= set(tables)
    starts = tables["compliance"]["period_start"]
    assert pd.api.types.is_datetime64_any_dtype(starts)
    assert starts.min() == pd.Timestamp("2026-12-07")
    assert all(isinstance(aspect, str) for aspect in tables["compliance"]["aspect"])


@pytest.mark.parametrize(
    ("label", "first"),
    [("2026-W50", "2026-12-07"), ("2026-12-09", "2026-12-09"), ("2026-12-09 06-12", "2026-12-09"),
     ("horizon", "2026-12-01"), ("to 2026-W51", "2026-12-01"), ("2026-12-09T10:00Z", None)],
)  # fmt: skip
def test_a_period_begins_on_its_first_day(label, first):
    found = _period_start(label, pd.Timestamp("2026-12-01").date())
    assert found == (None if first is None else pd.Timestamp(first).date())


def test_a_callback_can_stop_the_search_and_its_best_is_kept(tmp_path):
    seen = []
    settings = parity.Settings(strategy="scale", time_limit=60.0)
    plan_ = parity.optimise(
        parity.load(str(ROOT / "instances" / "toy")), settings, lambda now: seen.append(now) or now.value is not None
    )
    assert seen and seen[-1].value is not None
    assert plan_.value is not None and plan_.value >= seen[-1].value
    plan_.save(tmp_path / "out")
    assert (tmp_path / "out" / "result.json").is_file()


def test_a_report_of_another_ending_is_refused(planned, tmp_path):
    _, timetable = planned
    with pytest.raises(ValueError, match=r"suffix of a report is \.txt, \.md, \.html or \.xlsx"):
        parity.write_report(timetable, tmp_path / "report.pdf")
    for name in ("report.txt", "report.md", "report.xlsx"):
        parity.write_report(timetable, tmp_path / name, language="ru")
        assert (tmp_path / name).stat().st_size > 500
    assert parity.report_text(timetable, "md", "kk") != parity.report_text(timetable, "md", "ru")
