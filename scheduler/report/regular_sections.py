"""The tables of series in regular slots: figures of regularity, the slots, and the end of each series."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from babel.dates import get_day_names

from scheduler.arrays import records
from scheduler.generate.facts import facts
from scheduler.report.sections import Column, Kind, Row, Section
from scheduler.timetable import regularity, repeated_freely, runway, strand_entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.report.language import Language
    from scheduler.report.tables import Tables
    from scheduler.timetable import StrandEntries

FIGURES = ("one_channel", "one_version", "no_hole", "next_on_channel", "days_in_slot", "slot_kept")
"""The figures of regularity, in the order in which they are shown."""


def regularity_section(tables: Tables, language: Language) -> Section:
    """The figures of the timetable's series, and those of a real channel if they are known."""
    own, real, say = regularity(tables.timetable), facts().regularity, language.say
    free = repeated_freely(tables.timetable)
    measured = {"days_in_slot": real.days_in_slot, "slot_kept": real.slot_kept}

    def share(value: float | None) -> str:
        return "–" if value is None else language.percent(value)

    rows = [Row((say(f"regular_{name}"), share(getattr(own, name)), share(measured.get(name)))) for name in FIGURES]
    columns = (
        Column(say("regular_figure"), "long"),
        Column(say("regular_plan")),
        Column(say("regular_real")),
    )
    note = " ".join(
        [say("regularity_note", series=own.series, airings=own.airings), say("regular_unknown")]
        + ([say("regular_one_week")] if own.slot_kept is None else [])
        + ([say("regular_free", count=free)] if free and tables.instance.placements else [])
    )
    return Section(
        "regularity", say("regularity_title"), note, columns, tuple(rows if own.series else ()), say("nothing")
    )


def runway_section(tables: Tables, language: Language) -> Section:
    """The last day of each series in its slot, the weeks that it continues after the plan, and its successor."""
    say, titles = language.say, {item.programme: item.title for item in tables.instance.programmes}
    horizon, real = tables.instance.file.horizon, facts().regularity
    last = horizon.start + timedelta(days=horizon.days - 1)
    series = runway(tables.timetable)
    weeks = [max(0, -(-(one.ends - last).days // 7)) for one in series]
    rows = [
        Row(
            (
                one.channel,
                one.start,
                weekday_names(one.weekdays, language),
                titles[one.programme],
                say("runway_episode", last=one.last_episode, all=one.episodes),
                language.day(one.ends),
                after,
                "–" if one.successor is None else titles[one.successor],
            ),
            channel=one.channel,
        )
        for one, after in zip(series, weeks, strict=True)
    ]
    kinds: dict[str, Kind] = {"title": "long", "runway_successor": "long", "runway_weeks": "number"}
    names = ("channel", "start", "runway_days", "title", "runway_reached", "runway_ends", "runway_weeks")
    columns = tuple(Column(say(name), kinds.get(name, "text")) for name in (*names, "runway_successor"))
    longer = sum(after > real.weeks_most for after in weeks)
    note = say("runway_note", median=real.weeks_median, most=real.weeks_most, count=longer)
    return Section("runway", say("runway_title"), note, columns, tuple(rows), say("nothing"))


def strands_section(tables: Tables, language: Language) -> Section:
    """Each series in a slot as one entry: weekdays, start, first and last episode, pauses and changes."""
    say, listed = language.say, _listed(tables)
    rows = []
    for one in strand_entries(tables.timetable, tables.listing):
        first, last = listed[one.entries[0]], listed[one.entries[-1]]
        version = [language.tongue(first["version_language"])]
        version += [say(first["version_kind"])] if first["version_kind"] != "original" else []
        values = (
            first["channel"],
            first["start_local"][11:],
            weekday_names(one.weekdays, language),
            language.title(first["title"]),
            _episodes(first["episode"], last["episode"]),
            say("first_run" if first["run"] == "first" else "rerun"),
            ", ".join(version),
            language.day(one.days[0]),
            language.day(one.days[-1]),
            "; ".join(_exceptions(one, listed, language)) or "–",
        )
        rows.append(Row(values, channel=first["channel"]))
    names = ["channel", "start", "runway_days", "title", "strand_episodes", "run", "version", "strand_first"]
    names += ["strand_last", "strand_exceptions"]
    long = {"title", "strand_exceptions"}
    columns = tuple(Column(say(name), "long" if name in long else "text") for name in names)
    return Section("strands", say("strands_title"), say("strands_note"), columns, tuple(rows), say("nothing"))


def _listed(tables: Tables) -> list[dict[str, str]]:
    """The texts of each entry of the timetable, in its order."""
    texts = ["channel", "start_local", "title", "episode", "run", "version_language", "version_kind"]
    return records(tables.listing[texts])


def _exceptions(one: StrandEntries, listed: Sequence[dict[str, str]], language: Language) -> list[str]:
    """Differences from the usual week: the slot before, airings at another start, days without the series."""
    say, sentences = language.say, []
    if one.before is not None:
        before = listed[one.before]
        sentences.append(say("strand_before", channel=before["channel"], start=before["start_local"][11:]))
    for day, entry in one.moved:
        sentences.append(say("strand_moved", day=language.weekday(day), start=listed[entry]["start_local"][11:]))
    if one.pauses:
        sentences.append(say("strand_pauses", days=", ".join(language.weekday(day) for day in one.pauses)))
    return sentences


def _episodes(first: str, last: str) -> str:
    return first if first == last else f"{first}–{last}"


def weekday_names(weekdays: Iterable[int], language: Language) -> str:
    """Weekdays in a language: three or more in a row as Mon–Wed, others one by one."""
    names, runs = get_day_names("abbreviated", locale=language.locale), list[list[int]]()
    for day in sorted(weekdays):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = [
        f"{names[run[0]]}–{names[run[-1]]}" if len(run) > 2 else ", ".join(str(names[day]) for day in run)
        for run in runs
    ]
    return ", ".join(parts)
