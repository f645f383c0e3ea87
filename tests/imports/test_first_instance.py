"""A first instance from what a planner has: a catalogue, last month's log, the own schedule and ratings."""

from datetime import date, timedelta

import pytest
import yaml

from scheduler.rules import load
from tests.planned import command

CATALOGUE = """\
Каталог бағдарламалары, 2026 ж.
Код;Атауы;Жанр;Елі;Ұзақтығы;Бөлім саны;Тілі;Жасы;Көрсетілім саны;Бастап;Дейін
kz-road;Алтын жол;drama;Қазақстан;0:45;8;қазақша; өзбекше (дубляж);12+;1;01.02.2026;31.12.2027
uz-silk;Ipak yoʻli;drama;Oʻzbekiston;0:45;8;o'zbekcha;12+;1;01.02.2026;31.12.2027
kz-song;Ән мен күй;Музыка;Казахстан;0:55;4;қазақша;0+;2;;
""".replace("қазақша; өзбекше (дубляж)", '"қазақша; өзбекше (дубляж)"')
LOG = "Дата;Время;Хрон;Название\n" + "".join(
    f"{day:02d}.11.2026;{hour};45;{title}\n"
    for day in range(20, 26)
    for hour, title in (("18:00", f"Алтын жол, {day - 19} серия"), ("20:00", "Жаңалықтар"))
)
SCHEDULE = "Күні;Басталуы;Аяқталуы;Атауы;Жанр\n" + "".join(
    f"{day:02d}.12.2026;{start};{end};{title};{genre}\n"
    for day in (7, 8, 9)
    for start, end, title, genre in (
        ("07:00", "12:00", "Таңғы бағдарлама", "magazine"),
        ("20:00", "20:30", "Жаңалықтар", "news"),
        ("20:30", "22:00", "Айтыс", "talk"),
        ("00:30", "01:30", "Түнгі концерт", "concert"),
    )
)


def ratings():
    """Eight weeks of evenings."""
    first = date(2026, 10, 5)
    rows = ["date;start;title;minutes;viewers"]
    for offset in range(56):
        day = first + timedelta(days=offset)
        for hour in range(7, 24):
            title = "Алтын жол" if hour == 18 else f"Хабар {hour}"
            rows.append(f"{day:%d.%m.%Y};{hour:02d}:00;{title};60;{20000 + 1000 * hour + (offset % 7) * 100}")
    return "\n".join(rows) + "\n"


@pytest.fixture
def sheets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {"c.csv": CATALOGUE, "log.csv": LOG, "s.csv": SCHEDULE, "r.csv": ratings()}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert command("new", "plan")[0] == 0
    return tmp_path / "plan"


def done(*words):
    code, said = command(*words)
    assert code == 0, said
    return said


def test_four_sheets_become_an_instance_that_solves_in_six_commands(sheets):
    done("import", "csv", "c.csv", "--into", sheets, "--as", "programmes", "--genre", "Музыка=concert")
    said = done("import", "csv", "log.csv", "--into", sheets, "--as", "history", "--channel", "home.kz")
    assert "airings added: 6, of 1 programmes" in said
    assert "not in the catalogue: Жаңалықтар (6)" in said
    done("import", "csv", "s.csv", "--into", sheets, "--channel", "home.kz", "--force")
    done("import", "ratings", "r.csv", "--into", sheets, "--channel", "home.kz", "--weeks", "2", "--force")
    done("solve", sheets, "--out", sheets.parent / "out", "--time-limit", "10", "--workers", "1", "-q")
    instance = load(sheets)
    ours = {row.programme: row for row in instance.programmes}
    assert (ours["kz-road"].minutes, str(ours["kz-road"].rights_from), ours["kz-road"].age) == (45, "2026-02-01", 12)
    assert [(one.language, one.kind) for one in ours["kz-road"].versions] == [("kaz", "original"), ("uzb", "dubbed")]
    assert ours["kz-song"].genre == "concert"
    assert [row.episode for row in instance.history] == [1, 2, 3, 4, 5, 6]
    assert {row.run for row in instance.history} == {"first"}
    assert sorted({anchor.title for anchor in instance.anchors if anchor.channel == "home.kz"}) == [
        "Айтыс", "Жаңалықтар", "Таңғы бағдарлама", "Түнгі концерт",
    ]  # fmt: skip


def test_a_map_is_said_once(sheets):
    text = SCHEDULE.replace("Басталуы", "Ашылуы").replace("Атауы", "Не болады")
    (sheets.parent / "s.csv").write_text(text, encoding="utf-8")
    words = ("import", "csv", "s.csv", "--into", sheets, "--force")
    done(*words, "--channel", "home.kz", "--map", "start=Ашылуы", "--map", "title=Не болады")
    kept = yaml.safe_load((sheets / "imports.yaml").read_text(encoding="utf-8"))
    assert kept["readings"]["anchors"] == {"columns": {"start": "Ашылуы", "title": "Не болады"}, "owner": "home.kz"}
    before = (sheets / "anchors.csv").read_text()
    done(*words)
    assert (sheets / "anchors.csv").read_text() == before
    (sheets / "imports.yaml").write_text("readings: {anchors: {colums: {}}}\n", encoding="utf-8")
    code, said = command(*words)
    assert code == 2
    assert "imports.yaml:1:22: readings.anchors: unknown field 'colums'; did you mean 'columns'?" in said


def test_a_dry_run_shows_what_would_change_and_writes_nothing(sheets):
    before = {path.name: path.read_bytes() for path in sheets.iterdir()}
    said = done("import", "csv", "s.csv", "--into", sheets, "--channel", "home.kz", "--dry-run")
    assert {path.name: path.read_bytes() for path in sheets.iterdir()} == before
    for part in (
        "home.kz: 11 airings on 3 days (2026-12-07 to 2026-12-09), 1,380 minutes, 4 titles",
        "Monday 2026-12-07 07:00–12:00 Таңғы бағдарлама   ← 07.12.2026 | 07:00 | 12:00 | Таңғы бағдарлама",
        "replaced: 4 anchors",
        "left out: 1 entries outside the horizon",
        "nothing was written",
    ):
        assert part in said, said


def test_the_whole_day_is_24_hours_with_what_is_unknown_marked(sheets):
    done("import", "csv", "s.csv", "--into", sheets, "--channel", "home.kz", "--as", "grid", "--force")
    instance = load(sheets)
    fixed, windows = instance.dated_anchors, instance.windows
    mine, ours = fixed.channel == 0, windows.channel == 0
    line, zone = instance.timeline, instance.channels[0].zone
    minutes = int((fixed.end - fixed.start)[mine].sum() + (windows.end - windows.start)[ours].sum())
    assert minutes == line.local_minute(zone, 3, 0) - line.local_minute(zone, 0, 0)
    unknown = [anchor for anchor in instance.anchors if anchor.title == "unknown"]
    assert unknown
    assert all(anchor.origin == (("ZZ", 1),) and anchor.tags == ("unknown",) for anchor in unknown)
    talk = next(anchor for anchor in instance.anchors if anchor.title == "Айтыс")
    assert (talk.genre, talk.origin[0][0]) == ("talk", "ZZ")


def test_a_genre_that_no_rule_names_is_reported(sheets):
    path = sheets / "instance.yaml"
    rule = "  - {type: quota, id: FUN, select: {genre: entertainment}, most_minutes: 900, period: day}\n"
    path.write_text(path.read_text(encoding="utf-8") + rule, encoding="utf-8")
    (sheets.parent / "s.csv").write_text(SCHEDULE.replace(";talk", ";Comedy"), encoding="utf-8")
    words = ("import", "csv", "s.csv", "--into", sheets, "--channel", "home.kz", "--force")
    assert "no rule names the genre 'Comedy' (1 rows)" in done(*words)
    assert "genre 'Comedy'" not in done(*words, "--genre", "Comedy=entertainment")
    assert {anchor.genre for anchor in load(sheets).anchors if anchor.title == "Айтыс"} == {"entertainment"}


def test_a_catalogue_may_bring_what_a_rule_already_names(sheets):
    path = sheets / "instance.yaml"
    rule = "  - {type: quota, id: ROAD, select: {programme: kz-road}, most_count: 9, period: horizon}\n"
    path.write_text(path.read_text(encoding="utf-8") + rule, encoding="utf-8")
    assert command("check", sheets)[0] == 2
    done("import", "csv", "c.csv", "--into", sheets, "--as", "programmes")
    assert command("check", sheets)[0] == 0


def test_an_import_of_nothing_is_an_error_with_its_reasons(sheets):
    (sheets.parent / "c.csv").write_text(CATALOGUE.replace("0:45", "soon").replace("0:55", "late"), encoding="utf-8")
    code, said = command("import", "csv", "c.csv", "--into", sheets, "--as", "programmes", "--lenient")
    assert code == 2
    assert said.count("expected a length in whole minutes such as 45 or 0:45") == 3
    assert "no row could be used, 3 are left out" in said


RENAMED = (
    ("id: home.kz", "id: qala.kz", "channel 'qala.kz'", "'home.kz'"),  # nothing alike, but the only one that fits
    ("id: partner.uz", "id: partner2.uz", "channel 'partner2.uz'", "'partner.uz'"),
)


@pytest.mark.parametrize(("old", "new", "named", "missing"), RENAMED)
def test_a_renamed_channel_is_one_problem_at_its_definition(sheets, old, new, named, missing):
    path = sheets / "instance.yaml"
    text = path.read_text(encoding="utf-8").replace(old, new)
    path.write_text(text, encoding="utf-8")
    line = next(at for at, row in enumerate(text.splitlines(), start=1) if new in row)
    code, said = command("check", sheets)
    assert code == 2
    assert said.startswith(
        f"instance.yaml:{line}:9: nothing names the {named}, but {missing}, which does not exist, "
    ), said
    assert "audience.csv 48); if it was renamed" in said
    assert "1 problem in" in said


def test_two_renamed_channels_are_two_problems(sheets):
    path = sheets / "instance.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("id: home.kz", "id: home1.kz").replace("id: partner.uz", "id: partner1.uz"))
    said = command("check", sheets)[1]
    assert "nothing names the channel 'home1.kz', but 'home.kz'" in said
    assert "nothing names the channel 'partner1.uz', but 'partner.uz'" in said
    assert "2 problems in" in said


def test_an_id_that_is_missing_is_one_problem_wherever_it_is_named(sheets):
    """A programme that was taken out of the catalogue, yet is named by a rule and in what has aired."""
    done("import", "csv", "c.csv", "--into", sheets, "--as", "programmes", "--genre", "Музыка=concert")
    done("import", "csv", "log.csv", "--into", sheets, "--as", "history", "--channel", "home.kz")
    path, rows = sheets / "programmes.csv", (sheets / "programmes.csv").read_text(encoding="utf-8")
    path.write_text("".join(row for row in rows.splitlines(keepends=True) if not row.startswith("kz-road")))
    rule = "  - {type: quota, id: ROAD, select: {programme: kz-road}, most_count: 9, period: horizon}\n"
    instance = sheets / "instance.yaml"
    instance.write_text(instance.read_text(encoding="utf-8") + rule, encoding="utf-8")
    said = command("check", sheets)[1]
    assert "there is no programme 'kz-road'" in said
    assert "(and 6 more places: history.csv 5, instance.yaml 1)" in said
    assert "1 problem in" in said


def test_a_wrong_date_of_a_programme_is_one_problem(sheets):
    path = sheets / "programmes.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("KZ,45,6", "KZ,long,6", 1), encoding="utf-8")
    rule = "  - {type: quota, id: ROAD, select: {programme: kz-drama}, most_count: 9, period: horizon}\n"
    instance = sheets / "instance.yaml"
    instance.write_text(instance.read_text(encoding="utf-8") + rule, encoding="utf-8")
    code, said = command("check", sheets)
    assert code == 2
    assert "1 problem in" in said, said
