"""Build a generated instance and write its folder with the hidden timetable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import yaml

from scheduler.generate.cast import (
    START,
    Outlet,
    audience_entries,
    channel_entry,
    choose_outlets,
    live_entries,
    news_entries,
    vary,
)
from scheduler.generate.catalogue import Title, build_catalogue, programme_entry
from scheduler.generate.facts import Facts, facts
from scheduler.generate.hidden import HIDDEN_FILE, Pick, hide_timetable
from scheduler.generate.regular import hide_regular
from scheduler.generate.rulebook import admitting_rules, agreements, hidden_columns, placement, rules
from scheduler.instance import FORMAT, INSTANCE_FILE, Anchor, AudienceRow, Instance, InstanceFile, Programme
from scheduler.messages import RefusedError, msg
from scheduler.rules.calendar import Calendar
from scheduler.rules.languages import Languages
from scheduler.timetable import Timetable, build_timetable, timetable_csv
from scheduler.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.generate.options import GeneratorOptions

FILES = (INSTANCE_FILE, "programmes.csv", "audience.csv", "anchors.csv", HIDDEN_FILE)
"""The files of a generated folder. No loader reads the last one."""

ADMITTING: dict[str, type[Languages | Calendar]] = {"languages": Languages, "calendar": Calendar}
"""Rules that apply while the hidden timetable is built."""

HISTORY_FILE = "history.csv"
"""Airings before the horizon, if series have regular slots."""


def generate(folder: Path, options: GeneratorOptions, seed: int, name: str = "generated") -> None:
    """Write an instance into a folder. The same options and seed give the same bytes.

    Raises ValueError if the options allow no exchange.
    """
    known, rng = facts(), np.random.default_rng(seed)
    outlets = choose_outlets(options, known, rng)
    if options.regular:
        outlets = vary(outlets, options, known, rng)
    titles = build_catalogue(options, known, outlets, rng)
    tables = {
        "programmes.csv": [programme_entry(title, options, outlets) for title in titles],
        "audience.csv": [row for outlet in outlets for row in audience_entries(outlet, options, known)],
        "anchors.csv": [row for outlet in outlets for row in news_entries(outlet, options)],
    }
    file = _instance_file(options, outlets, known, seed, name)
    heard = admitting_rules(options, outlets, rng)
    if options.regular:
        tables["anchors.csv"] += live_entries(outlets, options, rng)
        file["placement"] = placement(known, options.world)
        bare = _instance(
            folder, {**file, "rules": [ADMITTING[one["type"]].model_validate(one) for one in heard]}, tables
        )
        hiding = hide_regular(options, outlets, titles, known, bare, rng)
        picks, tables[HISTORY_FILE] = hiding.picks, hiding.history
    else:
        file["placement"] = [{"as": "free"}]
        picks = hide_timetable(options, outlets, titles, rng)
        bare = _instance(folder, file, tables)
    if not picks:
        raise RefusedError(
            msg("no programme can be exchanged with these options; use more titles or a longer shortlist")
        )
    timetable, audience = _timetable(bare, outlets, titles, picks)
    hidden = hidden_columns(picks, outlets, titles, audience, bare)
    file["agreements"] = agreements(hidden, options)
    own = rules(hidden, options, outlets, known.genres)
    file["rules"] = [own[0], *heard, *own[1:]]
    _write(folder, file, tables, timetable)


def _instance_file(
    options: GeneratorOptions, outlets: Sequence[Outlet], known: Facts, seed: int, name: str
) -> dict[str, Any]:
    lands = [land for land in known.territories.rows if land in {outlet.station.territory for outlet in outlets}]
    differ = {**options.model_dump(exclude_defaults=True, exclude={"world"}), **options.world.changed()}
    chosen = ", ".join(f"{key} {value}" for key, value in differ.items())
    return {
        "format": FORMAT,
        "name": name,
        "description": f"Generated from seed {seed}; titles, audiences and bounds are drawn, not measured. {chosen}",
        "horizon": {"start": START, "days": options.days},
        "grid_minutes": options.grid,
        "territories": {
            land: {
                "name": known.territories.rows[land].name,
                "population": known.territories.rows[land].population,
                "source": known.territories.source.split(";")[0],
            }
            for land in lands
        },
        "channels": [channel_entry(outlet, options) for outlet in outlets],
    }


def _instance(folder: Path, file: dict[str, Any], tables: dict[str, list[dict[str, Any]]]) -> Instance:
    """The instance without its rules, to count the audience of the hidden timetable."""
    return Instance(
        folder=folder,
        file=InstanceFile.model_validate(file),
        programmes=tuple(
            Programme.model_validate({key: value for key, value in row.items() if value != ""})
            for row in tables["programmes.csv"]
        ),
        audience=tuple(AudienceRow.model_validate(row) for row in tables["audience.csv"]),
        anchors=tuple(Anchor.model_validate(row) for row in tables["anchors.csv"]),
        history=(),
        locks=(),
        digest="",
        warnings=(),
        places={},
    )


def _timetable(
    instance: Instance, outlets: Sequence[Outlet], titles: Sequence[Title], picks: Sequence[Pick]
) -> tuple[Timetable, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The hidden timetable, and the audience of its picks in order."""
    contents, timeline = instance.contents, instance.timeline
    known = {
        (item.programme, item.audio): number for number, item in enumerate(contents.items[: contents.version_count])
    }
    zones = [outlet.station.zone for outlet in outlets]
    channel = np.array([pick.outlet for pick in picks])
    start = np.array([timeline.local_minute(zones[pick.outlet], pick.day, pick.minute) for pick in picks])
    content = np.array([known[pick.title, pick.language] for pick in picks])
    episode, first = _numbered(outlets, titles, picks, start)
    planned = np.array([pick.episode for pick in picks])
    episode = np.where(planned > 0, planned, episode)
    first = np.where(planned > 0, [pick.first for pick in picks], first)
    minutes, fixed = contents.minutes[content], instance.dated_anchors
    audience = np.zeros(len(picks), dtype=np.int64)
    for number in range(len(outlets)):
        mine = np.flatnonzero(channel == number)
        audience[mine] = instance.viewing.audience(number, content[mine], start[mine], start[mine] + minutes[mine])
    count = len(fixed.channel)
    timetable = build_timetable(
        instance,
        channel=np.concatenate([channel, fixed.channel]),
        start=np.concatenate([start, fixed.start]),
        minutes=np.concatenate([minutes, fixed.end - fixed.start]),
        content=np.concatenate([content, fixed.content]),
        episode=np.concatenate([episode, np.zeros(count, dtype=np.int64)]),
        first=np.concatenate([first, contents.first[fixed.content]]),
        anchor=np.concatenate([np.zeros(len(picks), dtype=bool), np.ones(count, dtype=bool)]),
    )
    return timetable, audience


def _numbered(
    outlets: Sequence[Outlet],
    titles: Sequence[Title],
    picks: Sequence[Pick],
    start: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """(episode, whether a first run) of every pick. A territory gets all episodes once, then all again."""
    frame = pd.DataFrame(
        {
            "title": [pick.title for pick in picks],
            "land": [outlets[pick.outlet].station.territory for pick in picks],
            "start": start,
            "channel": [pick.outlet for pick in picks],
            "episodes": [titles[pick.title].episodes for pick in picks],
        }
    ).sort_values(["start", "channel"])
    order = frame.groupby(["title", "land"]).cumcount().sort_index().to_numpy()
    episodes = frame["episodes"].sort_index().to_numpy()
    return order % episodes + 1, order < episodes


def _write(folder: Path, file: dict[str, Any], tables: dict[str, list[dict[str, Any]]], timetable: Timetable) -> None:
    text = yaml.safe_dump(file, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / INSTANCE_FILE, text)
    if not tables.get(HISTORY_FILE):
        (folder / HISTORY_FILE).unlink(missing_ok=True)
    for name, rows in tables.items():
        if not rows:
            continue
        write_whole(folder / name, pd.DataFrame(rows).to_csv(index=False, lineterminator="\n"))
    write_whole(folder / HIDDEN_FILE, timetable_csv(timetable))
