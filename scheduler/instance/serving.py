"""Which agreements a content serves on a channel, and with which share of its minutes.

An airing serves an agreement if one party has a share of the airing's origin and the channel belongs to another party.
If the programme has `serves`, it serves those agreements instead; where no party of a pair has a share of its origin,
with all of its minutes. Among three parties one of them must have a share: `files/references.py` refuses others.
"""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.model.rule_model import AgreementModel

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.instance.instance import Instance


def agreements_of(instance: Instance) -> tuple[AgreementModel, ...]:
    """The agreements, in the order of the file."""
    return tuple(rule for rule in instance.file.agreements if isinstance(rule, AgreementModel))


def given_parts(instance: Instance, agreement: AgreementModel, giver: str) -> Ints:
    """How much of every content counts as given by a party of an agreement, in parts of the contents' `share_scale`."""
    contents = instance.contents
    parts = contents.from_party(giver).copy()
    # An agreement of several parties is computed by pairs. A programme of a third party is no gift of a pair.
    written = (one.parties for one in agreements_of(instance) if one.id == agreement.written_as)
    parties = next(written, agreement.parties)
    for at, item in enumerate(contents.items):
        if item.serves is not None:
            named = agreement.written_as in item.serves
            others = any(contents.from_party(party)[at] for party in parties)
            parts[at] = (parts[at] if others else contents.share_scale) if named else 0
    return parts


def directions(agreement: AgreementModel) -> tuple[tuple[str, str], ...]:
    """(giver, taker) for every ordered pair of parties."""
    return tuple(permutations(agreement.parties, 2))


def served(instance: Instance, channel: Ints, content: Ints) -> list[list[tuple[str, str]]]:
    """For every airing, the list of (agreement, "giver>taker") that it serves.

    Parameters
    ----------
    channel, content
        (k,) Indices of the channel and of the content of every airing.
    """
    found: list[list[tuple[str, str]]] = [[] for _ in range(len(channel))]
    for agreement in agreements_of(instance):
        for giver, taker in directions(agreement):
            parts = given_parts(instance, agreement, giver)
            hit = np.isin(channel, instance.channels_of(taker)) & (parts[content] > 0)
            for at in np.flatnonzero(hit).tolist():
                found[at].append((agreement.id, f"{giver}>{taker}"))
    return found
