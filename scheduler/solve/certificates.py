"""The certificate of an answer: from the duals that an engine kept, or from the relaxation with at-most-one cuts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.certify import (
    Certificate,
    CertifiedProgram,
    Leaf,
    Split,
    bound_of_multipliers,
    certified_bound,
    certified_program,
)
from scheduler.objective import VALUE
from scheduler.solve.best_places import BestPlace, best_places
from scheduler.solve.programs.bundle_columns import free_columns
from scheduler.solve.proof.multipliers import certificate_of
from scheduler.solve.proof.tightened import Tightened, tightened
from scheduler.solve.search.duals import Duals
from scheduler.solve.tree import branched, splits_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.solve.answer import Answer
    from scheduler.solve.proof.tightened import Begin
    from scheduler.solve.search.incumbent import Search
    from scheduler.solve.search.time_limit import Budget


def tighten(
    search: Search, budget: Budget | None = None, begin: Callable[[CertifiedProgram], Begin | None] | None = None
) -> Tightened | None:
    """Bound the value by the relaxation with cuts of our own and keep its duals.

    Returns the relaxation; None if the program is too large, or if it was not solved in time.

    Parameters
    ----------
    budget
        By default a share of the time left.
    begin
        Gives the relaxation without cuts of the certified program, if it was solved before.
    """
    params, formulation = search.settings.params.certificate, search.formulation
    if free_columns(formulation) > params.most_columns:
        return None
    with search.stage("tighten"):
        part = search.budget.share(params.share) if budget is None else budget
        program = certified_program(formulation)
        found = tightened(program, part, params, None if begin is None else begin(program))
        if found is not None:
            program, certificate = certificate_of(formulation, "", found.duals)
            bound = certified_bound(program, certificate)
            search.offer_bound(bound, "relaxation")
            search.offer_duals(replace(found.duals, bound=bound))
        return found


def certified(answer: Answer) -> Answer:
    """The answer with its certificate, the bound that it proves, and the best places of what does not air.

    The bound holds for every timetable, so a value above it is a fault. It is recorded, and no certificate is given.
    """
    search, formulation = answer.search, answer.formulation
    if search.sample_of is not None:
        if search.certified is None or _below_the_value(search, search.certified[1]):
            return answer
        return replace(answer, certificate=search.certified[0], certified_bound=search.certified[1])
    if search.duals is None and not search.interrupted:
        tighten(search, search.budget_beyond(search.settings.params.certificate.beyond))
    duals = search.duals or Duals(float("inf"), np.zeros(len(formulation.lower)))
    objective = search.settings.objective
    program, certificate = certificate_of(formulation, answer.airings.instance.digest, duals, objective)
    best = search.best
    if not search.interrupted:
        certificate = _with_tree(answer, program, certificate)
    bound = certified_bound(program, certificate)
    if _below_the_value(search, bound):
        return answer
    places: dict[int, BestPlace] = {}
    if best is not None and not search.interrupted and objective == VALUE:
        chosen = best.point[: formulation.airing_count].astype(bool)
        params = search.settings.params.places
        plain = bound_of_multipliers(program, certificate)
        places = best_places(answer.airings, formulation, certificate, plain, chosen, params, program=program)
    return replace(answer, certificate=certificate, certified_bound=bound, places=places)


def _below_the_value(search: Search, bound: int) -> bool:
    """Whether a certified bound is below the value found. Then one of them is wrong: it is recorded as a fault."""
    best = search.best
    if best is None or best.hard_miss or best.value <= bound:
        return False
    search.report_fault(f"the certificate's bound {bound:,} is below the value {best.value:,}; it was left out")
    search.forget_bounds()
    return True


def _with_tree(answer: Answer, program: CertifiedProgram, certificate: Certificate) -> Certificate:
    """The certificate with a tree, where the program is small enough and a tree proves a lower bound."""
    search, params, windows = answer.search, answer.search.settings.params.tree, answer.airings.instance.windows
    value = None if search.best is None or search.best.hard_miss else search.best.value
    bound = certified_bound(program, certificate)
    if value is None or bound <= value or len(program.value) > params.most_columns:
        return certificate
    weeks = windows.day // 7
    place = windows.channel * (int(weeks.max(initial=0)) + 1) + weeks
    splits = splits_of(answer.formulation, program, place)
    tree = branched(program, splits, value, search.budget_beyond(params.beyond), params)
    if tree is None:
        return certificate
    before = len(certificate.cuts)
    nodes = tuple(_moved(node, before) for node in tree.nodes)
    with_tree = certificate.model_copy(update={"cuts": (*certificate.cuts, *tree.cuts), "tree": nodes})
    return with_tree if certified_bound(program, with_tree) < bound else certificate


def _moved(node: Split | Leaf, before: int) -> Split | Leaf:
    """A node with the numbers of its cuts raised by `before`, because as many other cuts come first."""
    if isinstance(node, Split) or not node.cuts.cut:
        return node
    cuts = node.cuts.model_copy(update={"cut": tuple(at + before for at in node.cuts.cut)})
    return node.model_copy(update={"cuts": cuts})
