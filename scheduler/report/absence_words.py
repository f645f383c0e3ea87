"""The sentences of `parity why`: why a programme is not in the timetable."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from scheduler.diff import compare
from scheduler.instance import zone_clock
from scheduler.messages import Listed, msg, msg_n
from scheduler.moments import moment_of

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.messages import Message
    from scheduler.report.language import Language
    from scheduler.results import PlaceRecord
    from scheduler.timetable import Timetable
    from scheduler.why import Forced, Why

MOST = 8
"""Number of airings that are named; for the others a number is printed."""


def absence_lines(instance: Instance, why: Why, language: Language) -> list[str]:
    """Sentences on what is known without solving again."""
    messages: list[Message] = []
    title = f"{why.programme} ({why.title})"
    if why.aired:
        places = [_place(instance, channel, start, language) for channel, start in why.aired[:MOST]]
        places += [f"… +{len(why.aired) - MOST}"] if len(why.aired) > MOST else []
        messages.append(msg("{title} airs: {places}", title=title, places=Listed(tuple(places), between="; ")))
    if why.reason is not None:
        sentences = {rule.id: rule.sentence() for rule in why.rules}
        reason = language.reason(why.reason, sentences)
        messages.append(msg("{title} cannot air there: {reason}", title=title, reason=reason))
    elif why.place is None:
        messages.append(msg("{title} cannot start at that time; leave out --at to see where it can", title=title))
    else:
        place = why.place
        messages.append(
            msg_n(
                "{title} could start there at {count} time; the best is {place}",
                "{title} could start there at {count} times; the best is {place}",
                count=why.starts,
                title=title,
                place=place_words(instance, place, language),
            )
        )
        messages.append(
            msg(
                "there it brings {brings} viewer-minutes, and the fallback in its place {displaces}",
                brings=place.brings,
                displaces=place.displaces,
            )
        )
        messages += [*loss_words(place), *exchange_words(instance, place)]
    return [language.render(one) for one in messages]


def forced_lines(why: Why, before: Timetable, forced: Forced, language: Language) -> list[str]:
    """Sentences on what solving with the programme there has found."""
    messages: list[Message] = []
    if forced.impossible:
        messages.append(
            msg("no timetable with it there can keep all hard rules, which is proven; try another --channel or --at")
        )
    elif forced.timetable is None:
        messages.append(msg("no timetable with it there was found in time"))
    if forced.timetable is None or forced.verification is None:
        return [language.render(one) for one in messages]
    value, hard = forced.verification.value, len(forced.verification.hard_missed)
    if hard:
        messages.append(
            msg_n(
                "the best timetable found with it there misses {count} hard row",
                "the best timetable found with it there misses {count} hard rows",
                count=hard,
            )
        )
    else:
        messages.append(
            msg(
                "with it there {value} viewer-minutes were found, {change}",
                value=value,
                change=f"{value - why.value:+,}",
            )
        )
    if forced.bound is not None:
        messages.append(msg("no plan with it there is worth more than {bound} viewer-minutes", bound=forced.bound))
    changes = compare(before, forced.timetable).changes
    gone = changes[changes["change"] == "dropped"]
    names = [
        f"{row['title']} ({row['channel_before']} {row['start_before']})" for row in gone.to_dict("records")[:MOST]
    ]
    if names:
        messages.append(msg("it pushes out: {airings}", airings=Listed(tuple(names), between="; ")))
    messages.append(msg_n("{count} airing is changed", "{count} airings are changed", count=len(changes)))
    return [language.render(one) for one in messages]


def loss_words(place: PlaceRecord) -> list[Message]:
    """What the best timetable with the programme at its place loses, as far as it is proven."""
    least, most = place.loses_at_least, place.loses_at_most
    if most is not None and most <= 0:
        return [msg("to put it there and to change nothing else gains {gain} viewer-minutes", gain=-most)]
    if most is not None and least == most:
        return [msg("the best timetable with it there loses exactly {most} viewer-minutes", most=most)]
    if most is not None and least:
        return [
            msg(
                "the best timetable with it there loses at least {least} and at most {most} viewer-minutes",
                least=least,
                most=most,
            )
        ]
    if most is not None:
        return [msg("the best timetable with it there loses at most {most} viewer-minutes", most=most)]
    if least:
        return [msg("every timetable with it there loses at least {least} viewer-minutes", least=least)]
    return []


def exchange_words(instance: Instance, place: PlaceRecord) -> list[Message]:
    """What must leave the timetable for the programme at its place, and which rules are then missed."""
    if not place.tried:
        return [msg("other airings would have to change, too")]
    messages = []
    if place.pushes_out:
        titles = tuple(instance.programmes[instance.programme_index[name]].title for name in place.pushes_out)
        messages.append(msg("it overlaps airings of: {titles}", titles=Listed(titles)))
    if place.misses:
        rules = Listed(place.misses)
        hard = msg("with no other change these rules are missed, a hard one among them: {rules}", rules=rules)
        messages.append(
            hard if place.hard else msg("with no other change these rules are missed: {rules}", rules=rules)
        )
    return messages


def place_words(instance: Instance, place: PlaceRecord, language: Language) -> str:
    """A place in words: channel, weekday and clock of its first airing, and the number of airings."""
    start = moment_of(place.start_utc)
    words = _place(instance, place.channel, start, language)
    return words if place.airings == 1 else f"{words} (×{place.airings})"


def _place(instance: Instance, channel: str, start: datetime, language: Language) -> str:
    """A channel and a start on its clock."""
    one = instance.channels[instance.channel_index[channel]]
    local = start.astimezone(zone_clock(one.zone))
    return f"{one.name}, {language.weekday(local.date())} {local:%H:%M}"
