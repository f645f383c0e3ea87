"""References and relaxable values are declared in the types of fields. The names of the fields have no effect."""

from types import SimpleNamespace
from typing import Annotated, Literal

import pytest
from pydantic import Field

from scheduler.explain import ExplainParams
from scheduler.explain.relaxable_values import values_of_clause
from scheduler.instance import InputError, load_instance
from scheduler.instance.model.field_marks import Channels, Relaxable, refs_of, relaxable_of
from scheduler.messages import Message, msg
from scheduler.rules import AGREEMENTS, RULES, Rule, load, rules_of
from scheduler.rules.parity_measure import Measure
from tests.builders import content, kz, programme, uz, window, write

MODELS = (*AGREEMENTS, *RULES, Measure)
BOUNDS = ("least", "most", "tolerance")
NAMES = ("territories", "registered_in", "channels", "party", "parties", "programmes")


class Quiet(Rule):
    """A rule whose fields have names that no other rule has."""

    type: Literal["quiet"] = "quiet"
    at_least: Annotated[int, Relaxable("lower")] = Field(0, ge=0)
    not_before: int = 0
    home_channel: Channels = ()

    def sentence(self) -> Message:
        """The rule in words."""
        return msg("{rule}", rule=self.id)


def spec(**rule):
    return content([kz(window("18:00", "20:00"))], [programme("a", 30)], rules=[{"id": "r", **rule}])


def relaxables(instance, part=()):
    clause = SimpleNamespace(rule="r", part=part)
    rule = next(one for one in rules_of(instance) if one.id == clause.rule)
    return {
        relaxable.path[-1]: list(relaxable.values)
        for relaxable in values_of_clause(instance, rule, clause, ExplainParams())
    }


def test_a_marked_field_is_relaxed_under_any_name_and_no_other_is(tmp_path):
    folder = write(tmp_path / "i", spec(type="quiet", at_least=3, not_before=2, home_channel=["Q.kz"]))
    instance = load_instance(folder, AGREEMENTS, (Quiet,))
    assert relaxables(instance) == {"at_least": [2, 1, 0]}


def test_a_marked_field_is_looked_up_under_any_name(tmp_path):
    folder = write(tmp_path / "i", spec(type="quiet", home_channel=["Q.kx"]))
    with pytest.raises(InputError, match=r"there is no channel 'Q\.kx'; did you mean"):
        load_instance(folder, AGREEMENTS, (Quiet,))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_bound_and_no_name_of_a_rule_is_forgotten(model):
    bounds = {name for name in model.model_fields if name.startswith(BOUNDS)} - {"tolerance_of"}
    assert bounds <= set(relaxable_of(model))
    assert {name for name in model.model_fields if name in NAMES} <= set(refs_of(model))


@pytest.mark.parametrize(
    ("rule", "relaxed"),
    [
        ({"type": "quota", "select": {}, "most_minutes": 0, "hours": ["22:00", "23:00"]}, {"most_minutes", "hours"}),
        ({"type": "quota", "select": {}, "most_minutes": 9, "hours": ["22:00", "23:00"]}, {"most_minutes"}),
        ({"type": "age_watershed", "age": 18, "barred": ["06:00", "22:00"]}, {"barred"}),
        ({"type": "pace", "select": {}, "least": 0, "most": 3}, {"most"}),
        ({"type": "variety", "select": {}, "most_minutes": 60, "hours": 2}, {"most_minutes"}),
    ],
)
def test_hours_are_relaxed_where_they_bar_altogether(tmp_path, rule, relaxed):
    assert set(relaxables(load(write(tmp_path / "i", spec(**rule))))) == relaxed


@pytest.mark.parametrize(("tolerance", "last"), [(None, 1), (0.1, 0)])
def test_a_least_amount_goes_no_lower_than_the_model_takes(tmp_path, tolerance, last):
    measure = {"measure": "runs", "period": "week", "least": 3}
    measure |= {} if tolerance is None else {"tolerance": tolerance, "tolerance_of": "sum"}
    agreement = {"type": "parity", "id": "r", "parties": ["KZ", "UZ"], "measures": [measure]}
    two = [kz(window("18:00", "20:00")), uz(window("18:00", "20:00"))]
    instance = load(write(tmp_path / "i", content(two, [programme("a", 30)], agreements=[agreement])))
    assert relaxables(instance, ("measures", 0, "least")) == {"least": list(range(2, last - 1, -1))}


def test_what_a_window_accepts_and_where_a_channel_is_registered_is_looked_up(tmp_path):
    shows = kz(window("18:00", "20:00", accept={"genre": "drame"}))
    rule = {"type": "runs_per_day", "id": "r", "select": {}, "most": 1}
    instance = load(write(tmp_path / "i", content([shows], [programme("a", 30)], rules=[rule])))
    assert "there is no genre 'drame'; did you mean" in str(instance.warnings[0])
    folder = write(tmp_path / "j", content([shows], [programme("a", 30)], rules=[{**rule, "registered_in": ["KY"]}]))
    with pytest.raises(InputError, match="there is no territory 'KY'"):
        load(folder)
