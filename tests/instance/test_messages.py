"""What a planner reads when an instance is wrong: file, line, column, what is wrong and what was expected."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from scheduler.instance import InputError
from scheduler.rules import load
from tests.builders import aired, content, kz, programme, window, write
from tests.instance.cases import ANCHORS, AUDIENCE, FILES, PROGRAMMES, YAML, folder_of, problems
from tests.instance.mistakes import MISTAKES, A, N, P, Y


def test_the_example_loads(tmp_path):
    instance = load(folder_of(tmp_path))
    assert instance.warnings == ()
    assert instance.file.channels[0].windows[0].start == 18 * 60
    assert instance.file.rules[1].hard is False


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


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (Y, "    zone: Asia/Almaty", "    zon: Asia/Almaty",
         "instance.yaml:11:5: channels[0]: unknown field 'zon'; did you mean 'zone'?"),
        (Y, "    territory: KZ", "    territory\u200b: KZ",
         "instance.yaml:10:5: channels[0]: unknown field 'territory\u200b'; did you mean 'territory'?"
         " ('territory<U+200B>' holds U+200B ZERO WIDTH SPACE)"),
        (P, "programme,title", "programme,titel",
         "programmes.csv:1:11: unknown column 'titel'; did you mean 'title'?"),
    ],
)  # fmt: skip
def test_a_misspelt_field_is_one_problem_and_not_also_a_missing_one(tmp_path, file, old, new, message):
    folder = folder_of(tmp_path)
    assert FILES[file].count(old) >= 1
    (folder / file).write_text(FILES[file].replace(old, new, 1), encoding="utf-8")
    assert problems(folder) == [message]
