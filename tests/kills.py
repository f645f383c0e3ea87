"""Processes that are killed while they write an answer, and what the next reader finds.

`python -m tests.kills 500 [seed]` kills 500 of them, a tenth of which are solves.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scheduler.whole_file import recover

PARITY = [sys.executable, "-c", "from scheduler.cli import main; main()"]
NAMES = ["result.json", "timetable.csv", "timings.json"]

WRITER = """
import hashlib, json, sys
from pathlib import Path
from scheduler.whole_file import locked, write_together

def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()

out = Path(sys.argv[1])
print("ready", flush=True)
with locked(out):
    for number in range(10**9):
        timetable, timings = f"timetable {number} " * 3000, f"timings {number} " * 100
        said = {"number": number, "timetable_sha256": digest(timetable), "timings_sha256": digest(timings)}
        write_together(out, {"timetable.csv": timetable, "result.json": json.dumps(said), "timings.json": timings})
"""


def state(out: Path) -> dict[str, object] | None:
    """result.json of a folder that contains exactly one complete answer. None if the folder is empty."""
    there = sorted(path.name for path in out.iterdir())
    if not there:
        return None
    more = {"commitments.csv", "certificate.json"}  # where titles have slots, and at the end of a search
    assert [name for name in there if name not in more] == NAMES, there
    said: dict[str, object] = json.loads((out / "result.json").read_text(encoding="utf-8"))
    for name in ("timetable.csv", "timings.json"):
        digest = hashlib.sha256((out / name).read_bytes()).hexdigest()
        assert said[f"{Path(name).stem}_sha256"] == digest, f"{name} is of another answer"
    return said


def kill_writer(out: Path, chance: random.Random) -> None:
    """Kill a process that writes one answer after another. The folder must then contain one of them, complete."""
    before = state(out)
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(out)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(chance.uniform(0, 0.1))
    child.kill()
    child.wait()
    child.stdout.close()
    recover(out)
    assert before is None or state(out) is not None, "an answer is lost"


def solving(instance: Path, out: Path) -> subprocess.Popen[bytes]:
    """A process that solves into a folder."""
    words = ["solve", str(instance), "--out", str(out), "--force", "--strategy", "scale", "--time-limit", "6", "-q"]
    return subprocess.Popen([*PARITY, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_solve(instance: Path, out: Path, chance: random.Random, seconds: float = 7.5) -> None:
    """Kill a solve into the folder of an older answer. `parity check` must find the older answer or a better one.

    `seconds` is about as long as a solve takes: it is killed between an eighth of this and some time after its end.
    """
    before = state(out)
    child = solving(instance, out)
    time.sleep(seconds * chance.uniform(0.125, 1.2))
    child.kill()
    child.wait()
    check = [*PARITY, "check", str(instance), str(out / "timetable.csv")]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    after = state(out)
    if before is not None:
        assert after is not None, "an answer is lost"
        ended = child.returncode == 0
        assert ended or (after["value"], after["status"]) >= (before["value"], ""), "a worse answer is in its place"


def main(kills: int, seed: int = 0) -> None:
    """Kill a number of processes, each at a random moment."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        instance, written, solved = (Path(scratch) / name for name in ("instance", "written", "solved"))
        written.mkdir()
        solved.mkdir()
        made = [*PARITY, "generate", str(instance), "--suite", "smoke", "--seed", "3", "-q"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        begin = time.perf_counter()
        solving(instance, solved).wait()  # so that there is an older answer, however slow the machine is
        seconds = time.perf_counter() - begin
        for number in range(kills):
            if number % 10 == 9:
                kill_solve(instance, solved, chance, seconds)
            else:
                kill_writer(written, chance)
        print(f"{kills} processes killed; every folder held one whole answer; last: {state(solved) is not None}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
