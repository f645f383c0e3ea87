"""Instances and answers with a mutated file, given to every command that reads them.

`python -m tests.fuzz 10000 [first]` tries this number of them, by seed. Each must end with an exit code of the
contract and without a traceback.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.planned import command, plan

FILES = ("instance.yaml", "programmes.csv", "audience.csv", "anchors.csv", "out/timetable.csv", "out/result.json")
CODES = (0, 1, 2)
WORDS = [
    *("9999-12-31", "0001-01-01", "1970-01-01", "2026-02-30", "24:00", "25:61", "-1", "0", "1e400", "nan", "9" * 25),
    *('"\\ud800"', "null", "~", "true", "NO", "[]", "{}", "[[[[", "*a", "&a [*a]", "!!binary x", "<<: {a: 1}", "? [a]"),
    *("\u2028", "\u202e", "\x00", "\x85", "\ufeff", "'", '"', ",", ";", "\n", "\r", "\t", ": ", "- ", "%", "\\"),
    *("KZ:0.5;UZ:0.6", "Asia/Atlantis", "../../x", "CON", "a" * 300, "0x10", "1_000", "\uff11", "+5", "1,5", "-0"),
    *("é", "e\u0301", "Infinity", "NaN", "-Infinity"),
]


def mutated(text: str, chance: random.Random) -> str:
    """A text with a few words, lines or characters changed."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        lines = text.split("\n")
        at, kind = chance.randrange(len(lines)), chance.randrange(8)
        if kind == 0:
            lines.insert(at, lines[chance.randrange(len(lines))])
        elif kind == 1:
            del lines[at]
        elif kind == 2:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        else:
            line, word = lines[at], chance.choice(WORDS)
            begin = chance.randrange(len(line) + 1)
            end = begin if kind in (3, 4) else min(len(line), begin + chance.randint(1, 12))
            if kind == 7:  # a whole cell or value
                begin = max(line.rfind(mark, 0, begin) for mark in ",: ") + 1
                found = [place for mark in ",}]" if (place := line.find(mark, begin)) >= 0]
                end = min(found, default=len(line))
            lines[at] = line[:begin] + word + line[end:]
        text = "\n".join(lines) or " "
    return text


def try_one(folder: Path, scratch: Path, seed: int) -> None:
    """Mutate one file of an instance with a timetable and run the commands over it."""
    chance = random.Random(seed)
    copy = scratch / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    name = chance.choice(FILES)
    text = (folder / name).read_text(encoding="utf-8")
    raw = mutated(text, chance).encode("utf-8", "surrogatepass")
    if chance.random() < 0.1:
        raw = (
            raw[: chance.randrange(len(raw))] + bytes([chance.randrange(128, 256)]) + raw[chance.randrange(len(raw)) :]
        )
    (copy / name).write_bytes(raw)
    timetable = copy / "out" / "timetable.csv"
    commands = [["check", copy], ["check", copy, timetable], ["report", copy, timetable]]
    commands += [["export", copy, timetable, "--format", "json", "--out", "-"], ["diff", copy, timetable, timetable]]
    if name.startswith("out/"):
        commands += [["report", copy, timetable, "--format", "html", "--out", "-"]]
    for words in commands:
        try:
            code, said = command(*words)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {words[0]} with a mutated {name}: {type(error).__name__}") from error
        assert code in CODES, f"seed {seed}: {words[0]} with a mutated {name} ends with {code}: {said}"
        assert code != 2 or said.strip(), f"seed {seed}: {words[0]} says nothing"
        assert len(said.splitlines()) < 2_000 or words[0] in ("report", "export"), f"seed {seed}: too much is said"


def main(count: int, first: int = 0) -> None:
    """Try a number of mutated folders."""
    failed = 0
    with tempfile.TemporaryDirectory() as place:
        folder = planned(Path(place) / "planned")
        for seed in range(first, first + count):
            try:
                try_one(folder, Path(place), seed)
            except AssertionError as error:
                failed += 1
                print(f"{error}; {error.__cause__!r}"[:600], flush=True)
    print(f"{count} mutated folders, {failed} failures")
    sys.exit(bool(failed))


def planned(folder: Path) -> Path:
    """An instance with its timetable and result.json in `out`."""
    plan(folder)
    return folder


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
