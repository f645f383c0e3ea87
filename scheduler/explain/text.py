"""An explanation in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from scheduler.explain.clauses import LOCKS
from scheduler.explain.remedies import PROGRAMMES_FILE
from scheduler.instance import INSTANCE_FILE
from scheduler.instance.files.validation import dotted
from scheduler.instance.model.field_types import clock_text
from scheduler.messages import Listed, english, msg, msg_n

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.explain import Clash, Clause, Explanation, Remedy
    from scheduler.instance import Instance
    from scheduler.messages import Message, Value

MOST_LISTED = 8


def explanation_lines(
    instance: Instance, explanation: Explanation, render: Callable[[Value], str] = english
) -> list[str]:
    """The lines of an explanation. `render` turns messages into words, by default English ones."""
    return _Page(instance, explanation, render).lines()


@dataclass(frozen=True, slots=True)
class _Page:
    """An explanation and the function that turns its messages into words."""

    instance: Instance
    explanation: Explanation
    render: Callable[[Value], str]

    def lines(self) -> list[str]:
        """Every line."""
        explanation, name = self.explanation, self.instance.file.name
        if explanation.verdict == "holds":
            text = msg(
                "{instance}: all hard rules can hold together; a timetable that keeps them was found", instance=name
            )
            return [f"✓ {self.render(text)}"]
        if explanation.verdict == "undecided":
            text = msg("{instance}: undecided within the time limit whether all hard rules can hold", instance=name)
            more = self.render(msg("give it more time with --time-limit"))
            return [f"? {self.render(text)}", *self._misses(), more]
        text = msg_n(
            "{instance}: the hard rules cannot all hold; {count} clash found",
            "{instance}: the hard rules cannot all hold; {count} clashes found",
            instance=name,
            count=len(explanation.clashes),
        )
        lines = [f"✗ {self.render(text)}"]
        if explanation.findings:
            lines += [
                "",
                self.render(msg("By arithmetic alone:")),
                *self._listed([one.text for one in explanation.findings]),
            ]
        lines += self._misses()
        for number, clash in enumerate(explanation.clashes):
            lines += ["", *self._clash(clash, number + 1)]
            if clash.clauses or clash.locks:
                lines += self._remedies_after(number)
            lines += [self._inside(text) for text in clash.exemptions]
        return [*lines, "", *self._giving_up(), self.render(self._ending())]

    def _listed(self, texts: Sequence[Value]) -> list[str]:
        """The first of several sentences, and the number of further ones."""
        lines = [f"  {self.render(text)}" for text in texts[:MOST_LISTED]]
        more = len(texts) - MOST_LISTED
        return [*lines, self._inside(msg("… and {number} more", number=more))] if more > 0 else lines

    def _inside(self, text: Message) -> str:
        """A line of a clash."""
        return f"  {self.render(text)}"

    def _misses(self) -> list[str]:
        if not self.explanation.missed:
            return []
        least = msg("The smallest misses, each as a share of the amount that its row asks for:")
        head = least if self.explanation.least else msg("The smallest misses found so far:")
        return ["", self.render(head), *self._listed([row.text for row in self.explanation.missed])]

    def _clash(self, clash: Clash, number: int) -> list[str]:
        render = self.render
        lines = [render(_head(clash, number))]
        if not clash.clauses:
            return [*lines, *(f"  {render(lock)}" for lock in clash.where)]
        lines += [f"  {_place(clause)}  {render(clause.words)}" for clause in clash.clauses]
        if len(clash.clauses) == 1 and not clash.minimal:
            lines.append(self._inside(msg("(the time limit was reached; a smaller set of clauses may also clash)")))
        if not clash.confirmed:
            lines.append(self._inside(msg("(the second proof, by another solver, did not end in time)")))
        if clash.where:
            shown = "; ".join(map(render, clash.where[:MOST_LISTED])) + (
                "; …" if len(clash.where) > MOST_LISTED else ""
            )
            lines.append(self._inside(msg("where: {places}", places=shown)))
        fixed = Listed((msg("the windows and anchors as they are"), *clash.because))
        return [*lines, self._inside(msg("given: {what}", what=fixed))]

    def _remedies_after(self, number: int) -> list[str]:
        """The remedies after a clash, if it is the last of those that they resolve."""
        explanation = self.explanation
        groups = [one.clashes for one in explanation.given_up] or [(len(explanation.clashes) - 1,)]
        at = next((at for at, group in enumerate(groups) if number in group), None)
        if at is None or number != groups[at][-1]:
            return []
        return self._remedies(explanation.remedies[at] if at < len(explanation.remedies) else (), groups[at])

    def _remedies(self, found: tuple[Remedy, ...], clashes: tuple[int, ...]) -> list[str]:
        render, leave_out = self.render, self.render(msg("leave this line out"))
        if not found:
            return [self._inside(msg("no change of one number was found that resolves it"))]
        lines = [self._inside(msg("the smallest change that resolves it:"))]
        if len(clashes) > 1:
            numbers = Listed(tuple(at + 1 for at in clashes))
            lines = [self._inside(msg("the smallest change that resolves the clashes {numbers}:", numbers=numbers))]
        for at, one in enumerate(found):
            sign = "→" if at == 0 else render(msg("or"))
            lines.append(f"  {sign} {render(_with_doubt(one))}")
            if one.file == PROGRAMMES_FILE:
                lines.append(f"       {one.file}:{one.line}: {edit_words(one)}")
            elif one.file != INSTANCE_FILE:
                lines.append(f"       {one.file}:{one.line}: {leave_out}")
            elif one.new is not None:
                lines.append(f"       {one.file}:{one.line}:{one.column}: {edit_words(one)}")
        return lines

    def _giving_up(self) -> list[str]:
        """A smallest set of clauses that meets every clash, where it says more than the only clash and its remedy."""
        explanation = self.explanation
        if not explanation.complete or (len(explanation.clashes) == 1 and explanation.solved):
            return []
        head = msg_n(
            "Smallest set of clauses that resolves every clash: {count} clause. Without it all others can hold:",
            "Smallest set of clauses that resolves every clash: {count} clauses. Without them all others can hold:",
            count=len(explanation.given_up),
        )
        lines = [self.render(head)]
        for number, clauses in enumerate(
            [[one.clause for one in explanation.given_up], *explanation.instead[:MOST_LISTED]]
        ):
            sign = "→" if number == 0 else self.render(msg("or"))
            names = Listed(tuple(f"{named(clause)} ({clause.file}:{clause.line})" for clause in clauses))
            lines.append(f"  {sign} {self.render(names)}")
        return [*lines, ""]

    def _ending(self) -> Message:
        if not self.explanation.complete:
            return msg("There may be further clashes: resolve these and run explain again, or give it more time.")
        if not self.explanation.solved:
            return msg("No change of numbers was found with which every hard rule can hold.")
        if len(self.explanation.clashes) == 1:
            return msg("The change marked → was tried: with it every hard rule can hold.")
        return msg("The changes marked → were tried together: with them every hard rule can hold.")


def _head(clash: Clash, number: int) -> Message:
    """The first line of a clash."""
    count = len(clash.clauses)
    if not count and clash.where:
        return msg("Clash {number}: these locks cannot all stay, whatever the clauses are:", number=number)
    if not count:
        return msg("Clash {number}: the rights contradict what has already aired; no clause is involved", number=number)
    if count == 1:
        return msg("Clash {number}: this clause cannot hold, whatever the other clauses are:", number=number)
    if clash.minimal:
        return msg_n(
            "Clash {number}: this {count} clause cannot hold; without any one of them the others can:",
            "Clash {number}: these {count} clauses cannot hold together; without any one of them the others can:",
            number=number,
            count=count,
        )
    return msg_n(
        "Clash {number}: this {count} clause cannot hold; the set was not shown to be minimal:",
        "Clash {number}: these {count} clauses cannot hold together; the set was not shown to be minimal:",
        number=number,
        count=count,
    )


def named(clause: Clause) -> str:
    """A clause by the id of its rule and its part: "KZ-UZ measures[0].least"."""
    part = dotted(clause.part) if clause.rule != LOCKS else str(clause.part[0])
    return f"{clause.rule} {part}".strip()


def _place(clause: Clause) -> str:
    return f"{clause.file}:{clause.line}:{clause.column}:"


def _with_doubt(one: Remedy) -> Message:
    """A remedy, with what is not certain about it."""
    if not one.proved:
        return msg("{remedy} (a smaller change may be enough)", remedy=one.words)
    if one.enough:
        return one.words
    return msg(
        "{remedy} (resolves this clash; the time did not suffice to test all other rules with it)", remedy=one.words
    )


def edit_words(one: Remedy) -> str:
    """The edit of instance.yaml that a remedy stands for: "end: 20:00 → 20:45"."""
    return f"{dotted(one.path)}: {plain(one, one.old)} → {plain(one, one.new)}"


def plain(one: Remedy, value: Any) -> Any:
    """A value as it is written in instance.yaml."""
    field = next((step for step in reversed(one.path) if isinstance(step, str)), "")
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if field in ("start", "end"):
        return clock_text(value)
    if isinstance(value, tuple):
        return [clock_text(item) if isinstance(item, int) else item for item in value]
    return value
