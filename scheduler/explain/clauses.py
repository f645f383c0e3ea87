"""The clauses of an instance: every rule, and every band and least amount of an agreement, with rows and place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.airings import Airings, build_airings
from scheduler.explain.locks import line_of
from scheduler.formulation import formulate
from scheduler.instance import document_of
from scheduler.instance.files.yaml_document import YamlDocument
from scheduler.rules import HARD, NO_BOUND, rules_of
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.subject import Subject
from scheduler.rules.locks import Locks, asked_locks, place_of
from scheduler.rules.rights import Rights

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation
    from scheduler.instance import Instance
    from scheduler.messages import Value
    from scheduler.rules import Rule

Path_ = tuple[str | int, ...]
Key = tuple[str, Path_]
"""The name of a clause in every variant of an instance: the rule's id and the part of the rule."""

RIGHTS = Rights.model_validate({}).id
LOCKS = Locks.model_validate({}).id
BAN = "ban"


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of an instance that a planner has written and could give up."""

    rule: str  # id of the rule or agreement; "rights" for the dates and territories of rights
    part: Path_  # place in an agreement, as ("measures", 0, "tolerance"); for locks a lock in words; otherwise ()
    words: Value
    file: str
    line: int
    column: int


@dataclass(frozen=True, eq=False)
class ClauseRows:
    """A formulation in which each hard row belongs to a clause.

    `owner[r]` is the index of row r's clause among the keys. It is −1 for rigid and soft rows, which have no clause.
    """

    formulation: Formulation
    keys: tuple[Key, ...]
    owner: Ints
    airings: Airings
    rules: tuple[Rule, ...]  # of the instance of the airings; every step of an explanation takes them from here

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses in words, with their places."""
        instance = self.airings.instance
        document = document_of(instance)
        by_id = {rule.id: rule for rule in self.rules}
        return tuple(_clause(instance, document, by_id[rule], part) for rule, part in self.keys)

    @property
    def grid(self) -> int:
        """Minutes of a grid step."""
        return self.airings.instance.timeline.grid

    def rows_of(self, clauses: list[int]) -> Flags:
        """The hard rows of some clauses, as flags."""
        return np.isin(self.owner, clauses) & (self.owner >= 0)


def clause_rows(instance: Instance, *, readmit: bool) -> ClauseRows:
    """The hard rows of an instance by clause.

    With `readmit`, airings that rules exclude stay candidates, and every ban is a row: a sum of airings ≤ 0. Without
    it, bans stay in force and are not clauses.
    """
    rules = rules_of(instance)
    if readmit:
        airings = build_airings(instance, ())
        formulation = _with_bans(formulate(airings), airings, rules)
    else:
        airings = build_airings(instance, rules)
        formulation = formulate(airings, rules)
    found: dict[Key, int] = {}
    owner = np.full(len(formulation.lower), -1, dtype=np.int64)
    labels = formulation.labels
    names, aspects = labels["rule"].to_list(), labels["aspect"].to_list()
    parts = {rule.id: rule.parts for rule in rules}
    locks = {place_of(lock): (lock.words(),) for lock, _ in asked_locks(instance)}
    for row in np.flatnonzero(formulation.kind == HARD).tolist():
        if names[row] == LOCKS:
            key: Key = LOCKS, locks[labels["subject"].iloc[row], labels["period"].iloc[row], aspects[row]]
        else:
            key = names[row], parts[names[row]].get(aspects[row], ())
        owner[row] = found.setdefault(key, len(found))
    return ClauseRows(formulation, tuple(found), owner, airings, rules)


def path_of(instance: Instance, rule: str) -> Path_:
    """The place of a rule or agreement in instance.yaml. Empty for structural rules."""
    for section, written in (("agreements", instance.file.agreements), ("rules", instance.file.rules)):
        for at, one in enumerate(written):
            if one.id == rule.partition("/")[0]:
                return section, at
    return ()


def _clause(instance: Instance, document: YamlDocument, rule: Rule, part: Path_) -> Clause:
    path = path_of(instance, rule.id)
    words = rule.part_sentence(part, instance)
    if rule.id == LOCKS:
        line = next(line_of(instance, lock) for lock in instance.locks if (lock.words(),) == part)
        return Clause(rule.id, part, words, "locks.csv", line, 1)
    if not path:
        return Clause(rule.id, part, words, "programmes.csv", 1, 1)
    return Clause(rule.id, part, words, *document.at((*path, *part), key=bool(part)))


def _with_bans(formulation: Formulation, airings: Airings, rules: tuple[Rule, ...]) -> Formulation:
    """Add a row per ban, channel and programme: at most none of the airings that the rule excludes."""
    instance = airings.instance
    blocks, labels = [], []
    for rule in rules:
        banned = np.flatnonzero(_banned(airings, rule))
        programmes = len(instance.programmes)
        keys, row = np.unique(airings.channel[banned] * programmes + airings.programme[banned], return_inverse=True)
        entries = (np.ones(len(banned), dtype=np.int64), (row, banned))
        blocks.append(sparse.csr_array(sparse.coo_array(entries, shape=(len(keys), formulation.matrix.shape[1]))))
        for key in keys.tolist():
            programme, channel = instance.programmes[key % programmes], instance.channels[key // programmes]
            labels.append(
                (rule.id, Subject("channel", channel.id), "horizon", Aspect(BAN, programme.programme), "airings")
            )
    if not labels:
        return formulation
    count = len(labels)
    table = formulation.labels
    table = table.reindex(range(len(table) + count))
    table.iloc[-count:] = np.array(labels, dtype=object)

    def longer(column: Ints, value: int) -> Ints:
        return np.concatenate([column, np.full(count, value, dtype=column.dtype)])

    return replace(
        formulation,
        matrix=sparse.csr_array(sparse.vstack([formulation.matrix, *blocks])),
        lower=longer(formulation.lower, -NO_BOUND),
        upper=longer(formulation.upper, 0),
        kind=np.concatenate([formulation.kind, np.full(count, HARD, dtype=np.int8)]),
        miss_step=longer(formulation.miss_step, 1),
        price=longer(formulation.price, 0),
        hard_weight=longer(formulation.hard_weight, 1),
        labels=table,
    )


def _banned(airings: Airings, rule: Rule) -> Flags:
    """The airings that a rule excludes."""
    banned = np.zeros(len(airings), dtype=bool)
    for number in range(len(airings.instance.channels)):
        contents = rule.admit_contents(airings.instance, number)
        if contents is not None:
            mine = np.flatnonzero(airings.channel == number)
            banned[mine] = ~contents[airings.content[mine]]
    admitted = rule.admit(airings)
    return banned if admitted is None else banned | ~admitted
