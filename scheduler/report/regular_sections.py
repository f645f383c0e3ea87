"""The sections on series in regular slots: how regular they are, and when each ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import get_day_names

from scheduler.generate.facts import facts
from scheduler.report.sections import Column, Row, Section
from scheduler.timetable import regularity, runway

if TYPE_CHECKING:
    from scheduler.report.language import Language
    from scheduler.report.tables import Tables
    from scheduler.timetable import Runway

FIGURES = ("one_channel", "one_version", "no_hole", "next_on_channel", "days_in_slot", "slot_kept")
"""The figures of regularity, in the order in which they are shown."""


def regularity_section(tables: Tables, language: Language) -> Section:
    """The figures of the timetable's series, beside those of a real channel where they are known."""
    own, real, say = regularity(tables.timetable), facts().regularity, language.say
    measured = {"days_in_slot": real.days_in_slot, "slot_kept": real.slot_kept}

    def share(value: float | None) -> str:
        return "–" if value is None else language.percent(value)

    rows = [Row((say(f"regular_{name}"), share(getattr(own, name)), share(measured.get(name)))) for name in FIGURES]
    columns = (
        Column(say("regular_figure"), "long"),
        Column(say("regular_plan")),
        Column(say("regular_real")),
    )
    note = say("regularity_note", series=own.series, airings=own.airings)
    return Section(
        "regularity", say("regularity_title"), note, columns, tuple(rows if own.series else ()), say("nothing")
    )


def runway_section(tables: Tables, language: Language) -> Section:
    """When each series ends in its slot, and its successor."""
    say, titles = language.say, {item.programme: item.title for item in tables.instance.programmes}
    rows = [
        Row(
            (
                one.channel,
                one.start,
                weekday_names(one, language),
                titles[one.programme],
                say("runway_episode", last=one.last_episode, all=one.episodes),
                language.day(one.ends),
                "–" if one.successor is None else titles[one.successor],
            ),
            channel=one.channel,
        )
        for one in runway(tables.timetable)
    ]
    long = {"title", "runway_successor"}
    names = ("channel", "start", "runway_days", "title", "runway_reached", "runway_ends", "runway_successor")
    columns = tuple(Column(say(name), "long" if name in long else "text") for name in names)
    return Section("runway", say("runway_title"), say("runway_note"), columns, tuple(rows), say("nothing"))


def weekday_names(one: Runway, language: Language) -> str:
    """The weekdays of a slot in a language: Mon, Tue, Wed."""
    names = get_day_names("abbreviated", locale=language.locale)
    return ", ".join(str(names[day]) for day in one.weekdays)
