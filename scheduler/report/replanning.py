"""The sentences of `parity replan`: the changes, the cause of each, and the number that is unavoidable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.instance import zone_clock
from scheduler.messages import Listed, Message, Value, msg, msg_n
from scheduler.moments import moment_of
from scheduler.report.statuses import status_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.instance import Instance
    from scheduler.instance.derived.aired import Lock
    from scheduler.report.language import Language
    from scheduler.results import ChangeRecord, ParityRecord, ReplanFile


LEAST_MISS = 1e-6
"""Smallest difference between a hard miss and its bound that counts, in whole hard rows."""


def replan_lines(record: ReplanFile, instance: Instance, language: Language, cause: dict[int, Message]) -> list[str]:
    """The report as lines; `cause` has the message of what forced each change, by the change's number."""
    render = language.render
    lines = [*search_lines(record, language), *(render(one) for one in _figures(record))]
    if record.hard_missed:
        lines.append(missed_heading(record, language))
    lines += [f"  {text}" for text in missed_lines(record, language)]
    lines += hold_lines(record, language)
    lines.append(render(_worth(record, language)))
    lines += [_line(one, instance, language, cause[one.number]) for one in record.changes]
    lines += slip_lines(record, language)
    lines += [
        render(
            msg(
                "{airing}, episode {episode}: {cause}",
                airing=one.airing,
                episode=one.episode,
                cause=one.cause.message(),
            )
        )
        for one in record.not_aired
    ]
    lines += [
        render(msg("no longer known: {what}", what=f"{one.airing}: {render(one.why.message())}"))
        for one in record.gone_airings
    ]
    return lines + balance_lines(record, language)


def missed_heading(record: ReplanFile, language: Language) -> str:
    """How many hard rows are missed, and whether this is proven to be necessary."""
    count = len(record.hard_missed)
    if record.hard_miss <= record.hard_miss_bound + LEAST_MISS:
        return language.render(
            msg_n("{count} hard row cannot be kept:", "{count} hard rows cannot be kept:", count=count)
        )
    unproven = msg_n(
        "{count} hard row is missed; it is not proven that it must be:",
        "{count} hard rows are missed; it is not proven that they must be:",
        count=count,
    )
    return language.render(unproven)


def search_lines(record: ReplanFile, language: Language) -> list[str]:
    """A line that says so if the time was too short for a search."""
    if record.searched:
        return []
    unsearched = msg(
        "the time was too short for a search: this is the published timetable without what can no longer air. Allow"
        " more with --time-limit"
    )
    return [language.render(unsearched)]


def missed_lines(record: ReplanFile, language: Language) -> list[str]:
    """The hard rows that are missed, in words."""
    return [language.render(one.message()) for one in record.hard_missed_messages]


def figure_lines(record: ReplanFile, language: Language) -> list[str]:
    """The number and weight of changes, their bounds, and the value."""
    figures = [language.render(one) for one in (*_figures(record), _worth(record, language))]
    return [*search_lines(record, language), *figures]


def hold_lines(record: ReplanFile, language: Language) -> list[str]:
    """What may not change and makes hard rows be missed."""
    words = {
        "locks": msg("the locks are a cause"),
        "freeze": msg("the freeze is a cause"),
        "accepted": msg("what other parties have accepted is a cause"),
    }
    lines = []
    for one in record.holds:
        line = msg(
            "{cause}; otherwise {least} instead of {now} hard rows would be missed",
            cause=words[one.hold],
            least=language.number(one.hard_miss, 2),
            now=language.number(record.hard_miss, 2),
        )
        if one.named and one.hold == "locks":
            line = msg("{cause}. Each of these alone is a cause: {named}", cause=line, named=Listed(one.named))
        elif one.named:
            line = msg("{cause}. It is enough to change: {named}", cause=line, named=Listed(one.named))
        lines.append(language.render(line))
    return lines


def given_up_lines(locks: Sequence[tuple[int, Lock]], language: Language) -> list[str]:
    """The locks of airings that news has removed, by their line of locks.csv."""
    return [
        language.render(
            msg(
                "locks.csv:{line}: {lock} can no longer air; the replan does without this lock. Delete the line",
                line=line,
                lock=lock.message(),
            )
        )
        for line, lock in locks
    ]


def slip_lines(record: ReplanFile, language: Language) -> list[str]:
    """A line for every series that shows other episodes."""
    return [language.render(_slipped(slip.title, slip.territory, slip.by, slip.airings)) for slip in record.slips]


def balance_lines(record: ReplanFile, language: Language) -> list[str]:
    """A line for every row of an agreement that the replan changes."""
    return [language.render(_balance(row, language)) for row in record.parity if _is_changed(row)]


def _figures(record: ReplanFile) -> list[Message]:
    """The number and weight of changes, and the figures on them."""
    counts, days = record.counts, record.by_days_to_air
    return [
        msg_n(
            "{count} change; at least {bound} unavoidable",
            "{count} changes; at least {bound} unavoidable",
            count=record.number,
            bound=record.number_bound,
        ),
        msg("weighted change {change}; proven least {bound}", change=record.change, bound=record.change_bound),
        msg(
            "of {published} published airings {kept} stay, {frozen} of them frozen",
            published=record.published,
            kept=counts["kept"],
            frozen=record.frozen,
        ),
        msg(
            "{moved} moved, {altered} altered, {dropped} dropped, {added} added; {slipped} series slip, {renumbered}"
            " airings show another episode",
            **{name: counts[name] for name in ("moved", "altered", "dropped", "added", "slipped", "renumbered")},
        ),
        msg(
            "changes by days to air: 0 to 2: {near}, 3 to 7: {week}, 8 to 14: {fortnight}, later: {later}",
            near=days["0-2"],
            week=days["3-7"],
            fortnight=days["8-14"],
            later=days["later"],
        ),
        msg(
            "{viewers} viewer-minutes were expected of changed airings; the farthest move is {minutes} minutes",
            viewers=record.viewers_affected,
            minutes=record.most_minutes_moved,
        ),
    ]


def _is_changed(row: ParityRecord) -> bool:
    """Whether an agreement's row is shown. Of a band's two rows with the same amounts, one is enough."""
    return row.miss_before != row.miss_after or (row.before != row.after and row.aspect.code != "under")


def _balance(row: ParityRecord, language: Language) -> Message:
    """A row of an agreement before and after."""
    change = msg(
        "{agreement}, {period}, {aspect}: {before} → {after} {unit}",
        agreement=f"{row.agreement} ({row.giver} → {row.taker})" if row.giver else row.agreement,
        period=language.period(row.period),
        aspect=language.aspect(row.aspect),
        before=language.number(row.before).replace("-", "−"),
        after=language.number(row.after).replace("-", "−"),
        unit=language.unit(row.unit),
    )
    if not row.miss_before and not row.miss_after:
        return change
    return msg("{change}, missed by {had} → {has}", change=change, had=row.miss_before, has=row.miss_after)


def _worth(record: ReplanFile, language: Language) -> Message:
    """The value, and the most that further changes could gain."""
    if record.free_bound is None or record.value <= 0:
        return msg("value {value} viewer-minutes after the freeze", value=record.value)
    return msg(
        "value {value} viewer-minutes after the freeze; a free plan would gain at most {share}",
        value=record.value,
        share=language.percent((record.free_bound - record.value) / record.value),
    )


def _line(one: ChangeRecord, instance: Instance, language: Language, cause: Message) -> str:
    """One change: what, where, when, and what forced it."""
    zone = zone_clock(instance.channels[instance.channel_index[one.channel]].zone)

    def local(moment: str | None) -> Value:
        if moment is None:
            return ""
        at = moment_of(moment).astimezone(zone)
        return f"{language.weekday(at.date())} {at:%H:%M}"

    before, after = local(one.start_before), local(one.start_after)
    values: dict[str, Value] = {"number": one.number, "title": one.title, "channel": one.channel, "cause": cause}
    if one.change == "added":
        message = msg("{number}. added: '{title}', {channel}, {after}; {cause}", after=after, **values)
    elif one.change == "dropped":
        message = msg("{number}. dropped: '{title}', {channel}, {before}; {cause}", before=before, **values)
    elif one.change == "altered":
        message = msg("{number}. another version or run: '{title}', {channel}, {after}; {cause}", after=after, **values)
    else:
        message = msg(
            "{number}. moved: '{title}', {channel}, {before} → {after}; {cause}", before=before, after=after, **values
        )
    # "(proposed)" is the new standing. It stands apart from the status before, which may be "proposed", too.
    if one.standing:
        message = msg("{change} (proposed)", change=message)
    if one.status_before not in ("", "draft"):
        message = msg("{change}; before: {status}", change=message, status=status_word(one.status_before))
    return language.render(message)


def _slipped(title: str, territory: str, by: int | None, airings: int) -> Message:
    if by is None:
        return msg_n(
            "'{title}' in {territory}: {count} airing shows another episode",
            "'{title}' in {territory}: {count} airings show other episodes",
            title=title,
            territory=territory,
            count=airings,
        )
    if by < 0:
        return msg_n(
            "'{title}' in {territory} comes forward by {count} episode",
            "'{title}' in {territory} comes forward by {count} episodes",
            title=title,
            territory=territory,
            count=-by,
        )
    return msg_n(
        "'{title}' in {territory} slips by {count} episode",
        "'{title}' in {territory} slips by {count} episodes",
        title=title,
        territory=territory,
        count=by,
    )
