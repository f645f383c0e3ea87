"""Alter certificates in every part, and instances under them: none may certify a bound below a value that is known.

`python -m tests.alterations 1000 [first]` alters certificates of small instances, whose best value is known by brute
force. With INSTANCE ANSWER after the two numbers it alters that of an answer of `solve`, whose value is known, too.
An alteration that lowers the bound stays for the next ones, so that they add up. Each part of the file is altered
equally often. A line for each part says how many were refused, accepted and lower; the exit code is 1 if one is wrong.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from copy import deepcopy
from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.certify import Certificate, CertificateError, certified_bound, certified_program, program_text
from scheduler.instance import InputError
from scheduler.rules import load
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.multipliers import DENOMINATOR, certificate_of
from scheduler.solve.proof.tightened import tightened
from scheduler.solve.tree import branched, splits_of
from scheduler.timetable import read_timetable
from scheduler.verify import verify
from tests.builders import content, formulated, kept_choices, write
from tests.certify.cases import case, drawn, drawn_tree
from tests.certify.outside import ProvesNothingError, checked_bound
from tests.solve.cases import ALL, ENDLESS
from tests.solve.strand_cases import CASES, admissible, merit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.certify import CertifiedProgram
    from scheduler.formulation import Formulation
    from scheduler.instance import Instance

NAMES = ["knapsacks", "soft parity", "prices against each other", "sister channels", "a premiere in two zones"]
"""Small instances with soft rows, placed series, cuts of every kind and trees."""

TREE = {"column", "most", "below", "above", "splits"}
INSTANCE = "the instance"


class Target:
    """A certificate, its program, and what is known of any instance with the same files."""

    def __init__(self, name: str, certificate: Certificate, program: CertifiedProgram) -> None:
        self.name, self.program = name, program
        self.content = self.origin = json.loads(certificate.model_dump_json())
        self.bound = certified_bound(program, certificate)

    def second_bound(self, content: dict[str, Any]) -> int | None:
        """What another checker says of a certificate; None if there is none."""
        return None

    def best(self) -> int:
        """A value that a timetable of the instance has."""
        raise NotImplementedError

    def folder(self, scratch: Path) -> Path:
        """The instance's files, to be altered."""
        raise NotImplementedError

    def best_of(self, instance: Instance, formulation: Formulation) -> int | None:
        """A value that a timetable of an altered instance has; None if none is known."""
        raise NotImplementedError


class Small(Target):
    """A small instance and its best timetable by brute force."""

    def best(self) -> int:
        return case(self.name)[2]

    def second_bound(self, content: dict[str, Any]) -> int | None:
        return checked_bound(program_of(self.name), content)

    def folder(self, scratch: Path) -> Path:
        if self.name in ALL:
            return write(scratch, ALL[self.name])
        given = {"placement": [{"select": {"episodes_over": 1}, "as": "strand"}], **CASES[self.name]}
        return write(scratch, content(given.pop("channels"), given.pop("programmes"), **given))

    def best_of(self, instance: Instance, formulation: Formulation) -> int | None:
        if self.name in ALL:
            return max((value for value, _ in kept_choices(formulation)), default=None)
        found = (merit(formulation, point) for point in admissible(formulation))
        return max((-loss for hard, loss in found if not hard), default=None)


class Solved(Target):
    """An answer of `solve` and its own timetable."""

    def __init__(self, instance: Path, answer: Path) -> None:
        self._instance, self._timetable = instance, answer / "timetable.csv"
        certificate = Certificate.model_validate_json((answer / "certificate.json").read_bytes())
        super().__init__(instance.name, certificate, certified_program(formulated(load(instance))))
        value = self._value(load(instance))
        assert value is not None, "the answer keeps no hard rules"
        self._best = value

    def best(self) -> int:
        return self._best

    def folder(self, scratch: Path) -> Path:
        return Path(copytree(self._instance, scratch, dirs_exist_ok=True))

    def best_of(self, instance: Instance, formulation: Formulation) -> int | None:
        return self._value(instance)

    def _value(self, instance: Instance) -> int | None:
        """The value of the timetable if it is one of the instance and keeps the hard rules."""
        try:
            checked = verify(read_timetable(instance, self._timetable))
        except InputError:
            return None
        return None if checked.broken or checked.hard_missed else checked.value


@cache
def program_of(name: str) -> dict[str, Any]:
    """The program of a small instance, as a file for checkers of others."""
    return json.loads(program_text(case(name)[0], ""))


@cache
def small_targets() -> tuple[Small, ...]:
    """For each small instance: the relaxation with cuts; the same with a tree; multipliers, cuts and tree at random."""
    found = []
    for number, name in enumerate(NAMES):
        formulation, program, best = case(name)
        relaxation = tightened(program, ENDLESS)
        assert relaxation is not None
        relaxed = certificate_of(formulation, "", relaxation.duals)[1]
        splits = splits_of(formulation, program, np.arange(len(formulation.window_start)))
        tree = branched(program, splits, best, ENDLESS, DEFAULTS.tree)
        assert tree is not None
        grown = relaxed.model_copy(update={"denominator": DENOMINATOR, "cuts": tree.cuts, "tree": tree.nodes})
        rng = np.random.default_rng(number)
        free = drawn(program, rng, 20.0).model_copy(update={"tree": drawn_tree(program, rng, 20.0, 2)})
        found += [Small(name, one, program) for one in (relaxed, grown, free)]
    return tuple(found)


def kinds(certificate: Certificate, program: CertifiedProgram) -> set[str]:
    """What a certificate uses: kinds of cuts, and a tree."""
    found = {"tree"} if certificate.tree else set()
    for cut in certificate.cuts:
        found.add("mixed cuts" if cut.mixed else "rounded cuts")
        found |= {"cuts of several rows"} if len(cut.row) > 1 else set()
        found |= {"cuts with steps"} if cut.step else set()
        found |= {"cuts of soft rows"} if program.soft[list(cut.row)].any() else set()
    return found


def places(inside: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any, Any]]:
    """(part, container, key) of every number, truth value and list of a certificate."""
    of_tree = path[:1] == ("tree",)
    for key, one in inside.items() if isinstance(inside, dict) else enumerate(inside):
        named = (*path, key) if isinstance(key, str) else path
        if isinstance(one, dict):
            yield from places(one, named)
        elif isinstance(one, list):
            yield ".".join(named), inside, key
            if one and isinstance(one[0], dict):
                yield from places(one, named)
        elif not isinstance(one, str):
            yield ".".join(("tree", key) if of_tree and key in TREE else named), inside, key


def changed(number: int, others: list[int], unit: int, rng: np.random.Generator) -> int:
    """Another number: a little or far more or less, with the other sign, 0, or one that stands beside it."""
    size = [1, 2, 1000, unit // 7 + 1, unit, 10**9, 2**44, 10**25][int(rng.integers(8))]
    kind = int(rng.integers(6))
    return [number + size, number - size, -number, 0, number * 2, others[int(rng.integers(len(others)))]][kind]


def altered_in(content: dict[str, Any], part: str, rng: np.random.Generator) -> None:
    """Alter one place of a part, if there is one."""
    found = [(inside, key) for name, inside, key in places(content) if name == part]
    if not found:
        return
    inside, key = found[int(rng.integers(len(found)))]
    one, unit = inside[key], content["denominator"]
    if isinstance(one, bool):
        inside[key] = not one
    elif isinstance(one, int):
        inside[key] = changed(one, [one], unit, rng)
    elif not one:
        one.append(int(rng.integers(3)))
    else:
        _alter_list(inside, key, unit, rng)


def _alter_list(inside: Any, key: Any, unit: int, rng: np.random.Generator) -> None:
    """Change a number, exchange two entries, or take an entry out of the lists that belong together or into them."""
    one = inside[key]
    at, other = (int(number) for number in rng.integers(len(one), size=2))
    together = [
        each for each in inside.values() if isinstance(each, list) and len(each) == len(one) and inside is not one
    ]
    if "cuts" in inside and "tree" in inside:
        together = [one]  # cuts and nodes do not belong together
    kind = int(rng.integers(5))
    if kind == 0:
        for each in together:
            del each[at]
    elif kind == 1:
        for each in together:
            each.append(deepcopy(each[at]))
    elif kind == 2 or isinstance(one[at], dict):
        one[at], one[other] = one[other], one[at]
    else:
        one[at] = changed(one[at], one, unit, rng)


NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


def alter_files(folder: Path, rng: np.random.Generator) -> None:
    """Change one number in a file of an instance."""
    files = [path for path in sorted(folder.iterdir()) if path.suffix in (".csv", ".yaml")]
    path = files[int(rng.integers(len(files)))]
    text = path.read_text(encoding="utf-8")
    found = list(NUMBER.finditer(text))
    if not found:
        return
    hit = found[int(rng.integers(len(found)))]
    number = float(hit[0])
    wanted = [0, number + 1, number * 2, number / 2, number * 1.1, number * 10][int(rng.integers(6))]
    words = f"{wanted:.4f}" if "." in hit[0] else f"{wanted:.0f}"
    path.write_text(text[: hit.start()] + words + text[hit.end() :], encoding="utf-8")


def try_part(target: Target, part: str, rng: np.random.Generator) -> tuple[str, int | None, str]:
    """(refused, accepted or lower, the bound, what is wrong) of a certificate with an alteration. A lower one stays."""
    content = deepcopy(target.content)
    altered_in(content, part, rng)
    try:
        bound = certified_bound(target.program, Certificate.model_validate(content))
    except (CertificateError, ValueError):
        return "refused", None, ""
    wrong = _differs(target, content, bound)
    if bound < target.best():
        wrong = f"{bound:,} is below {target.best():,}"
    elif bound < target.bound:
        target.content, target.bound = content, bound
        return "lower", bound, wrong
    return "accepted", bound, wrong


def _differs(target: Target, content: dict[str, Any], bound: int) -> str:
    """What another checker says, where it says something else."""
    try:
        second = target.second_bound(content)
    except ProvesNothingError as error:
        return f"the second checker refuses: {error}"
    return "" if second in (None, bound) else f"{bound:,}, and the second checker says {second:,}"


def try_instance(target: Target, rng: np.random.Generator) -> tuple[str, int | None, str]:
    """The same where the instance is altered, and the certificate says that it is of the altered one."""
    with TemporaryDirectory() as scratch:
        folder = target.folder(Path(scratch))
        alter_files(folder, rng)
        try:
            instance = load(folder)
            certificate = Certificate.model_validate({**target.origin, "instance_sha256": instance.digest})
            formulation = formulated(instance)
            bound = certified_bound(certified_program(formulation), certificate)
        except (CertificateError, InputError):
            return "refused", None, ""
        best = target.best_of(instance, formulation)
    wrong = f"{bound:,} is below {best:,}" if best is not None and bound < best else ""
    return "accepted" if bound >= target.bound else "lower", bound, wrong


def run(targets: tuple[Target, ...], many: int, first: int) -> tuple[dict[str, Counter[str]], list[str]]:
    """Alter `many` times, target after target; the outcomes by part, and what is wrong.

    Every fifth alteration of a target is of its instance. The others go through the parts of the certificate.
    """
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: list[str] = []
    parts = [sorted({name for name, *_ in places(one.origin)}) for one in targets]
    for seed in range(first, first + many):
        at, turn, rng = seed % len(targets), seed // len(targets), np.random.default_rng(seed)
        target, own = targets[at], parts[at]
        if turn % 5 == 4:
            part, (outcome, _, fault) = INSTANCE, try_instance(target, rng)
        else:
            part = own[(turn - turn // 5) % len(own)]
            outcome, _, fault = try_part(target, part, rng)
        outcomes[part][outcome] += 1
        wrong += [f"{target.name}, {part}, number {seed}: {fault}"] * bool(fault)
    return outcomes, wrong


def main(many: int, first: int = 0, instance: str = "", answer: str = "") -> int:
    """Print what became of the alterations of each part."""
    targets: tuple[Target, ...] = (Solved(Path(instance), Path(answer)),) if answer else small_targets()
    used = set[str]().union(*(kinds(Certificate.model_validate(one.content), one.program) for one in targets))
    print(f"{len(targets)} certificates with {', '.join(sorted(used)) or 'multipliers only'}", flush=True)
    outcomes, wrong = run(targets, many, first)
    for part, found in sorted(outcomes.items()):
        print(f"{part}: " + ", ".join(f"{found[name]} {name}" for name in ("refused", "accepted", "lower")))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{many} alterations, {many - sum(one['refused'] for one in outcomes.values())} accepted: {len(wrong)} wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:3]]
    sys.exit(main(*numbers, *sys.argv[3:5]))
