"""Write a fit into an instance: its curve into audience.csv, its appeals into programmes.csv."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from scheduler.imports.anchors import table_text
from scheduler.instance import AudienceRow, InputError, Problem, Programme, read_csv
from scheduler.messages import msg
from scheduler.ratings.evaluate import Evaluation, rolling
from scheduler.ratings.fit import WEEKDAY_KINDS, Fit, fit_ratings, genres_of
from scheduler.ratings.log import title_key

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.ratings.params import RatingsParams

MARK = "appeal fitted from ratings"
"""Start of the text about a fitted appeal in the `source` cell of a programme."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The new tables, and their differences from the old ones."""

    audience: str  # text of audience.csv
    programmes: str  # text of programmes.csv
    replaced: int  # rows of audience.csv that the new curve replaces
    by_title: tuple[str, ...]  # programmes that got the appeal of their title
    by_genre: tuple[str, ...]  # programmes without an appeal that are not in the log: they got their genre's
    kept: tuple[str, ...]  # programmes that are not in the log and keep their appeal
    log_only: tuple[str, ...]  # titles of the log that are not in the catalogue


def catalogue_genres(instance: Instance) -> dict[str, str]:
    """The genre of every title of the catalogue, in all its languages, by title key."""
    genres: dict[str, str] = {}
    for programme in instance.programmes:
        for title in _titles(programme):
            genres.setdefault(title_key(title), programme.genre)
    return genres


def apply_fit(instance: Instance, channel: str, fit: Fit) -> Applied:
    """Write the fit of a channel into the texts of audience.csv and programmes.csv. Nothing is saved."""
    columns = tuple(AudienceRow.model_fields)
    there = _rows(instance, "audience.csv", columns)
    kept = [row for row in there if row.get("channel") != channel or row.get("date")]
    curve = [
        {"channel": channel, "days": days, "hour": str(hour), "viewers": str(round(fit.factor * viewers))}
        for days, hours in zip(WEEKDAY_KINDS, fit.curve.tolist(), strict=True)
        for hour, viewers in enumerate(hours)
    ]
    return _with_appeals(instance, fit, table_text([*kept, *curve], columns), len(there) - len(kept))


def _with_appeals(instance: Instance, fit: Fit, audience: str, replaced: int) -> Applied:
    """Write the text of programmes.csv, and list the programmes by the source of their appeal."""
    columns = tuple(Programme.model_fields)
    airings, appeal, error = (fit.titles[name].to_dict() for name in ("airings", "appeal", "error"))
    rows = _rows(instance, "programmes.csv", columns)
    models = {programme.programme: programme for programme in instance.programmes}
    by_title, by_genre, kept, used = [], [], [], set()
    for row in rows:
        name = row["programme"]
        keys = [key for title in _titles(models[name]) if (key := title_key(title)) in fit.titles.index]
        if keys:
            key = keys[0]
            _set(row, fit.params, appeal[key], f"{MARK}: {airings[key]} airings, standard error {error[key]:.2f}")
            by_title.append(name)
            used.update(keys)
        elif "appeal" not in row and row.get("genre") in fit.genres.index:
            _set(row, fit.params, float(fit.genres[row["genre"]]), f"{MARK} of its genre")
            by_genre.append(name)
        else:
            kept.append(name)
    unknown = fit.titles.loc[~fit.titles.index.isin(used)].sort_values("airings", ascending=False)
    return Applied(
        audience=audience,
        programmes=table_text(rows, columns),
        replaced=replaced,
        by_title=tuple(by_title),
        by_genre=tuple(by_genre),
        kept=tuple(kept),
        log_only=tuple(unknown["title"]),
    )


def _set(row: dict[str, str], params: RatingsParams, appeal: float, words: str) -> None:
    row["appeal"] = f"{min(max(appeal, params.least_appeal), params.most_appeal):.2f}"
    kept = [part for part in row.get("source", "").split("; ") if part and not part.startswith(MARK)]
    row["source"] = "; ".join([*kept, words])


def _rows(instance: Instance, name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    return read_csv(instance.folder / name, name, frozenset(columns), frozenset()).rows


def _titles(programme: Programme) -> list[str]:
    return [programme.title, *(title for _, title in programme.titles)]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The fit of one channel, the errors of its forecasts (latest end of the log first), and its tables."""

    fit: Fit
    held_out: tuple[Evaluation, ...]
    applied: Applied


def fit_instance(
    instance: Instance,
    log: pd.DataFrame,
    channel: str,
    theirs: str | None = None,
    params: RatingsParams | None = None,
    windows: int = 1,
) -> Fitted:
    """Fit the log of a channel for the weeks of an instance's horizon.

    Parameters
    ----------
    instance, channel
        The instance whose audience.csv and programmes.csv are written, and the channel.
    log
        As `read_log` returns it.
    theirs
        The channel's name in the log. Needed only if the log has several channels.
    params
        The parameters of the fit; by default RatingsParams().
    windows
        Number of tests. Each holds out weeks at an end of the log that is two weeks before the previous one.

    Raises
    ------
    InputError
        If the log has several channels and none of them is named, or not the named one.
    RefusedError
        If nobody watched.
    """
    mine = _of_channel(log, theirs)
    genre = genres_of(mine, catalogue_genres(instance))
    horizon = instance.file.horizon
    fit = fit_ratings(mine, genre, params, pd.Timestamp(horizon.start), max(1, round(horizon.days / 7)))
    tested = tuple(rolling(mine, genre, windows, params))
    return Fitted(fit, tested, apply_fit(instance, channel, fit))


def _of_channel(log: pd.DataFrame, theirs: str | None) -> pd.DataFrame:
    names = sorted(set(log["channel"]))
    if theirs is None and len(names) == 1:
        return log
    if theirs in names:
        return log[log["channel"] == theirs].reset_index(drop=True)
    listed = ", ".join(name or "–" for name in names)
    if theirs is None:
        wrong = msg("it has several channels: {channels}; name one with --channel THEIRS=OURS", channels=listed)
    else:
        wrong = msg(
            "it has no channel '{channel}': {channels}; name one with --channel THEIRS=OURS",
            channel=theirs,
            channels=listed,
        )
    raise InputError([Problem("log", 1, 1, wrong)])
