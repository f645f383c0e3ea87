"""A partner's answer to an offer: accepted airings and other starts as locks, refused ones as bans."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from scheduler.arrays import records
from scheduler.imports.cells import read_table
from scheduler.instance import InputError, Problem, zone_clock
from scheduler.messages import msg
from scheduler.moments import utc_text
from scheduler.publication.offer import ACCEPTED, ANSWER, KEY, OTHER, REFUSED
from scheduler.timetable import timetable_frame

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.publication.words import Key, Said
    from scheduler.timetable import Timetable

LOCK_COLUMNS = ("channel", "start_utc", "duration_min", "programme", "run", "version_language", "version_kind")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)")


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a partner. Locks are rows of locks.csv, bans are rules as items of a YAML list."""

    locks: tuple[dict[str, str], ...]
    bans: tuple[str, ...]
    accepted: int
    moved: int
    refused: int
    open: int  # airings of the party's channels without an answer
    said: tuple[tuple[Key, Said], ...] = ()  # (key, answer) of every airing


def read_answers(timetable: Timetable, party: str, path: Path) -> Answers:
    """Read an answered offer, workbook or CSV.

    Raises InputError if the file cannot be read, and with every wrong row: an airing that is not in the timetable, a
    channel of another party, an unknown word for an answer.
    """
    instance = timetable.instance
    frame = timetable_frame(timetable)
    airings = {row["airing_id"]: row for row in records(frame)}
    theirs = {channel.id: channel for channel in instance.channels if party in channel.belongs_to}
    problems: list[Problem] = []
    locks: list[dict[str, str]] = []
    bans: list[str] = []
    words: list[tuple[Key, Said]] = []
    counts = dict.fromkeys(("accepted", "moved", "refused", "open"), 0)
    for line, row in _rows(path):
        word, other = row.get(ANSWER, "").strip().casefold(), row.get(OTHER, "").strip()
        airing = airings.get(row.get(KEY, "").strip())
        if word in ("", "–", "-") and not other:
            counts["open"] += airing is not None and airing["channel"] in theirs
            continue
        if airing is None or airing["channel"] not in theirs:
            what = msg("no airing '{airing}' is planned on a channel of {party}", airing=row.get(KEY, ""), party=party)
            problems.append(Problem(path.name, line, 1, what))
        elif other:
            start = _moved(airing, other)
            if start is None:
                wrong = msg("{column} '{value}' is not a time; write it as 19:30", column=OTHER, value=other)
                problems.append(Problem(path.name, line, 1, wrong))
                continue
            locks.append(_lock(airing, start))
            words += [(_key(airing), "countered"), ((airing["channel"], start, airing["programme"]), "accepted")]
            counts["moved"] += 1
        elif word in ACCEPTED:
            locks.append(_lock(airing, airing["start_utc"]))
            words.append((_key(airing), "accepted"))
            counts["accepted"] += 1
        elif word in REFUSED:
            bans.append(_ban(airing, party))
            words.append((_key(airing), "refused"))
            counts["refused"] += 1
        else:
            wrong = msg(
                "{column} '{value}' is not an answer; expected accepted or refused, or a time in {other}",
                column=ANSWER,
                value=row[ANSWER],
                other=OTHER,
            )
            problems.append(Problem(path.name, line, 1, wrong))
    if problems:
        raise InputError(problems)
    return Answers(tuple(locks), tuple(bans), **counts, said=tuple(words))


def locks_csv(answers: Answers) -> str:
    """The locks as rows of locks.csv."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, LOCK_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(answers.locks)
    return stream.getvalue()


def bans_yaml(answers: Answers) -> str:
    """The refused airings as a variant of the instance: rules that bar them."""
    if not answers.bans:
        return "# Nothing was refused.\n{}\n"
    return "rules:\n" + "".join(f"  {line}\n" for line in answers.bans)


def _key(airing: dict[str, Any]) -> Key:
    return airing["channel"], airing["start_utc"], airing["programme"]


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """(line, cells by the code of their column) of the rows below the row of codes."""
    table = [[_text(cell) for cell in row] for row in read_table(path).rows]
    heads = next((at for at, row in enumerate(table) if KEY in row and ANSWER in row), None)
    if heads is None:
        missing = msg("has no row with the columns {key} and {answer}", key=KEY, answer=ANSWER)
        raise InputError([Problem(path.name, 1, 1, missing)])
    return [(at + 1, dict(zip(table[heads], table[at], strict=False))) for at in range(heads + 1, len(table))]


def _text(cell: Any) -> str:
    return cell.strftime("%H:%M") if isinstance(cell, datetime | time) else str(cell)


def _lock(airing: dict[str, Any], start: str) -> dict[str, str]:
    return {name: start if name == "start_utc" else str(airing[name]) for name in LOCK_COLUMNS}


def _moved(airing: dict[str, Any], clock: str) -> str | None:
    """The start, in UTC, at another time of the same day on the channel's clock."""
    found = _CLOCK.fullmatch(clock)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    day = datetime.fromisoformat(airing["start_local"]).replace(hour=int(found[1]), minute=int(found[2]))
    return utc_text(day.replace(tzinfo=zone_clock(airing["timezone"])).astimezone(UTC))


def _ban(airing: dict[str, Any], party: str) -> str:
    """A rule that bars the programme from the channel at that time."""
    begin = datetime.fromisoformat(airing["start_local"])
    end = begin + timedelta(minutes=int(airing["duration_min"]))
    same_day = end.date() == begin.date()
    last = end.strftime("%H:%M") if same_day else "24:00"
    day = begin.date().isoformat()
    return (
        f"- {{type: quota, id: refused-by-{party}-{airing['channel']}-{begin:%Y-%m-%d-%H%M}, "
        f"channels: [{airing['channel']}], "
        f'select: {{programme: {airing["programme"]}}}, hours: ["{begin:%H:%M}", "{last}"], '
        f"valid_from: {day}, valid_to: {day}, period: day, most_minutes: 0}}"
    )
