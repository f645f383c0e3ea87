"""The files of a reconciliation: the aired timetable, discrepancies, recounted measures, history."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.export.party import for_party
from scheduler.instance import agreements_of
from scheduler.instance.derived.aired import EVIDENCE_COLUMNS
from scheduler.messages import msg, msg_n
from scheduler.reconcile.decisions import FILE, decisions_csv
from scheduler.reconcile.history_file import HISTORY, history_text
from scheduler.reconcile.outcome import AIRED, CLASSES, Outcome, counted, local_text
from scheduler.report.language import Language
from scheduler.rules import rules_of
from scheduler.text_tables import markdown_lines, without_bars
from scheduler.timetable import build_timetable, timetable_frame, with_history
from scheduler.verify import verify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.instance import Aired, Instance
    from scheduler.messages import Message
    from scheduler.rules.framework.base import Measurement
    from scheduler.timetable import Timetable

AIRED_FILE, DISCREPANCIES, PAGE = "aired.csv", "discrepancies.csv", "reconciliation.md"
MOST_LISTED = 200
"""Most discrepancies on the page. The table has all of them."""


def files_of(
    timetable: Timetable, outcome: Outcome, party: str | None = None, language: Language | None = None
) -> dict[str, str]:
    """The texts of all files by name. decisions.csv only if a match is ambiguous.

    Parameters
    ----------
    party
        The party that gets the files; `outcome` is its part (`outcome_for`). They have no history and no viewers, and
        only measures of its agreements.
    language
        The language of the page, by default English.
    """
    language = language or Language("en")
    aired, lines, outside = aired_timetable(timetable, outcome)
    table = discrepancies(timetable.instance, outcome)
    before = _before(timetable.instance, lines)
    recounted = _measures(
        with_history(timetable, before), with_history(aired, before), outcome.uncovered, party, language
    )
    files = {
        AIRED_FILE: _with_evidence(aired, lines, party),
        DISCREPANCIES: table.to_csv(index=False, lineterminator="\n"),
        PAGE: _page(timetable.instance, outcome, table, recounted, outside, party, language),
    }
    if party is None:
        files[HISTORY] = history_text(timetable, outcome, aired)
    if outcome.ambiguous:
        # With the decisions already taken, so that a file in their place has all of them.
        files[FILE] = decisions_csv([*outcome.settled, *outcome.ambiguous])
    return files


def aired_timetable(timetable: Timetable, outcome: Outcome) -> tuple[Timetable, pd.DataFrame, int]:
    """The aired timetable of the horizon, its lines, and the number of airings outside the horizon.

    Seconds are summed first and then rounded to whole minutes. A run is a first run if its episode has not aired in the
    territory before.
    """
    instance = timetable.instance
    lines = outcome.lines[outcome.lines["status"].isin(AIRED)] if len(outcome.lines) else outcome.lines
    if lines.empty:
        return _build(instance, lines), lines, 0
    lines = lines.assign(
        minute=np.rint(lines["aired"] / 60).astype(np.int64),
        minutes=np.maximum(np.floor(lines["aired_seconds"] / 60 + 0.5), 1).astype(np.int64),
        content=contents_of(timetable, lines),
    )
    line = instance.timeline
    begin = line.planned_from * 1440
    inside = (lines["minute"] >= begin) & (lines["minute"] + lines["minutes"] < line.minutes)
    kept = lines[inside].sort_values(["minute", "channel"], kind="stable")
    kept = kept.drop_duplicates(["channel", "minute", "content"]).reset_index(drop=True)
    kept = kept.assign(first=_first_runs(instance, kept))
    return _build(instance, kept), kept, int((~inside).sum())


def contents_of(timetable: Timetable, lines: pd.DataFrame) -> list[int]:
    """The content of each line: that of its planned airing.

    For an unplanned airing it is a version of the programme.
    """
    instance = timetable.instance
    ids = timetable_frame(timetable)["airing_id"]
    planned = dict(zip(ids, timetable.content.tolist(), strict=True))
    anchors = {anchor.anchor: number for number, anchor in enumerate(instance.anchors)}
    found = []
    for airing, identity, channel in zip(lines["airing"], lines["identity"], lines["channel"], strict=True):
        if airing:
            found.append(planned[airing])
        elif identity in anchors:
            found.append(instance.contents.anchor_offset + anchors[identity])
        else:
            found.append(_version(instance, instance.programme_index[identity], int(channel)))
    return found


def _version(instance: Instance, programme: int, channel: int) -> int:
    """The content of a programme in a language of the channel, else in its first version."""
    items = instance.contents.items[: instance.contents.version_count]
    numbers = [number for number, item in enumerate(items) if item.programme == programme]
    spoken = [number for number in numbers if items[number].audio in instance.channels[channel].languages]
    return (spoken or numbers)[0]


def _first_runs(instance: Instance, lines: pd.DataFrame) -> list[bool]:
    """Whether each airing is the first one of its episode in the channel's territory.

    The lines are in order of start.
    """
    seen_in = {channel.id: channel.seen_in for channel in instance.channels}
    before = [row for row in _before(instance, lines) if not row.anchor]
    aired = {(row.programme, row.episode, code) for row in before for code in seen_in.get(row.channel, ())}
    found = []
    for identity, episode, channel, anchor in zip(
        lines["identity"], lines["aired_episode"], lines["channel"], lines["anchor"], strict=True
    ):
        owner = instance.channels[int(channel)]
        found.append(bool(anchor) or (identity, int(episode), owner.territory) not in aired)
        aired |= {(identity, int(episode), code) for code in owner.seen_in}
    return found


def _before(instance: Instance, lines: pd.DataFrame) -> tuple[Aired, ...]:
    """The rows of history.csv without those that an earlier run wrote for the same airings."""
    line = instance.timeline
    ours = set(zip(lines["channel"].tolist(), lines["minute"].tolist(), strict=True)) if len(lines) else set()
    return tuple(
        row
        for row in instance.history
        if (instance.channel_index.get(row.channel), line.minute_of(row.start_utc)) not in ours
    )


def _build(instance: Instance, lines: pd.DataFrame) -> Timetable:
    def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return lines[name].to_numpy(np.int64) if len(lines) else np.zeros(0, dtype=np.int64)

    content = column("content")
    anchor = content >= instance.contents.anchor_offset
    return build_timetable(
        instance,
        channel=column("channel"),
        start=column("minute"),
        minutes=column("minutes"),
        content=content,
        episode=np.where(anchor, 0, np.maximum(column("aired_episode"), 1)),
        first=column("first").astype(bool),
        anchor=anchor,
    )


def _with_evidence(aired: Timetable, lines: pd.DataFrame, party: str | None) -> str:
    """The columns of timetable.csv, and for each airing its class and its evidence."""
    frame = timetable_frame(aired)
    if lines.empty:
        return frame.assign(**dict.fromkeys(EVIDENCE_COLUMNS, "")).to_csv(index=False, lineterminator="\n")
    key = pd.MultiIndex.from_frame(lines[["channel", "minute", "content"]].astype(np.int64))
    at = key.get_indexer(pd.MultiIndex.from_arrays([aired.channel, aired.start, aired.content]))
    shown = lines.iloc[at]
    columns = dict(zip(EVIDENCE_COLUMNS, ("status", "file", "rows", "sha256"), strict=True))
    frame = frame.assign(**{name: shown[column].to_numpy() for name, column in columns.items()})
    if party is not None:
        frame = for_party(aired.instance, frame, party)
    return frame.to_csv(index=False, lineterminator="\n")


def discrepancies(instance: Instance, outcome: Outcome) -> pd.DataFrame:
    """Every line with a discrepancy, the most serious first, with planned and actual times and the evidence."""
    lines = outcome.lines
    if len(lines):
        lines = lines[lines["status"] != "aired"]
    rows = []
    for line in lines.to_dict("records"):
        channel = int(line["channel"])
        planned, aired = line["start"], line["aired"]
        rows.append(
            {
                "status": line["status"],
                "channel": instance.channels[channel].id,
                "programme": line["identity"],
                "title": line["title"],
                "episode": line["episode"] or line["aired_episode"] or "",
                "planned_start": "" if np.isnan(planned) else local_text(instance, channel, planned)[:16],
                "planned_min": "" if np.isnan(planned) else f"{line['seconds'] / 60:g}",
                "aired_start": "" if np.isnan(aired) else local_text(instance, channel, aired),
                "aired_min": "" if np.isnan(aired) else f"{line['aired_seconds'] / 60:.2f}",
                "off_min": "" if np.isnan(planned) or np.isnan(aired) else f"{(aired - planned) / 60:+.2f}",
                "aired_episode": line["aired_episode"] or "",
                "instead": line["instead"],
                "agreement": line["agreement"],
                "evidence": line["file"],
                "row": line["rows"],
            }
        )
    columns = (
        "status", "channel", "programme", "title", "episode", "planned_start", "planned_min", "aired_start",
        "aired_min", "off_min", "aired_episode", "instead", "agreement", "evidence", "row",
    )  # fmt: skip
    order = {name: at for at, name in enumerate(CLASSES)}
    found = pd.DataFrame(rows, columns=list(columns))
    grave = found["status"].map(order)
    return found.assign(grave=grave).sort_values(["grave", "planned_start", "aired_start"], kind="stable")[
        list(columns)
    ]


def _page(
    instance: Instance,
    outcome: Outcome,
    table: pd.DataFrame,
    recounted: str,
    outside: int,
    party: str | None,
    language: Language,
) -> str:
    """The page: counts, discrepancies, planned and recounted measures, and unplanned items in one line."""
    render, horizon = language.render, instance.file.horizon
    last = horizon.start + timedelta(days=horizon.days - 1)
    name = instance.file.name if party is None else party
    title = msg("What aired: {name}, {first} to {last}", name=name, first=horizon.start, last=last)
    counts = counted(outcome)
    classes = [[class_words(language, name), language.number(counts.get(name, 0))] for name in CLASSES]
    outside_words = msg_n(
        "{count} airing is outside the horizon and counts in that of its own date.",
        "{count} airings are outside the horizon and count in that of their own date.",
        count=outside,
    )
    notes = [*_notes(outcome), outside_words, outcome.params.in_words()] if party is None else [outside_words]
    return "\n".join(
        [
            f"# {render(title)}\n",
            _heading(language, msg("In short")),
            _table([render(msg("class")), render(msg("airings"))], classes),
            *(f"- {render(note)}" for note in notes),
            "",
            *(_listed(table, language) if len(table) else ()),
            _heading(language, msg("Measures recounted")),
            recounted,
        ]
    )


def _heading(language: Language, words: Message) -> str:
    return f"## {language.render(words)}\n"


def _notes(outcome: Outcome) -> list[Message]:
    """What the evidence does not show, and what was not used of it."""
    return [
        msg_n(
            "{count} planned airing is at a time without evidence: it is not classed, and"
            " measures count it as not aired.",
            "{count} planned airings are at times without evidence: they are not classed, and"
            " measures count them as not aired.",
            count=sum(outcome.uncovered.values()),
        ),
        *(msg("{file} covers only some hours of its days.", file=file) for file in outcome.partial),
        msg_n(
            "{count} item of evidence belongs to no planned airing and to no programme of the catalogue.",
            "{count} items of evidence belong to no planned airing and to no programme of the catalogue.",
            count=outcome.others,
        ),
        msg_n(
            "{count} item was not used, because there is evidence of a higher rank.",
            "{count} items were not used, because there is evidence of a higher rank.",
            count=outcome.outranked,
        ),
        msg_n(
            "{count} match is ambiguous; {file} lists it.",
            "{count} matches are ambiguous; {file} lists them.",
            count=len(outcome.ambiguous),
            file=FILE,
        ),
    ]


def _listed(table: pd.DataFrame, language: Language) -> list[str]:
    """The first discrepancies as a table, and how many more there are."""
    heads = {
        "status": msg("class"),
        "channel": msg("channel"),
        "title": msg("title"),
        "episode": msg("episode"),
        "planned_start": msg("planned start"),
        "aired_start": msg("start"),
        "off_min": msg("minutes off"),
        "aired_min": msg("minutes"),
        "instead": msg("instead"),
    }
    shown = table.head(MOST_LISTED).astype(str)
    shown = shown.assign(status=shown["status"].map(lambda name: class_words(language, name)))
    cells = shown[list(heads)].to_numpy().tolist()
    parts = [_heading(language, msg("Discrepancies")), _table(list(map(language.render, heads.values())), cells)]
    if len(table) > MOST_LISTED:
        more = msg("{number} more are in {file}.", number=len(table) - MOST_LISTED, file=DISCREPANCIES)
        parts.append(f"{language.render(more)}\n")
    return parts


def class_words(language: Language, name: str) -> str:
    """The class of an airing in words."""
    classes = {
        "not_aired": msg("not aired"),
        "replaced": msg("replaced"),
        "wrong_episode": msg("another episode"),
        "wrong_day": msg("another day"),
        "partial": msg("in parts"),
        "joined_in_progress": msg("joined in progress"),
        "short": msg("short"),
        "late": msg("late"),
        "early": msg("early"),
        "unplanned": msg("unplanned"),
        "aired": msg("aired as planned"),
    }
    return language.render(classes[name])


def _measures(
    timetable: Timetable, aired: Timetable, uncovered: Mapping[str, int], party: str | None, language: Language
) -> str:
    """Every row of every agreement, or of those of a party, as planned and as aired, counted as the measures define.

    Beside each row stands the number of planned airings of its agreement without evidence.
    """
    agreements = {rule.id for rule in timetable.instance.file.agreements}
    own = {one.id for one in agreements_of(timetable.instance) if party in (None, *one.parties)}

    def rows_of(table: Timetable) -> list[Measurement]:
        rules = [rule for rule in rules_of(table.instance) if rule.id.partition("/")[0] in agreements]
        rows = verify(table, rules).measurements
        return [row for row in rows if party is None or row.rule.partition(":")[0] in own]

    planned, real = (
        {
            (row.rule, str(row.subject), row.period, str(row.aspect), row.sense, at): row
            for at, row in enumerate(rows_of(table))
        }
        for table in (timetable, aired)
    )
    rows = [
        [
            row.rule,
            language.period(row.period),
            language.unit(row.unit),
            language.number(float(row.have)),
            language.number(float(real[key].have)),
            language.number(uncovered.get(row.rule, 0)),
            language.render(real[key].text),
        ]
        for key, row in planned.items()
        if key in real
    ]
    if not rows:
        return language.render(msg("The instance has no agreement.")) + "\n"
    heads = (msg("agreement"), msg("period"), msg("unit"), msg("planned"), msg("aired"))
    return _table(list(map(language.render, (*heads, msg("airings without evidence"), msg("as aired")))), rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(markdown_lines(head, [[without_bars(cell) for cell in row] for row in rows])) + "\n"
