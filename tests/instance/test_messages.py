"""What a planner reads when an instance is wrong: file, line, column, what is wrong and what was expected."""

# ruff: noqa: E501  (a message stands on one line)

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from scheduler.instance import InputError
from scheduler.rules import load
from tests.builders import aired, content, kz, programme, window, write
from tests.instance.cases import ANCHORS, AUDIENCE, FILES, PROGRAMMES, YAML, folder_of, problems


def test_the_example_loads(tmp_path):
    instance = load(folder_of(tmp_path))
    assert instance.warnings == ()
    assert instance.file.channels[0].windows[0].start == 18 * 60
    assert instance.file.rules[1].hard is False


Y, P, A, N = "instance.yaml", "programmes.csv", "audience.csv", "anchors.csv"
MISTAKES = [
    (
        Y,
        "grid_minutes: 15",
        "grid_minute: 15",
        "instance.yaml:3:1: unknown field 'grid_minute'; did you mean 'grid_minutes'?",
    ),
    (
        Y,
        "grid_minutes: 15",
        "grid_minutes: 7",
        "instance.yaml:3:15: grid_minutes: 7 does not divide the hour; use 5, 10, 15 or 30",
    ),
    (Y, "days: 2}", "days: two}", "instance.yaml:2:36: horizon.days: expected a whole number, got 'two'"),
    (
        Y,
        "days: 2}",
        "days: 0}",
        "instance.yaml:2:36: horizon.days: 0 is out of range; expected 1 or more",
    ),
    (Y, "2026-12-07", "2026-02-30", "instance.yaml:2:18: horizon.start: '2026-02-30' is not a day of the calendar"),
    (
        Y,
        "2026-12-07",
        "7.12.2026",
        "instance.yaml:2:18: horizon.start: expected a date such as 2026-12-07, got '7.12.2026'",
    ),
    (
        Y,
        "2026-12-07",
        "9999-12-31",
        "instance.yaml:2:10: horizon: the horizon starts on 9999-12-31; expected a year from 1970 to 2200",
    ),
    (Y, "name: tiny\n", "", "instance.yaml:1:1: `name` is missing"),
    (
        Y,
        "name: tiny\n",
        "name: tiny\nname: again\n",
        "instance.yaml:2:1: 'name' appears twice here; keep one of the two",
    ),
    (
        Y,
        "zone: Asia/Almaty",
        "zone: Asia/Almati",
        "instance.yaml:11:11: there is no time zone 'Asia/Almati'; did you mean 'Asia/Almaty'?",
    ),
    (Y, "territory: KZ", "territory: KG", "instance.yaml:10:16: there is no territory 'KG'; known: KZ, UZ"),
    (
        Y,
        "territory: KZ",
        "territory: kz",
        "instance.yaml:10:16: channels[0].territory: expected a country code of two capitals such as KZ, got 'kz'",
    ),
    (Y, "id: O.uz", "id: Q.kz", "instance.yaml:15:9: the channel 'Q.kz' appears twice"),
    (
        Y,
        "start: 18:00, end: 20:00",
        "start: 20:00, end: 18:00",
        "instance.yaml:14:9: channels[0].windows[0]: it ends at 18:00, before it starts at 20:00",
    ),
    (
        Y,
        "end: 20:00",
        "end: 20:60",
        "instance.yaml:14:40: channels[0].windows[0].end: expected a clock time such as \"18:30\", got '20:60'",
    ),
    (
        Y,
        "days: mon-fri",
        "days: mon-fry",
        "instance.yaml:21:16: channels[1].windows[0].days: 'mon-fry' is not a weekday or a span of them; expected mon, tue, …, sun, mon-fri or all",
    ),
    (
        Y,
        "days: mon-fri, ",
        "",
        "instance.yaml:21:9: channels[1].windows[0]: it needs either `days` (weekdays) or a `date`",
    ),
    (
        Y,
        "end: 25:00}",
        "end: 25:00, start_every: 7}",
        "instance.yaml:21:9: channels[1].windows[0]: `start_every` is 7, which does not divide the hour",
    ),
    (
        Y,
        "end: 20:00}",
        "end: 20:00}\n      - {dates: [2026-12-08], start: 19:00, end: 21:00}\n      - {dates: [2026-12-08], start: 20:00, end: 22:00}",
        "instance.yaml:14:7: windows of 'Q.kz' overlap on tue 2026-12-08: 19:00–21:00 and 20:00–22:00",
    ),
    (
        Y,
        "languages: [kaz]",
        "languages: [kazakh]",
        "instance.yaml:12:17: channels[0].languages[0]: expected a language of three small letters (ISO 639-3) such as kaz, got 'kazakh'; 'kazakh' is kaz",
    ),
    (Y, "type: quota", "type: quotas", "instance.yaml:29:5: rules[0]: unknown type 'quotas'; did you mean 'quota'?"),
    (Y, "type: quota, ", "", "instance.yaml:29:5: rules[0]: `type` is missing"),
    (
        Y,
        "least_share: 0.55",
        "least_share: 55",
        "instance.yaml:29:69: rules[0].least_share: 55 is not a share; expected 0 to 1 (0.55 for 55 %)",
    ),
    (
        Y,
        "least_share: 0.55",
        "least_share: '1e9999999'",
        "instance.yaml:29:69: rules[0].least_share: expected a number such as 0.55, 55 % or 2/3 in plain digits, got '1e9999999'",
    ),
    (
        Y,
        "least_share: 0.55",
        "least_shar: 0.55",
        "instance.yaml:29:56: rules[0]: unknown field 'least_shar'; did you mean 'least_share'?",
    ),
    (
        Y,
        "least_share: 0.55",
        "least_share: 0.55, most_count: 1",
        "instance.yaml:29:5: rules[0]: the rule 'DOM' needs exactly one of least_share, most_share, least_minutes, most_minutes, least_count, most_count; it has least_share, most_count",
    ),
    (
        Y,
        "period: day",
        "period: daily",
        "instance.yaml:29:83: there is no period 'daily'; did you mean 'day'?",
    ),
    (
        Y,
        "price: 100",
        "note: soft",
        "instance.yaml:30:5: rules[1]: the soft rule 'ONCE' needs a `price` (viewer-minutes per missed unit) or `report_only: true`",
    ),
    (
        Y,
        "hard: false, price: 100",
        "price: 100",
        "instance.yaml:30:5: rules[1]: the rule 'ONCE' has a price but is hard; write `hard: false` or drop the price",
    ),
    (Y, "id: ONCE", "id: DOM", "instance.yaml:30:30: the id 'DOM' appears twice"),
    (
        Y,
        "period: day",
        "period: day, channels: [Q.kx]",
        "instance.yaml:29:98: there is no channel 'Q.kx'; did you mean 'Q.kz'?",
    ),
    (
        Y,
        "20:00}",
        "01:00}",
        'instance.yaml:14:9: channels[0].windows[0]: it ends at 01:00, before it starts at 18:00; for the next morning write "25:00" as its end',
    ),
    (
        Y,
        "select: {origin: domestic}",
        "select: {programme: k9}",
        "instance.yaml:29:48: there is no programme 'k9'; known: k1, k2",
    ),
    (Y, "parties: [KZ, UZ]", "parties: [KZ, KG]", "instance.yaml:25:14: there is no party 'KG'; known: KZ, UZ"),
    (
        Y,
        "parties: [KZ, UZ]",
        "parties: [KZ, KZ]",
        "instance.yaml:23:5: agreements[0]: a party appears twice in the agreement 'KZ-UZ'",
    ),
    (
        Y,
        "tolerance: 0.2",
        "tolerance: 1",
        "instance.yaml:27:53: agreements[0].measures[0].tolerance: 1 is not a tolerance; expected 0 or more and under 1 (0.1 for ±10 %)",
    ),
    (
        Y,
        "tolerance: 0.2",
        "floor: 5",
        "instance.yaml:27:9: agreements[0].measures[0]: a measure needs a `tolerance`, a `least` amount or both",
    ),
    (
        Y,
        "tolerance: 0.2, tolerance_of: sum",
        "tolerance: 0.2",
        "instance.yaml:27:9: agreements[0].measures[0]: `tolerance: 0.2` does not say of what it is a share. Add one of `tolerance_of: sum` (permits 120 against 80, 1.50 : 1), `tolerance_of: larger` (100 against 80, 1.25 : 1), `tolerance_of: smaller` (120 against 100, 1.20 : 1) or `tolerance_of: agreed` with `agreed: 7200` for 120 hours each way (a difference of 1440 minutes)",
    ),
    (
        Y,
        "tolerance_of: sum",
        "tolerance_of: agreed",
        "instance.yaml:27:9: agreements[0].measures[0]: `tolerance_of: agreed` needs the volume agreed each way, e.g. `agreed: 7200`",
    ),
    (
        Y,
        "tolerance_of: sum",
        "tolerance_of: larger, agreed: 600",
        "instance.yaml:27:9: agreements[0].measures[0]: `agreed` is the base of `tolerance_of: agreed` only; write that or drop it",
    ),
    (
        Y,
        "tolerance: 0.2, tolerance_of: sum",
        "least: 5, tolerance_of: sum",
        "instance.yaml:27:9: agreements[0].measures[0]: `tolerance_of: sum` needs a `tolerance`; add one or drop it",
    ),
    (
        Y,
        "format: 2",
        "format: 3",
        "instance.yaml:31:9: this folder is of format 3, and this version reads format 2; install a newer parity",
    ),
    (P, "k2,", "k1,", "programmes.csv:3:1: the programme 'k1' appears twice; first in line 2"),
    (
        P,
        ",45,",
        ",-45,",
        "programmes.csv:2:19: minutes: '-45' is out of range; expected 1 or more",
    ),
    (P, ",45,", ",nan,", "programmes.csv:2:19: minutes: expected a whole number, got 'nan'"),
    (P, ",100,", ",900,", "programmes.csv:3:39: 'k2' is 900 minutes long, but the longest window has 180"),
    (
        P,
        "KZ:0.5;UZ:0.5",
        "KZ:0.5;UZ:0.6",
        "programmes.csv:3:25: origin: the shares of the origin 'KZ:0.5;UZ:0.6' must add up to 1",
    ),
    (
        P,
        "kaz:original,1",
        "kaz:dub,1",
        "programmes.csv:3:45: versions: expected original, dubbed or subtitled, got 'dub'; did you mean 'dubbed'?",
    ),
    (
        P,
        "kaz:original,1",
        "kaz:dubbed,1",
        "programmes.csv:3:1: there is no original version; write its language in `original_language`",
    ),
    (P, "title,genre", "titel,genre", "programmes.csv:1:11: unknown column 'titel'; did you mean 'title'?"),
    (P, "k1,K one,", "k1,", "programmes.csv:2:1: has 7 cells, the header has 8; quote cells that hold ','"),
    (P, 'a film"', "a film", "programmes.csv:3:1: is not a CSV table; close every quote"),
    (A, "Q.kz,all,3,103\n", "", "audience.csv:1:1: 'Q.kz' has no viewers for mon 03:00 (7 of 168 hours are missing)"),
    (A, "Q.kz,all,3,103", "Q.kz,all,2,103", "audience.csv:5:10: Q.kz, mon 02:00 appears twice; first in line 4"),
    (A, "O.uz,all,0,100", "O.uzz,all,0,100", "audience.csv:26:1: there is no channel 'O.uzz'; did you mean 'O.uz'?"),
    (
        A,
        "Q.kz,all,3,103",
        "Q.kz,all,24,103",
        "audience.csv:5:10: hour: '24' is out of range; expected 23 or less",
    ),
    (
        N,
        "18:30,18:45",
        "18:45,18:30",
        "anchors.csv:2:1: it ends at 18:30, before it starts at 18:45",
    ),
    (
        N,
        "News,news,KZ,kaz\n",
        "News,news,KZ,kaz\nlate,Q.kz,mon,18:40,19:00,Late,news,KZ,kaz\n",
        "anchors.csv:3:15: the anchor 'late' overlaps 'news' in line 2",
    ),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"), MISTAKES, ids=[f"{m[0]}: {m[2] or m[1]}"[:60].strip() for m in MISTAKES]
)
def test_one_mistake_one_message_in_its_place(tmp_path, file, old, new, message):
    folder = folder_of(tmp_path)
    assert FILES[file].count(old) >= 1
    (folder / file).write_text(FILES[file].replace(old, new, 1), encoding="utf-8")
    assert message in problems(folder)


LOCKED = b"""\
channel,start_utc,duration_min,programme,episode,run,version_language,version_kind,start_local,anchor
Q.kz,2026-12-07T13:00Z,45,k1,1,first,kaz,original,2026-12-07T19:00,
O.uz,2026-12-07T17:00Z,45,k1,10001,first,uzb,dubbed,2026-12-07T22:00,no
"""


def test_locks_that_contradict_themselves_are_reported(tmp_path):
    said = problems(folder_of(tmp_path, locks_csv=LOCKED))
    assert said == [
        "locks.csv:3:30: episode: '10001' is out of range; expected 10000 or less",
        "locks.csv:3:70: anchor: expected yes or nothing, got 'no'",
    ]
    right = LOCKED.replace(b",no", b",").replace(b"10001", b"2")
    assert problems(folder_of(tmp_path, locks_csv=right)) == [
        "locks.csv:2:51: start_local is 2026-12-07T19:00, but by start_utc 2026-12-07T13:00Z it is 2026-12-07T18:00"
        " (Asia/Almaty); correct one of them"
    ]


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("origin: froeign", "there is no origin 'froeign'; did you mean 'foreign'?"),
        ("origin: [KZ, UX]", "there is no origin 'UX'; known: KZ, UZ, domestic, foreign"),
        ("original_language: kas", "there is no original language 'kas'; did you mean 'kaz'?"),
        ("provenance: verifed", "there is no provenance 'verifed'; did you mean 'verified'?"),
        ("waiver: board", "there is no waiver 'board'"),
        ("genre: drma", "there is no genre 'drma'; did you mean 'drama'?"),
    ],
)
def test_a_word_of_a_selector_that_nothing_has_is_a_warning(tmp_path, selector, said):
    folder = folder_of(tmp_path)
    (folder / "instance.yaml").write_text(YAML.replace("origin: domestic", selector), encoding="utf-8")
    (warning,) = load(folder).warnings
    assert warning.message == said
    assert (warning.line, warning.severity) == (29, "warning")


def test_a_file_that_may_be_meant_for_a_table_is_a_warning(tmp_path):
    folder = folder_of(tmp_path)
    (folder / "anchors.csv").rename(folder / "anchor.csv")
    (folder / "lock.csv").write_bytes(LOCKED)
    (folder / "timetable.csv").write_bytes(LOCKED)
    assert [str(warning) for warning in load(folder).warnings] == [
        "anchor.csv:1:1: warning: is not read, and there is no anchors.csv; rename it if it was meant to be that",
        "lock.csv:1:1: warning: is not read, and there is no locks.csv; rename it if it was meant to be that",
    ]


def test_all_problems_of_all_files_are_reported_at_once(tmp_path):
    folder = folder_of(tmp_path)
    some = ("grid_minute: 15", "k1,", ",-45,", "Q.kz,all,24,103", "18:45,18:30")
    for file, old, new, _ in (mistake for mistake in MISTAKES if mistake[2] in some):
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    said = problems(folder)
    assert said == sorted(said, key=lambda line: (line.split(":")[0], int(line.split(":")[1])))
    assert {line.split(":")[0] for line in said} == {"instance.yaml", "programmes.csv", "audience.csv", "anchors.csv"}


def spreadsheet(text):
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("separator", [";", "\t"])
def test_what_spreadsheets_write_is_read_as_meant(tmp_path, separator):
    plain = load(folder_of(tmp_path / "plain" if (tmp_path / "plain").mkdir() is None else tmp_path))
    other = tmp_path / "other"
    other.mkdir()
    rows = PROGRAMMES.replace('"K two, a film"', "K two@ a film").replace(",", separator).replace("@", ",")
    rows = rows.replace("uzb:dubbed", "uzb:dubbed").replace("KZ:0.5;UZ:0.5", '"KZ:0,5;UZ:0,5"').replace(";uzb", "|uzb")
    rows = rows.replace("kaz:original|uzb:dubbed", '"kaz:original;uzb:dubbed"')
    rows = rows.replace("runs\n", f"runs{separator}appeal\n", 1).replace("2\nk2", f"2{separator}1,25\nk2")
    rows = rows.rstrip("\n") + f"{separator}\n{separator * 8}\n"
    folder_of(other, programmes_csv=spreadsheet(rows))
    (other / "audience.csv").write_bytes(spreadsheet(AUDIENCE.replace(",", separator)))
    (other / "anchors.csv").write_bytes(spreadsheet(ANCHORS.replace(",", separator)))
    found = load(other)
    assert found.audience == plain.audience
    assert found.anchors == plain.anchors
    assert [row.model_dump(exclude={"appeal"}) for row in found.programmes] == [
        row.model_dump(exclude={"appeal"}) for row in plain.programmes
    ]
    assert str(found.programmes[0].appeal) == "1.25"


def test_yaml_is_read_with_the_meaning_of_1_2(tmp_path):
    text = YAML.replace("name: Kazakhstan", "name: NO").replace("name: Uzbekistan", "name: yes, population: 0o17")
    instance = load(folder_of(tmp_path, instance_yaml=text.encode()))
    assert instance.file.territories["KZ"].name == "NO"
    assert instance.file.territories["UZ"].name == "yes"
    assert instance.file.territories["UZ"].population == 15
    assert instance.file.channels[0].windows[0].start == 1080
    numbers = YAML.replace("name: tiny", "name: 5")
    folder = folder_of(tmp_path, instance_yaml=numbers.encode())
    assert problems(folder) == ["instance.yaml:1:7: name: expected text (in quotes if it looks like a number), got 5"]


BYTES = {
    "an empty yaml": ("instance.yaml", b"", "instance.yaml:1:1: is empty"),
    "a yaml list": ("instance.yaml", b"- a", "instance.yaml:1:1: is empty"),
    "NUL in yaml": ("instance.yaml", b"name: x\x00\n", "instance.yaml:1:1: is not YAML"),
    "UTF-16 yaml": ("instance.yaml", "name: x".encode("utf-16"), "instance.yaml:1:1: is not UTF-8"),
    "cp1251 yaml": ("instance.yaml", "name: x\ndescription: Ё".encode("cp1251"), "instance.yaml:2:1: is not UTF-8"),
    "an endless alias": (
        "instance.yaml",
        b"name: &x [*x]\nformat: 2\n",
        "instance.yaml:1:7: an alias that contains itself",
    ),
    "deep nesting": ("instance.yaml", b"[" * 5000, "instance.yaml:1:62: too large or too deeply nested"),
    "an alias bomb": (
        "instance.yaml",
        b"a: &a [1,1,1,1,1,1,1,1,1]\n"
        + b"".join(b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(8)),
        "instance.yaml:1:8: too large",
    ),
    "two documents": ("instance.yaml", b"name: x\n---\nname: y\n", "instance.yaml:2:1: is not YAML"),
    "a huge number": (
        "instance.yaml",
        b"grid_minutes: " + b"9" * 6000 + b"\nformat: 2",
        "instance.yaml:1:15: grid_minutes:",
    ),
    "a huge hexadecimal": (
        "instance.yaml",
        b"grid_minutes: 0x" + b"f" * 6000 + b"\nformat: 2",
        "instance.yaml:1:15: grid_minutes:",
    ),
    "no character": ("instance.yaml", b'name: "\\UFFFFFFFF"', "instance.yaml:1:1: is not YAML"),
    "not a number": ("instance.yaml", b"grid_minutes: .nan\nformat: 2", "instance.yaml:1:15: grid_minutes:"),
    "infinite": ("instance.yaml", b"grid_minutes: -.inf\nformat: 2", "instance.yaml:1:15: grid_minutes:"),
    "0 bytes": ("programmes.csv", b"", "programmes.csv:1:1: is empty; it needs at least a header"),
    "blanks": ("audience.csv", b" \n\n", "audience.csv:1:1: is empty; it needs at least a header"),
    "cp1251": (
        "programmes.csv",
        PROGRAMMES.replace("one", "один").encode("cp1251"),
        "programmes.csv:2:1: is not UTF-8",
    ),
    "UTF-16": ("programmes.csv", PROGRAMMES.encode("utf-16"), "programmes.csv:1:1: is not a UTF-8 CSV table"),
    "NUL in a table": ("programmes.csv", PROGRAMMES.encode() + b"\x00", "programmes.csv:1:1: is not a UTF-8 CSV"),
    "too many rows": ("audience.csv", AUDIENCE.encode() + b"Q.kz,all,1,1\n" * 250_000, "has more than 250,000 rows"),
    "a huge cell": ("anchors.csv", ANCHORS.encode() + b"x" * 200_000, "anchors.csv:3:1: is not a CSV table"),
    "a long zone": ("instance.yaml", YAML.replace("Asia/Almaty", "A" * 5000).encode(), "there is no time zone"),
    "a zone outside": ("instance.yaml", YAML.replace("Asia/Almaty", "../x").encode(), "there is no time zone"),
    "a moment too early": (
        "history.csv",
        b"channel,start_utc,duration_min,programme,episode,run,version_language,version_kind\n"
        b"Q.kz,0001-01-01T00:00+23:00,45,k1,1,first,kaz,original\n",
        "history.csv:2:6: start_utc: '0001-01-01T00:00+23:00' lies outside the years 1900 to 2200",
    ),
}


@pytest.mark.parametrize("name", BYTES)
def test_bad_bytes_end_in_a_message(tmp_path, name):
    file, raw, message = BYTES[name]
    folder = folder_of(tmp_path)
    (folder / file).write_bytes(raw)
    assert any(message in line for line in problems(folder)), problems(folder)


def test_what_is_no_folder_or_file(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert problems(empty) == [
        "audience.csv:1:1: the table is missing; it may hold only its header",
        "instance.yaml:1:1: the file is missing; `parity new DIR` writes one to begin with",
        "programmes.csv:1:1: the table is missing; it may hold only its header",
    ]
    assert "there is no such folder" in problems(tmp_path / "nowhere")[0]
    (tmp_path / "file").write_text("x")
    assert "is a file; expected a folder with instance.yaml" in problems(tmp_path / "file")[0]
    for name in FILES:
        folder = tmp_path / f"folder for {name}"
        folder.mkdir()
        folder_of(folder)
        (folder / name).unlink()
        (folder / name).mkdir()
        assert any(line.startswith(f"{name}:1:1: is a folder; expected a") for line in problems(folder))


SPICE = [
    b"\x00",
    b"\xff",
    b"\n",
    b"- ",
    b": ",
    b"{",
    b"]",
    b'"',
    b"&a ",
    b"*a",
    b"!!x ",
    b"|",
    b"9" * 30,
    b"-1",
    b"1e9",
    b"nan",
    b"null",
    b"\t",
    b";",
    "Ё".encode(),
    b"0x1",
    b"30:00",
    b"2026-13-01",
    b"\r",
    b"%",
    b"'",
    b"?",
]


def test_mutated_bytes_give_messages_or_an_instance(tmp_path):
    """Seeded: bytes changed, cut, doubled and swapped between files; only InputError may come out."""
    draw = random.Random(20261207)
    short = AUDIENCE.split("\n")
    files = {**FILES, "audience.csv": "\n".join([*short[:4], *short[25:28]])}
    folder = folder_of(tmp_path)
    outcomes = {"loads": 0, "refused": 0}
    for case in range(300):
        name = draw.choice([Y, Y, Y, P, A, N])
        raw = bytearray(files[name].encode())
        for _ in range(draw.randint(1, 3)):
            at, length = draw.randrange(len(raw)), draw.randint(0, 12)
            kind = draw.randrange(4)
            piece = draw.choice(SPICE) if kind < 2 else bytes(raw[(b := draw.randrange(len(raw))) : b + length])
            raw[at : at + (length if kind % 2 else 0)] = piece
        (folder / name).write_bytes(raw)
        try:
            load(folder)
            outcomes["loads"] += 1
        except InputError as error:
            assert error.problems, case
            outcomes["refused"] += 1
        (folder / name).write_text(FILES[name], encoding="utf-8")
    assert outcomes["refused"] > 50


def test_history_inside_the_horizon_and_a_daypart_of_one_channel_are_reported(tmp_path):
    folder = tmp_path / "instance"
    shutil.copytree(Path(__file__).resolve().parents[2] / "instances" / "toy", folder)
    text = (folder / "instance.yaml").read_text(encoding="utf-8")
    text = text.replace("    zone:", '    dayparts: {primetime: ["18:00", "23:00"]}\n    zone:', 1)
    (folder / "instance.yaml").write_text(text, encoding="utf-8")
    (folder / "history.csv").write_text(
        "channel,start_utc,duration_min,programme,episode,run,version_language,version_kind,,\n"
        "steppe,2026-12-08T13:00Z,60,uz-drama,1,first,uzb,original,,\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as refused:
        load(folder)
    said = [problem.message for problem in refused.value.problems]
    assert any(message.startswith("there is no daypart 'primetime'") for message in said)
    assert any("aired on 2026-12-08, but the horizon ends on 2026-12-07" in message for message in said)
    assert len(said) == 2


@pytest.mark.parametrize(("said", "problem"), [("2", ""), ("", ""), ("3", "the row is of format 3")])
def test_history_says_its_format(tmp_path, said, problem):
    """A row of another format than this version's is refused; blank is this one."""
    row = {**aired("Q.kz", "2026-12-04T18:00Z", "local", 30), "format": said}
    spec = content([kz(window("23:00", "24:00"))], [programme("local", 30)], history=[row])
    if not problem:
        assert len(load(write(tmp_path, spec)).history) == 1
        return
    with pytest.raises(InputError, match=problem):
        load(write(tmp_path, spec))
