"""Map the channels of a guide to those of the instance: by the planner's mapping, or by similar ids and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.formats.xmltv import channel_ids
from scheduler.instance import InputError, Problem, did_you_mean
from scheduler.instance.signs import as_drawn, as_read, difference
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.imports.findings import Findings
    from scheduler.imports.guide_xml import Guide
    from scheduler.instance import Instance
    from scheduler.messages import Message, Value


def channels_of(
    instance: Instance,
    guide: Guide,
    file: str,
    renamed: Mapping[str, str],
    findings: Findings,
    owner: str | None = None,
) -> dict[str, int]:
    """The index of the instance's channel for each channel id of a guide.

    Parameters
    ----------
    instance, guide, file
        The instance, the guide, and its name in problems.
    renamed
        Channels of the instance by ids of the guide's channels. If there are any, nothing else is mapped.
    findings
        Collects what is wrong.
    owner
        The instance's channel, for a guide that has only one.

    Raises
    ------
    InputError
        `renamed` names a channel that the guide does not have, or `owner` is given and the guide has several channels.
    """
    theirs = list(dict.fromkeys([*guide.names, *guide.places]))
    if renamed:
        return _as_mapped(instance, theirs, file, renamed)
    if owner is not None and theirs:
        if len(theirs) > 1:
            message = msg(
                "the guide has {number} channels; name the one that is {ours}: --channel {theirs}={ours}",
                number=len(theirs),
                ours=owner,
                theirs=theirs[0],
            )
            raise InputError([Problem(file, 1, 1, message)])
        return {theirs[0]: instance.channel_index[owner]}
    by_id = {as_read(channel.id): at for at, channel in enumerate(instance.channels)}
    by_id |= {as_read(guide_id): instance.channel_index[ours] for ours, guide_id in channel_ids(instance).items()}
    by_name = {as_read(channel.name): at for at, channel in enumerate(instance.channels)}
    found = {guide_id: by_id[as_read(guide_id)] for guide_id in theirs if as_read(guide_id) in by_id}
    taken = set(found.values())
    for guide_id in theirs:
        ours = [by_name[as_read(name)] for name in guide.names.get(guide_id, ()) if as_read(name) in by_name]
        if ours and guide_id not in found:
            found[guide_id] = ours[0]
    return _one_each(instance, guide, file, found, taken, findings)


def unknown_channel(instance: Instance, names: Mapping[str, list[str]], guide_id: str) -> Message:
    """The problem that no channel of the instance matches a channel of the guide, with a suggestion."""
    hint: Value = did_you_mean(guide_id, (channel.id for channel in instance.channels))
    ours = "OURS"
    for theirs in names.get(guide_id, ()):
        for channel in instance.channels:
            if as_drawn(theirs) == as_drawn(channel.name):
                hint = msg(
                    "; its name '{theirs}' looks like '{ours}'{signs}",
                    theirs=theirs,
                    ours=channel.name,
                    signs=difference(theirs, channel.name),
                )
                ours = channel.id
    return msg(
        "channel '{channel}' is not in the instance{hint}; name it with --channel {channel}={ours}",
        channel=guide_id,
        hint=hint,
        ours=ours,
    )


def _as_mapped(instance: Instance, theirs: list[str], file: str, renamed: Mapping[str, str]) -> dict[str, int]:
    found, problems = {}, []
    for guide_id, ours in renamed.items():
        same = [other for other in theirs if other == guide_id]
        same = same or [other for other in theirs if as_read(other) == as_read(guide_id)]
        if same:
            found[same[0]] = instance.channel_index[ours]
        else:
            message = msg(
                "--channel: there is no channel '{channel}' in the guide{hint}",
                channel=guide_id,
                hint=did_you_mean(guide_id, theirs),
            )
            problems.append(Problem(file, 1, 1, message))
    if problems:
        raise InputError(problems)
    return found


def _one_each(
    instance: Instance, guide: Guide, file: str, found: dict[str, int], by_id: set[int], findings: Findings
) -> dict[str, int]:
    """Keep at most one channel of the guide for each channel of the instance. Others with its name are reported."""
    kept: dict[str, int] = {}
    owner: dict[int, str] = {}
    for guide_id, ours in sorted(found.items(), key=lambda pair: pair[1] not in by_id):
        if ours not in owner:
            owner[ours], kept[guide_id] = guide_id, ours
            continue
        channel = instance.channels[ours].id
        what = msg(
            "the channels '{one}' and '{other}' of the guide both have the name of {channel}; choose one with"
            " --channel {one}={channel}",
            one=owner[ours],
            other=guide_id,
            channel=channel,
        )
        repair = msg("only '{channel}' is taken", channel=owner[ours])
        findings.repair(file, guide.places.get(guide_id, (1, 1)), what, repair)
    return kept
