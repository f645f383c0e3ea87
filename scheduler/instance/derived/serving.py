"""Which agreements a content serves on a channel, and for which part of it.

An airing serves each agreement in which one party has a share of its origin and the channel belongs to
another party; `serves` names other agreements instead, and then the whole of it counts.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.model.rule_model import AgreementModel

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.instance.model.instance import Instance


def agreements_of(instance: Instance) -> tuple[AgreementModel, ...]:
    """The agreements, in the order of the file."""
    return tuple(rule for rule in instance.file.agreements if isinstance(rule, AgreementModel))


def given_parts(instance: Instance, agreement: AgreementModel, giver: str) -> Ints:
    """Parts (of the contents' share_scale) of every content that count as given by a party of an agreement."""
    contents = instance.contents
    parts = contents.from_party(giver).copy()
    for at, item in enumerate(contents.items):
        if item.serves is not None:
            named = agreement.written_as in item.serves
            others = any(contents.from_party(party)[at] for party in agreement.parties)
            parts[at] = (parts[at] if others else contents.share_scale) if named else 0
    return parts


def directions(agreement: AgreementModel) -> tuple[tuple[str, str], ...]:
    """(giver, taker) both ways between every two parties."""
    return tuple(permutations(agreement.parties, 2))


def served(instance: Instance, channel: Ints, content: Ints) -> list[list[tuple[str, str]]]:
    """For every airing, given by channel and content: (agreement, "a>b") of all that it serves."""
    found: list[list[tuple[str, str]]] = [[] for _ in range(len(channel))]
    for agreement in agreements_of(instance):
        for giver, taker in directions(agreement):
            parts = given_parts(instance, agreement, giver)
            hit = np.isin(channel, instance.channels_of(taker)) & (parts[content] > 0)
            for at in np.flatnonzero(hit).tolist():
                found[at].append((agreement.id, f"{giver}>{taker}"))
    return found
