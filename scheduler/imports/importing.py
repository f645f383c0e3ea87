"""Convert imported data to files of an instance: anchors, programmes, history, or a timetable with locks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scheduler.imports.anchors import anchors_of, table_text
from scheduler.imports.grid import whole_days
from scheduler.imports.merging import merged
from scheduler.imports.review import Change, slots_review, some
from scheduler.imports.slots import settle
from scheduler.imports.unknown_words import warn_of_unknown_genres
from scheduler.imports.workbook import READ, report_following
from scheduler.instance import InputError, Problem
from scheduler.messages import msg
from scheduler.timetable import timetable_csv, timetable_frame
from scheduler.verify import verify

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")
"""The start of an airing in the message of a broken rule, in the form of timetable.csv."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.imports.catalogue import Catalogue
    from scheduler.imports.findings import Findings
    from scheduler.imports.slots import Slot
    from scheduler.imports.workbook import Edited
    from scheduler.instance import Instance
    from scheduler.messages import Message, Value


def anchors_change(instance: Instance, slots: Sequence[Slot], findings: Findings, *, whole_day: bool = False) -> Change:
    """A schedule as anchors on the horizon's days. With `whole_day` the rest of each day is marked as unknown.

    Raises
    ------
    InputError
        No slot is left. The problems state why.
    """
    settled = settle(instance, slots, findings)
    if whole_day:
        settled = whole_days(instance, settled, findings)
    rows = anchors_of(instance, settled, findings)
    findings.stop_on_errors()
    if not rows:
        raise InputError([*findings.problems, Problem(str(instance.folder), 1, 1, _nothing(instance, slots))])
    warn_of_unknown_genres(instance, rows, settled[0].file, findings)
    after = merged(instance, rows, settled)
    channels = sorted({row["channel"] for row in rows})
    replaced = [*after.replaced, *after.shortened]
    return Change(
        {"anchors.csv": after.text},
        msg(
            "{number} anchors of {channels} ({names})",
            number=len(replaced),
            channels=", ".join(channels),
            names=some(replaced),
        )
        if replaced
        else None,
        msg(
            "anchors: {anchors} ({airings} airings) on {channels}",
            anchors=len(rows),
            airings=len(settled),
            channels=", ".join(channels),
        ),
        slots_review(instance, settled, after, findings),
    )


def catalogue_change(instance: Instance, catalogue: Catalogue, findings: Findings) -> Change:
    """Add a catalogue to the programmes. Raises InputError if no row can be used."""
    findings.stop_on_errors()
    replaced = [name for name, words in catalogue.replaced.items() if words]
    if not catalogue.fresh and not catalogue.replaced:
        message = msg(
            "no row could be used, {number} are left out; nothing is left to import", number=catalogue.left_out
        )
        raise InputError([*findings.problems, Problem("programmes.csv", 1, 1, message)])
    warn_of_unknown_genres(instance, catalogue.rows, "programmes.csv", findings)
    changed = [
        msg("changed: {programme}: {cells}", programme=name, cells=catalogue.replaced[name]) for name in replaced
    ]
    return Change(
        {"programmes.csv": catalogue.text},
        msg("{number} programmes ({names})", number=len(replaced), names=some(replaced)) if replaced else None,
        msg(
            "programmes added: {added}, replaced: {replaced}, rows left out: {left_out}",
            added=len(catalogue.fresh),
            replaced=len(replaced),
            left_out=catalogue.left_out,
        ),
        (*catalogue.sample, *changed),
    )


def timetable_change(instance: Instance, edited: Edited, findings: Findings) -> Change:
    """An edited timetable: timetable.csv, and locks.csv with the rows that are marked as locked."""
    findings.stop_on_errors()
    table = edited.read(instance)
    frame = timetable_frame(table).astype(str)
    report_following(edited, {str(name): frame[name].tolist() for name in frame.columns}, findings)
    verification = verify(table)
    for row in verification.broken:
        moment = _MOMENT.search(str(row.text))
        line = edited.line_of(row.subject.name, moment[0]) if moment is not None else 1
        findings.repair(edited.file, (line, 1), row.text, msg("kept as it is"))
    findings.stop_on_errors()
    locks = [row for row, locked in zip(edited.rows, edited.locked, strict=True) if locked and not row.get("anchor")]
    files = {"timetable.csv": timetable_csv(table)}
    lines: list[Value] = [msg("only the listing is read; edits of other sheets have no effect")]
    if locks or (instance.folder / "locks.csv").is_file():
        files["locks.csv"] = table_text(locks, READ) if locks else ""
    if instance.locks and not locks:
        lines.append(
            msg("no row is marked locked: locks.csv, with {number} locks, is removed", number=len(instance.locks))
        )
    there = [name for name in files if (instance.folder / name).is_file()]
    missed = [row for row in verification.hard_missed if not row.rigid]
    lines += [msg("✗ hard  {text}", text=row.text) for row in missed]
    summary = msg(
        "airings: {airings}, locked: {locked}; hard rule rows missed: {missed}",
        airings=len(edited.rows),
        locked=len(locks),
        missed=len(missed),
    )
    return Change(files, ", ".join(there) or None, summary, tuple(lines))


def _nothing(instance: Instance, slots: Sequence[Slot]) -> Message:
    """The reason why no row is left."""
    horizon = instance.file.horizon
    if not slots:
        return msg("no entry could be read; nothing is left to import")
    first, last = min(slot.start for slot in slots), max(slot.start for slot in slots)
    return msg(
        "no programme lies on the horizon's days, {days} from {start}; what was read is from {first} to {last}",
        days=horizon.days,
        start=str(horizon.start),
        first=f"{first:%Y-%m-%d}",
        last=f"{last:%Y-%m-%d}",
    )
