"""What a run is worth that is left after the horizon, from the relaxation of a longer horizon."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance.derived.repeats import REPEAT
from scheduler.rules import rules_of
from scheduler.rules.rights import Rights
from scheduler.solve.programs.bundle_columns import has_bundles
from scheduler.solve.programs.highs import solved_linear
from scheduler.solve.programs.program import highs_model, program_of
from scheduler.solve.search.time_limit import Budget, Meter
from scheduler.solve.strands.program import strand_program
from scheduler.solve.strands.simplex import simplex

if TYPE_CHECKING:
    from scheduler.arrays import Reals
    from scheduler.formulation import Formulation
    from scheduler.instance import Instance
    from scheduler.solve.search.incumbent import Settings


def suggested_keep_values(instance: Instance, settings: Settings) -> dict[str, int] | None:
    """The value of a run after the horizon, viewer-minutes, by id of the programme.

    The horizon is repeated (`keep_values.horizons`) and no run has a value after its end. With λ_r the dual of row r of
    the rights in the relaxation, and a_rj the coefficient of airing j in it, Σ_r λ_r · a_rj is what the run of airing j
    is worth elsewhere in the longer horizon. The value of a programme is the smallest one of its airings in the present
    horizon, rounded down: a larger one could keep a run that the longer horizon uses here. It is 0 for series in
    regular slots if their bundles, not their rights, limit the runs.

    Returns
    -------
    dict or None
        None if the relaxation did not end in time or its hard rules cannot all hold.
    """
    longer = repeated(instance, settings.params.keep_values.horizons)
    airings = build_airings(longer, rules_of(longer))
    meter = Meter(counted=settings.deterministic, params=settings.params.work)
    worth = _worth(formulate(airings), Rights.model_fields["id"].default, Budget(meter, settings.time_limit))
    if worth is None:
        return None
    here = ~airings.past & (airings.run < REPEAT) & (airings.broadcast_day < instance.timeline.days)
    least = np.full(len(instance.programmes), np.inf)
    np.minimum.at(least, airings.programme[here], worth[here])
    values = np.floor(np.round(np.where(np.isfinite(least), np.maximum(least, 0.0), 0.0), 3)).astype(np.int64)
    return {item.programme: value for item, value in zip(instance.programmes, values.tolist(), strict=True)}


def repeated(instance: Instance, horizons: int) -> Instance:
    """The instance with a horizon of several times its days, in which no run has a value after the end."""
    horizon = instance.file.horizon.model_copy(update={"days": instance.file.horizon.days * horizons})
    return replace(
        instance,
        file=instance.file.model_copy(update={"horizon": horizon}),
        programmes=tuple(one.model_copy(update={"keep_value": 0}) for one in instance.programmes),
    )


def _worth(formulation: Formulation, rule: str, budget: Budget) -> Reals | None:
    """What each airing uses of the rows of a rule at their duals in the relaxation, viewer-minutes, (n,)."""
    n, of_rule = formulation.airing_count, np.flatnonzero(formulation.labels["rule"].to_numpy() == rule)
    if has_bundles(formulation):
        found = simplex(strand_program(formulation), budget)
        return None if found is None else np.asarray(formulation.matrix[of_rule][:, :n].T @ found.duals[of_rule])
    program = program_of(formulation)
    model = highs_model(program)
    model.integrality_ = []
    solution = solved_linear(model, budget)
    if solution is None:
        return None
    return np.asarray(program.matrix[of_rule][:, :n].T @ solution.duals[of_rule], dtype=np.float64)
