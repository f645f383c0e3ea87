"""Bound one instance by its blocks of windows, spread over cells: every cell solves some blocks at the same duals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.airings import build_airings
from scheduler.cells.cell import cell_for
from scheduler.cells.executor import HERE, run_cells
from scheduler.formulation import formulate
from scheduler.rules import rules_of
from scheduler.solve.blocks.given_duals import blocks_of, bound_with

if TYPE_CHECKING:
    from scheduler.cells.executor import Executor
    from scheduler.certify import Certificate
    from scheduler.instance import Instance
    from scheduler.solve import Settings


@dataclass(frozen=True, slots=True)
class BlockBound:
    """The bound at the duals alone and with what the blocks gained, viewer-minutes."""

    plain: int
    bound: int
    gains: dict[int, int]  # by block


def block_bound(
    instance: Instance, certificate: Certificate, settings: Settings, parts: int, executor: Executor = HERE
) -> BlockBound:
    """Bound the value of an instance by its blocks at the duals of a certificate.

    Each gain is valid alone: if a cell crashes, its blocks keep the bound at the duals.

    Parameters
    ----------
    settings
        The limit is that of each cell. If work is counted, the gains are the same wherever the cells are solved.
    parts
        Into how many cells the blocks are divided.

    Raises
    ------
    NoClusterError
        The executor is a cluster that cannot be used.
    """
    rules = rules_of(instance)
    blocks = blocks_of(formulate(build_airings(instance, rules), rules), certificate, settings.params)
    unsolved = [number for number, one in enumerate(blocks.blocks) if not one.closed]
    text = certificate.model_dump_json()
    shares = [unsolved[part::parts] for part in range(min(parts, len(unsolved)))]
    cells = [cell_for(instance, "blocks", settings, certificate=text, blocks=tuple(share)) for share in shares]
    found: dict[int, int] = {}
    for _, finished in run_cells(cells, executor):
        found |= finished.result.gains
    return BlockBound(bound_with(blocks, []), bound_with(blocks, list(found.values())), dict(sorted(found.items())))
