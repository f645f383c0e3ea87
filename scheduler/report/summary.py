"""The last lines of `parity solve`: the result, its bound, the missed rows, and the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.certify import CERTIFICATE_FILE
from scheduler.messages import Listed, Message, Term, msg, msg_n
from scheduler.report.checking import miss_line, verdict, worth
from scheduler.results import COMMITMENTS_FILE, RESULT_FILE, TIMETABLE_FILE, TIMINGS_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Obligation
    from scheduler.report.language import Language
    from scheduler.solve import Answer
    from scheduler.verify import Verification

MOST_MISSES = 12


def summary_lines(answer: Answer, out: Path, language: Language) -> list[str]:
    """The lines of the summary, for an answer with a timetable."""
    checked, timetable = answer.verification, answer.timetable
    if checked is None or timetable is None:
        return []
    missed, render = checked.missed, language.render
    lines = [
        _found(answer, int((~timetable.anchor).sum()), language),
        render(worth(checked)),
        _proof(answer, checked, language),
        render(msg("rules: {verdict}", verdict=verdict(checked))),
    ]
    lines += [f"  {miss_line(row, language, amount=False)}" for row in missed[:MOST_MISSES]]
    if len(missed) > MOST_MISSES:
        lines.append(
            "  " + render(msg("… and {number} more: parity report lists them all", number=len(missed) - MOST_MISSES))
        )
    lines += [render(one) for one in _of_ledgers(answer)]
    if checked.tally.hard:
        what = f"{_folder(answer)} {out / TIMETABLE_FILE}"
        lines.append(render(msg("parity explain {folder} finds the clauses that clash", folder=what)))
    files = (TIMETABLE_FILE, RESULT_FILE, TIMINGS_FILE) + (CERTIFICATE_FILE,) * (answer.certificate is not None)
    files += (COMMITMENTS_FILE,) * bool(answer.airings.instance.placements)
    saved = tuple(str(out / name) for name in files)
    return [*lines, render(msg("saved: {files}", files=Listed(saved)))]


def _of_ledgers(answer: Answer) -> list[Message | Listed]:
    """The carry-overs and make-goods that the plan takes from ledgers."""
    instance = answer.airings.instance
    carried = [
        msg(
            "carry-over of {rule}, {measure}: {amount} {unit}, from {entries} of {ledger}, head {head}",
            rule=one.agreement,
            measure=Term("measure", one.measure),
            amount=one.carry_over,
            unit=Term("unit", one.unit),
            entries=msg_n("{count} line", "{count} lines", count=sum(len(part.entries) for part in one.periods)),
            ledger=one.ledger,
            head=one.head[:16],
        )
        for one in instance.carried
    ]
    owed = [_make_good(one) for one in instance.obligations]
    return [*carried, *owed]


def _make_good(one: Obligation) -> Listed:
    """The sentence on an open make-good, with its daypart and programme."""
    where = [msg("in the daypart {daypart}", daypart=one.daypart)] if one.daypart else []
    where += [msg("with {programme}", programme=one.programme)] if one.programme else []
    sentence = msg(
        "make-good {entry} of {rule}: {giver} may still show {amount} {measure} on channels of {taker} by {due}",
        entry=str(one.entry),
        rule=one.agreement,
        giver=one.giver,
        amount=one.missing,
        measure=Term("measure", one.measure),
        taker=one.taker,
        due=one.due,
    )
    return Listed((sentence, *where))


def _folder(answer: Answer) -> Path:
    folder: Path = answer.airings.instance.folder
    return folder


def _found(answer: Answer, airings: int, language: Language) -> str:
    search = answer.search
    return language.render(
        msg(
            "{status}: {airings} airings of {candidates} candidates in {seconds} s (seed {seed})",
            status=language.say(f"search_{answer.status}"),
            airings=airings,
            candidates=len(answer.airings),
            seconds=language.number(search.seconds()),
            seed=str(search.settings.seed),
        )
    )


def _proof(answer: Answer, checked: Verification, language: Language) -> str:
    """The bound and the gap, or the reason why there is none."""
    search = answer.search
    gap = search.gap()
    bound = msg("no bound") if search.bound is None else msg("bound {bound}", bound=search.bound)
    if gap is not None:
        known = msg("gap {gap}", gap=language.percent(gap))
    elif answer.hard_rules == "impossible":
        return language.render(msg("proven twice: no timetable keeps all hard rules; this one misses the least"))
    elif checked.tally.hard:
        return language.render(msg("no timetable that keeps all hard rules was found in time; there may be one"))
    else:
        known = msg("gap unknown")
    return language.render(Listed((bound, known)))
