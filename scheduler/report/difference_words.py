"""What is different between two timetables, in words: `parity diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.messages import Listed, Message, Term, Value, msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from scheduler.diff import Difference
    from scheduler.report.language import Language

WIDEST = 8
"""Letters of the longest word for a change in English; longer words of other languages make their lines longer."""


def difference_lines(difference: Difference, failed: Sequence[str], language: Language) -> list[str]:
    """Changed airings, values and rows; then the ways in which the second timetable is worse, if any are asked for."""
    before, after, render = difference.before, difference.after, language.render
    messages: list[Message] = [
        msg("audience {before} → {after} viewer-minutes ({change})", **_amounts(before.audience, after.audience)),
        msg("penalty {before} → {after} viewer-minutes ({change})", **_amounts(before.penalty, after.penalty)),
        msg("value {before} → {after} viewer-minutes ({change})", **_amounts(before.value, after.value)),
        msg(
            "hard rows missed {hard_before} → {hard}, soft rows missed {soft_before} → {soft}",
            hard_before=before.tally.hard,
            hard=after.tally.hard,
            soft_before=before.tally.soft,
            soft=after.tally.soft,
        ),
    ]
    count, *changed = change_lines(difference.changes, language)
    lines = [count, *(render(one) for one in messages), *changed]
    lines += _rows(difference, language)
    if failed:
        worse = worse_words()
        lines.append(render(msg("B is worse by: {what}", what=Listed(tuple(worse[name] for name in failed)))))
    return lines


def worse_words() -> dict[str, Message]:
    """The ways in which a timetable can be worse than another."""
    return {
        "hard": msg("hard rows"),
        "soft": msg("soft rows"),
        "parity": msg("parity rows"),
        "audience": msg("audience"),
        "value": msg("value"),
        "changes": msg("changes"),
    }


def _amounts(before: int, after: int) -> dict[str, Value]:
    sign = "+" if after >= before else "−"
    return {"before": before, "after": after, "change": msg("{sign}{amount}", sign=sign, amount=abs(after - before))}


def change_lines(changes: pd.DataFrame, language: Language) -> list[str]:
    """The number of changed airings by kind, then a line for each; `changes` has the columns of a difference."""
    counts = changes["change"].value_counts()
    counted = msg(
        "{moved} moved, {altered} altered, {added} added, {dropped} dropped",
        **{word: int(counts.get(word, 0)) for word in ("moved", "altered", "added", "dropped")},
    )
    lines = [language.render(counted)]
    for row in changes.to_dict("records"):
        was, now = (f"{row[f'channel_{side}']} {row[f'start_{side}']}" for side in ("before", "after"))
        what = (part.partition(" ") for part in row["what"].split("; "))
        named = Listed(tuple(Listed((Term("word", name), rest), ": ") for name, _, rest in what), "; ")
        where = {"added": now, "dropped": was}.get(row["change"]) or f"{now} ({language.render(named)})"
        title = language.title(row["title"])
        if row["episode"]:
            title = language.render(msg("{title}, episode {episode}", title=title, episode=str(row["episode"])))
        lines.append(f"  {language.say(row['change']):{WIDEST}} {title}: {where}")
    return lines


def _rows(difference: Difference, language: Language) -> list[str]:
    """One line per agreement row that has something else, and per rule row that is missed by another amount."""
    rows = difference.rows
    shown = rows[rows["agreement"] | (rows["miss_before"] != rows["miss_after"])]
    lines = []
    for row in shown.to_dict("records"):
        place = (row["rule"], row["channel"], language.period(row["period"]), language.aspect(row["aspect"]))
        had, has = (_amount(row[f"have_{side}"], language) for side in ("before", "after"))
        line = f"  {' '.join(part for part in place if part)}: {had} → {has} {language.unit(row['unit'])}"
        if row["miss_before"] != row["miss_after"]:
            missed = msg("missed by {before} → {after}", before=row["miss_before"], after=row["miss_after"])
            line += f", {language.render(missed)}"
        lines.append(line)
    return lines


def _amount(value: float, language: Language) -> str:
    return "–" if value != value else language.number(value)
