"""What every command prints on the terminal in Kazakh and Russian: no English word is left but names and options."""

from __future__ import annotations

import ast
import io
import json
import re
import shutil
import string
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

import scheduler
from scheduler.cli import generate as generating
from scheduler.cli.interrupts import nothing_saved
from scheduler.cli.language import CLICK, asked_language
from scheduler.cli.main import COMMANDS, run
from scheduler.messages import MessageError, msg, system_reason
from scheduler.messages.catalogue import folder_of
from scheduler.report.language import Language
from scheduler.solve import EngineError

TRANSLATED = ("kk", "ru")
TOY = Path(__file__).parents[2] / "instances" / "toy"
SOURCE = Path(scheduler.__file__).parent
WORD = re.compile(r"(?<![\w`.'«/=-])[A-Za-z]{3,}(?![\w`.'»/=-])")
LETTER = re.compile("[а-яәөүұқғңһіё]")

OPTIONS = "OPTIONS COMMAND ARGS INSTANCE TIMETABLE DIR SHELL SUITE parity"
"""What stands in the usage line of a command."""


def shown(*words: object) -> tuple[int, str]:
    """Run a command line as the shell does: its exit code and all that it prints."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = run([str(word) for word in words])
    return code, out.getvalue() + err.getvalue()


def english_in(text: str, *own: str) -> set[str]:
    """English words of a text but `parity` and those of `own`; words of files and options stay as they are."""
    return set(WORD.findall(text)) - {word for part in (*own, "parity") for word in re.findall(r"\w+", part)}


def catalogue(language):
    with (folder_of(language) / "parity.po").open("rb") as stream:
        return read_po(stream, locale=language)


class Terminal:
    """Runs commands in a language and looks for English words in what they print."""

    def __init__(self, language: str, folder: Path) -> None:
        self.language, self.folder = language, folder

    def says(self, code: int, *words: object, own: str = "") -> str:
        """The command ends with this code, and every line that it prints is in the language."""
        return self.prints(code, *words, "--lang", self.language, own=own)

    def prints(self, code: int, *words: object, own: str = "") -> str:
        """The command ends with this code, and every line that it prints is in the language that it is given."""
        found, text = shown(*words)
        assert found == code, text
        assert LETTER.search(text), text
        for line in text.strip().splitlines():
            bare = line.replace(str(self.folder), "").replace(str(TOY), "")
            assert english_in(bare, own) == set(), line
        return text


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """Toy, its answer, and the same timetable without an airing."""
    folder = tmp_path_factory.mktemp("terminal")
    instance = Path(shutil.copytree(TOY, folder / "toy"))
    assert shown("solve", instance, "--out", folder / "out", "--deterministic", "--quiet")[0] == 0
    lines = (folder / "out" / "timetable.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    fewer = "".join(line for line in lines if ",uz-drama," not in line)
    (folder / "fewer.csv").write_text(fewer, encoding="utf-8")
    return folder


@pytest.fixture(params=TRANSLATED)
def terminal(request, tmp_path):
    return Terminal(request.param, tmp_path)


def test_english_is_seen(tmp_path):
    with pytest.raises(AssertionError):
        Terminal("en", tmp_path).says(2, "solve", TOY)


@pytest.mark.parametrize("command", [command for command in COMMANDS if not isinstance(command, click.Group)])
def test_every_command_speaks_a_language(command):
    assert "lang" in {parameter.name for parameter in command.params}


def test_the_language_of_a_command_line(monkeypatch):
    monkeypatch.delenv("PARITY_LANG", raising=False)
    assert asked_language([]) == "en"
    assert asked_language(["solve"]) == "en"
    assert asked_language(["solve", "--lang"]) == ""
    assert asked_language(["solve", "--lang", "ru"]) == "ru"
    assert asked_language(["solve", "--lang=ru", "--lang=kk"]) == "kk"
    assert asked_language(["solve", "--", "--lang=kk"]) == "en"
    monkeypatch.setenv("PARITY_LANG", "kk")
    assert asked_language(["solve"]) == "kk"
    assert asked_language(["solve", "--lang", "en"]) == "en"


def test_the_environment_names_the_language(monkeypatch):
    monkeypatch.setenv("PARITY_LANG", "ru")
    assert "Не указан параметр '--out'" in shown("solve", TOY)[1]
    assert "ошибок нет" in shown("check", TOY)[1]
    assert "no problems" in shown("check", TOY, "--lang", "en")[1]
    monkeypatch.setenv("PARITY_LANG", "xx")
    assert "'xx' is not one of 'kk', 'ru', 'en'" in shown("check", TOY)[1]


@pytest.mark.parametrize(
    "words",
    [
        ("solve", TOY),
        ("solve",),
        ("solve", TOY, "--ot", "x"),
        ("solve", TOY, "--seed"),
        ("solve", TOY, "--force=1", "--out", "o"),
        ("solve", TOY, TOY, "--out", "o"),
        ("solve", TOY, "--out", __file__),
        ("solve", TOY, "--out", "o", "--time-limit", "soon"),
        ("solve", TOY, "--out", "o", "--gap", "2"),
        ("solve", TOY, "--out", "o", "--seed", "many"),
        ("solve", TOY, "--out", "o", "--workers", "99"),
        ("solve", TOY, "--out", "o", "--strategy", "none"),
        ("solve", TOY, "--out", "o", "--params", "none.toml"),
        ("show", TOY, "t.csv", "--day", "someday"),
        ("show", TOY, "t.csv", "--day", "31.02.2026"),
        ("replan", TOY, "--published", "t.csv", "--out", "o", "--frozen-until", "noon"),
        ("compare", f"{TOY}="),
        ("completion", "csh"),
        ("completion",),
        ("bench", "run", "smoke", "--seeds", ","),
        ("bench", "run", "smoke", "--memory", "nan"),
        ("solv",),
    ],
)
def test_usage_errors(words, terminal, monkeypatch):
    monkeypatch.setenv("PARITY_LANG", terminal.language)
    own = "auto exact scale greedy none many soon noon nan mon tue wed thu fri sat sun bash zsh fish json out solve"
    text = terminal.prints(2, *words, own=f"{OPTIONS} {own} " + " ".join(str(word) for word in words))
    assert {"kk": "Қате: ", "ru": "Ошибка: "}[terminal.language] in text


@pytest.mark.parametrize("language", TRANSLATED)
def test_texts_of_click_keep_their_places(language):
    def places(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    entries = [one for one in catalogue(language) if one.context == CLICK]
    assert len(entries) > 20
    for one in entries:
        keys = one.id if isinstance(one.id, tuple) else (one.id,)
        for text in one.string if isinstance(one.string, tuple) else (one.string,):
            assert text
            assert places(text) <= set().union(*map(places, keys))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_step_of_a_search_has_words(language):
    calls = (
        node
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "stage"
    )
    named = {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}
    assert {"bound", "improve", "greedy"} <= named
    assert named - {one.id for one in catalogue(language) if one.context == "step"} == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_why_the_system_refuses(language):
    for number in (1, 2, 13, 17, 20, 21, 28, 30):
        reason = Language(language).render(system_reason(OSError(number, "x")))
        assert LETTER.search(reason) and not english_in(reason), reason
    assert system_reason(OSError(12345, "strange")) == "strange"


def test_errors_with_messages_are_english_as_text():
    assert str(EngineError(msg("{plan}: solved", plan="a"))) == "a: solved"
    assert MessageError("plain").text == "plain"


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_an_interrupt_says(language, monkeypatch):
    assert not english_in(nothing_saved(language))
    assert nothing_saved("xx") == "interrupted; nothing was saved"

    def raising(error):
        def broken(*_, **__):
            raise error

        monkeypatch.setattr(generating, "refuse_to_overwrite", broken)
        return shown("generate", "none", "--lang", language)

    for error, code in (
        (KeyboardInterrupt(), 130),
        (MemoryError(), 4),
        (OSError(28, "x", "f.csv"), 4),
        (OSError(5, ""), 4),
    ):
        found, text = raising(error)
        assert found == code
        assert not english_in(text), text
    found, text = raising(ZeroDivisionError("x"))
    assert found == 4
    assert "Traceback" in text and not english_in(text.splitlines()[-1], "parity"), text


def test_solve(terminal):
    out = terminal.folder / "out"
    text = terminal.says(0, "solve", TOY, "--out", out, "--deterministic", own="HiGHS")
    assert {"kk": "құндылық", "ru": "ценность"}[terminal.language] in text
    terminal.says(2, "solve", TOY, "--out", out)
    terminal.says(2, "solve", TOY / "none", "--out", out, "--force")


def test_diff(solved, terminal):
    one, other = solved / "out" / "timetable.csv", solved / "fewer.csv"
    own = (solved / "out" / "timetable.csv").read_text(encoding="utf-8") + "UZ KZ placement anchors"
    assert "→" in terminal.says(0, "diff", solved / "toy", one, other, own=own)
    terminal.says(1, "diff", solved / "toy", one, other, "--fail-on", "changes", "--fail-on", "value", own=own)
    code, english = shown("diff", solved / "toy", one, other)
    assert code == 0
    assert "0 moved, 0 altered, 0 added, 1 dropped" in english


def test_new_and_generate(terminal):
    files = "instance yaml csv programmes anchors audience history"
    terminal.says(0, "new", terminal.folder / "plan", own=files + " solve check")
    terminal.says(2, "new", terminal.folder / "plan", own=files)
    terminal.says(2, "generate", terminal.folder / "g", "--suite", "smok", own="smoke free week month quarter")
    terminal.says(2, "generate", terminal.folder / "g", "--grid", 7, own="grid")
    terminal.says(2, "generate", terminal.folder / "g", "--channels", 1, own="channels")
    terminal.says(2, "generate", terminal.folder / "g", "--hours", 1.3, "--grid", 15, own="hours")
    terminal.says(2, "generate", terminal.folder / "g", "--tightness", 9)
    small = ("--channels", 2, "--territories", 2, "--days", 1, "--titles", 20)
    terminal.says(0, "generate", terminal.folder / "g", *small, own=files + " check")
    terminal.says(2, "generate", terminal.folder / "g", *small, own=files)


def test_show_report_and_export(solved, terminal):
    paths = solved / "toy", solved / "out" / "timetable.csv"
    known = "oasis steppe prime"
    terminal.says(2, "show", *paths, "--channel", "step", own=known + " step")
    terminal.says(2, "show", *paths, "--daypart", "primes", own=known + " primes")
    terminal.says(2, "show", *paths, "--day", "2030-01-01")
    terminal.says(2, "report", *paths, "--against", terminal.folder / "none.csv", own="none csv")
    terminal.says(2, "report", *paths, "--format", "xlsx", own="xlsx")
    out = terminal.folder / "plan.csv"
    terminal.says(0, "export", *paths, "--format", "csv", "--out", out)
    terminal.says(2, "export", *paths, "--format", "csv", "--out", out)
    terminal.says(2, "export", paths[0], "--format", "csv", "--out", out, own="csv")
    terminal.says(2, "export", *paths, "--format", "mps", "--out", out, own="mps")
    terminal.says(2, "export", paths[0], "--format", "mps", "--out", f"{terminal.folder}/", own="mps")
    terminal.says(2, "export", *paths, "--format", "ics", "--dialect", "excel", "--out", out, own="excel csv")
    terminal.says(2, "export", *paths, "--format", "csv", "--each-airing", "--out", "x.csv", own="ics each airing")
    terminal.says(2, "export", *paths, "--format", "csv", "--names", "n.csv", "--out", "x.csv", own="mps names")
    terminal.says(2, "export", *paths, "--format", "csv", "--channel", "none", "--out", out, own=known + " none")
    terminal.says(2, "export", *paths, "--format", "csv", "--from", "2030-01-01", "--out", "x.csv")
    terminal.says(2, "export", *paths, "--format", "csv", "--out", terminal.folder / "none" / "x.csv")


def test_why_cost_explain_and_replan(solved, terminal):
    paths = solved / "toy", solved / "out" / "timetable.csv"
    titles = paths[1].read_text(encoding="utf-8") + (solved / "toy" / "programmes.csv").read_text(encoding="utf-8")
    own = titles + " oasis steppe ten parity solve timetable"
    terminal.says(0, "why", *paths, "--programme", "uz-film", "--no-solve", own=own)
    terminal.says(2, "why", *paths, "--programme", "uz-fil", own=own)
    terminal.says(2, "why", *paths, "--programme", "uz-film", "--at", "2026-12-07T10:00", own=own)
    terminal.says(2, "why", *paths, "--programme", "uz-film", "--channel", "oasis", "--at", "ten", own=own)
    terminal.says(2, "why", *paths, "--programme", "uz-film", "--channel", "oasis", "--at", "2030-12-07T10:00", own=own)
    terminal.says(2, "cost", paths[0], "--answer", terminal.folder, own=own)
    terminal.says(2, "cost", paths[0], "--answer", solved / "out", "--clause", "none", own="none KZ UZ rest QUOTA DOM")
    published = ("replan", paths[0], "--published", paths[1], "--out", terminal.folder / "r")
    terminal.says(2, *published, "--side", "XX", own=own + " side XX KZ UZ")
    terminal.says(2, *published, "--not-aired", "none", own=own + " aired none")
    assert shown("explain", *paths, "--lang", terminal.language, "--json")[1].startswith("{")


def test_commands_about_solves_elsewhere(solved, terminal):
    terminal.says(2, "cells", "run", "--spool", terminal.folder / "none", own="spool")
    terminal.says(2, "cells", "status", "--spool", terminal.folder / "none", own="spool")
    for name in ("waiting", "taken", "results"):
        (terminal.folder / "spool" / name).mkdir(parents=True)
    terminal.says(0, "cells", "status", "--spool", terminal.folder / "spool")
    terminal.says(0, "cells", "run", "--spool", terminal.folder / "spool")
    plan = solved / "toy", "--answer", solved / "out"
    terminal.says(2, "cost", *plan, "--jobs", 2, "--spool", terminal.folder / "s", own="jobs spool")
    terminal.says(2, "compare", solved / "toy", own="solve")
    terminal.says(2, "bench", "run", "smok", own="smok smoke free week month quarter grid")
    terminal.says(
        2, "bench", "run", "smoke", "--engines", "magic", own="magic auto exact scale greedy cp sat highs scip localmip"
    )
    terminal.says(2, "bench", "summary", terminal.folder / "none.jsonl", own="bench")


def test_schema_and_completion(terminal, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: terminal.folder)
    tables = " ".join(path.stem for path in TOY.glob("*.csv")) + " programme licences history locks waivers markers"
    terminal.says(2, "schema", "--table", "programme.csv", own=tables)
    terminal.says(2, "schema", "--result", "--markdown")
    for shell in ("bash", "zsh", "fish"):
        terminal.says(0, "completion", shell, own=f"{shell} bash completion source bashrc zshrc compinit autoload")
    code, text = shown("schema", "--table", "programmes", "--lang", terminal.language)
    assert code == 0
    assert json.loads(text)["$schema"]


def test_brief_offer_and_due(solved, terminal):
    paths = solved / "toy", solved / "out" / "timetable.csv"
    terminal.says(2, "brief", *paths, "--for", "XX", own="XX")
    terminal.says(2, "due", *paths, "--for", "XX", own="XX")
    terminal.says(2, "offer", *paths, "--to", "XX", "--out", terminal.folder / "o", own="XX")
    assert "“" in shown("brief", *paths, "--lang", "uz")[1] or "'uz'" in shown("brief", *paths, "--lang", "uz")[1]
    terminal.says(0, "certify", solved / "toy", solved / "out")
    terminal.says(2, "certify", solved / "toy", terminal.folder / "none", own=OPTIONS + " ANSWER certify")


GROUPS = [(), *((command.name,) for command in COMMANDS if isinstance(command, click.Group))]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: " ".join(group) or "parity")
@pytest.mark.parametrize("language", TRANSLATED)
def test_a_line_without_a_command_prints_the_help(group, language):
    code, text = shown(*group, "--lang", language)
    assert code == shown(*group)[0] == 2
    assert text == shown("--lang", language, *group)[1]
    assert {"kk": "Командалар", "ru": "Команды"}[language] in text or group == ()
    assert {"kk": "Параметрлер", "ru": "Параметры"}[language] in text
    assert {"kk": "Қате", "ru": "Ошибка"}[language] not in text


def test_the_language_before_a_command_is_that_of_the_command(monkeypatch, tmp_path):
    monkeypatch.delenv("PARITY_LANG", raising=False)
    assert "ошибок нет" in shown("--lang", "ru", "check", TOY)[1]
    assert "no problems" in shown("--lang", "ru", "check", TOY, "--lang", "en")[1]
    assert "такой папки нет" in shown("cells", "--lang", "ru", "run", "--spool", tmp_path / "none")[1]
    assert "no such file" in shown("--lang", "en", "brief", TOY, tmp_path / "none.csv")[1]
    monkeypatch.setenv("PARITY_LANG", "kk")
    assert "ошибок нет" in shown("--lang", "ru", "check", TOY)[1]
