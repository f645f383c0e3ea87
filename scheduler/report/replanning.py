"""The sentences of `parity replan`: the changes, the cause of each, and the number that is unavoidable."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scheduler.instance import zone_clock
from scheduler.messages import Message, Value, msg, msg_n
from scheduler.report.statuses import status_word

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.report.language import Language
    from scheduler.results import ChangeRecord, MessageRecord, ParityRecord, ReplanFile


def replan_lines(said: ReplanFile, instance: Instance, language: Language, cause: dict[int, Message]) -> list[str]:
    """The report as lines; `cause` has the message of what forced each change, by the change's number."""
    render = language.render
    lines = [render(one) for one in _figures(said)]
    if said.hard_missed:
        count = len(said.hard_missed)
        lines.append(
            render(msg_n("{count} hard row cannot be kept:", "{count} hard rows cannot be kept:", count=count))
        )
    lines += [f"  {text}" for text in said.hard_missed]
    lines += hold_lines(said, language)
    lines.append(render(_worth(said, language)))
    lines += [_line(one, instance, language, cause[one.number]) for one in said.changes]
    lines += slip_lines(said, language)
    lines += [
        render(
            msg("{airing}, episode {episode}: {cause}", airing=one.airing, episode=one.episode, cause=_of(one.cause))
        )
        for one in said.not_aired
    ]
    lines += [render(msg("no longer known: {what}", what=what)) for what in said.gone]
    return lines + balance_lines(said, language)


def figure_lines(said: ReplanFile, language: Language) -> list[str]:
    """The number and weight of changes, their bounds, and the value."""
    return [language.render(one) for one in (*_figures(said), _worth(said, language))]


def hold_lines(said: ReplanFile, language: Language) -> list[str]:
    """What may not change and makes hard rows be missed."""
    words = {
        "locks": msg("the locks are a cause"),
        "freeze": msg("the freeze is a cause"),
        "accepted": msg("what other parties have accepted is a cause"),
    }
    return [
        language.render(
            msg(
                "{cause}; otherwise {least} instead of {now} hard rows would be missed",
                cause=words[one.hold],
                least=language.number(one.hard_miss, 2),
                now=language.number(said.hard_miss, 2),
            )
        )
        for one in said.holds
    ]


def slip_lines(said: ReplanFile, language: Language) -> list[str]:
    """A line for every series that shows other episodes."""
    return [language.render(_slipped(slip.title, slip.territory, slip.by, slip.airings)) for slip in said.slips]


def balance_lines(said: ReplanFile, language: Language) -> list[str]:
    """A line for every row of an agreement that the replan changes."""
    return [language.render(_balance(row, language)) for row in said.parity if _is_changed(row)]


def _figures(said: ReplanFile) -> list[Message]:
    """The number and weight of changes, and the figures on them."""
    counts, days = said.counts, said.by_days_to_air
    return [
        msg_n(
            "{count} change; at least {bound} unavoidable",
            "{count} changes; at least {bound} unavoidable",
            count=said.number,
            bound=said.number_bound,
        ),
        msg("weighted change {change}; proven least {bound}", change=said.change, bound=said.change_bound),
        msg(
            "of {published} published airings {kept} stay, {frozen} of them frozen",
            published=said.published,
            kept=counts["kept"],
            frozen=said.frozen,
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
            viewers=said.viewers_affected,
            minutes=said.most_minutes_moved,
        ),
    ]


def _is_changed(row: ParityRecord) -> bool:
    """Whether an agreement's row is shown. Of a band's two rows with the same amounts, one is enough."""
    return row.miss_before != row.miss_after or (row.before != row.after and row.aspect.code != "under")


def _balance(row: ParityRecord, language: Language) -> Message:
    """A row of an agreement before and after."""
    return msg(
        "{agreement}, {period}, {aspect}: {before} → {after} {unit}, missed by {had} → {has}",
        agreement=row.agreement,
        period=language.period(row.period),
        aspect=language.aspect(row.aspect),
        before=language.number(row.before),
        after=language.number(row.after),
        unit=language.unit(row.unit),
        had=row.miss_before,
        has=row.miss_after,
    )


def _of(record: MessageRecord) -> Message:
    return Message(record.key, record.plural, ())


def _worth(said: ReplanFile, language: Language) -> Message:
    """The value, and the most that further changes could gain."""
    if said.free_bound is None or said.value <= 0:
        return msg("value {value} viewer-minutes after the freeze", value=said.value)
    return msg(
        "value {value} viewer-minutes after the freeze; a free plan would gain at most {share}",
        value=said.value,
        share=language.percent((said.free_bound - said.value) / said.value),
    )


def _line(one: ChangeRecord, instance: Instance, language: Language, cause: Message) -> str:
    """One change: what, where, when, and what forced it."""
    zone = zone_clock(instance.channels[instance.channel_index[one.channel]].zone)

    def local(moment: str | None) -> Value:
        if moment is None:
            return ""
        at = datetime.strptime(moment, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC).astimezone(zone)
        return f"{language.weekday(at.date())} {at:%H:%M}"

    before, after = local(one.start_before), local(one.start_after)
    values: dict[str, Value] = {"number": one.number, "title": one.title, "channel": one.channel, "cause": cause}
    if one.change == "added":
        said = msg("{number}. added: '{title}', {channel}, {after}; {cause}", after=after, **values)
    elif one.change == "dropped":
        said = msg("{number}. dropped: '{title}', {channel}, {before}; {cause}", before=before, **values)
    elif one.change == "altered":
        said = msg("{number}. another version or run: '{title}', {channel}, {after}; {cause}", after=after, **values)
    else:
        said = msg(
            "{number}. moved: '{title}', {channel}, {before} → {after}; {cause}", before=before, after=after, **values
        )
    if one.status_before not in ("", "draft"):
        said = msg("{change}; before: {status}", change=said, status=status_word(one.status_before))
    return language.render(msg("{change} (proposed)", change=said) if one.standing else said)


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
