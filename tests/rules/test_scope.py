"""For every kind of rule with a scope: different ways to name the same channels give the same rule."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import RULES, load, rules_of
from scheduler.rules.framework.base import ScopedRule
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import choices, write
from tests.rules.cases import KINDS as CORE
from tests.rules.rulebook_cases import RULEBOOK

SCOPED = [str(kind.model_fields["type"].default) for kind in RULES if issubclass(kind, ScopedRule)]
FEW = 1
"""One case per kind is enough: every case is compared whole elsewhere."""
SCOPE = ("territories", "channels", "registered_in", "licences", "audience", "multi_audio", "exempt")
TREATY = {"name": "a treaty", "date": "2020-01-01", "article": "1"}
WAYS = {
    "registered_in": ({"registered_in": ["KZ"]}, {}, {"registered_in": ["KZ"]}),
    "licences": ({"licence": "cable"}, {"licence": "terrestrial"}, {"licences": ["cable"]}),
    "audience": ({"audience": "foreign"}, {}, {"audience": "foreign"}),
    "multi_audio": ({"multi_audio": True}, {}, {"multi_audio": True}),
    "exempt": ({}, {"treaty": TREATY}, {"exempt": "treaty"}),
}
"""(fields of the channels that are meant, of the others, of the rule)."""


def with_two_channels(spec):
    """The same instance; where it has one channel, with a copy of it, so that a scope leaves something out."""
    found = deepcopy(spec)
    channels = found["instance.yaml"]["channels"]
    if len(channels) == 1:
        own = channels[0]["id"]
        channels.append({**deepcopy(channels[0]), "id": "Copy"})
        for table in ("audience.csv", "anchors.csv"):
            copies = [{**row, "channel": "Copy"} for row in found[table] if row["channel"] == own]
            found[table] += [{**row, "anchor": f"copy-{row['anchor']}"} if "anchor" in row else row for row in copies]
    return found


def scoped(spec, kind, names, way=None):
    """The same instance where the rules of a kind hold on some channels, named by their ids or in another way."""
    found = deepcopy(spec)
    file = found["instance.yaml"]
    meant, others, scope = WAYS[way] if way else ({}, {}, {"channels": names})
    for rule in file["rules"]:
        if rule["type"] == kind:
            for field in SCOPE:
                rule.pop(field, None)
            rule.update(scope)
    for channel in file["channels"]:
        channel.update(meant if channel["id"] in names else others)
    return found


def stated(folder, spec):
    """(airings, rows, what is measured on a few timetables) of an instance, without the names of scopes."""
    instance = load(write(folder, spec))
    airings = build_airings(instance, rules_of(instance))
    rows = formulate(airings)
    measured = []
    for number, chosen in enumerate(choices(rows, 1)):
        if number > 6:
            break
        found = verify(timetable_of(airings, chosen | airings.past)).measurements
        measured.append([(row.rule, row.period, row.aspect, row.have, row.need, row.miss) for row in found])
    return airings.frame, rows, measured


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", SCOPED)
def test_a_scope_is_the_same_however_its_channels_are_named(kind, way, tmp_path):
    for number, (name, _, made) in enumerate((RULEBOOK.get(kind, []) + CORE.get(kind, []))[:FEW]):
        spec = with_two_channels(made)
        ids = [channel["id"] for channel in spec["instance.yaml"]["channels"]]
        for names in (ids[:1], ids[1:]):
            one, by_id, said = stated(tmp_path / f"{number}{names}a", scoped(spec, kind, names))
            other, by_way, repeated = stated(tmp_path / f"{number}{names}b", scoped(spec, kind, names, way))
            assert one.equals(other), name
            assert by_id.matrix.shape == by_way.matrix.shape, name
            assert (by_id.matrix != by_way.matrix).nnz == 0, name
            assert np.array_equal(by_id.lower, by_way.lower), name
            assert np.array_equal(by_id.upper, by_way.upper), name
            assert said == repeated, name


def test_there_are_kinds_with_a_scope():
    assert len(SCOPED) > 10
