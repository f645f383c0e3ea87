"""The parameters of the tree of a certificate."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.parameters import Count, Params, Positive


class TreeParams(Params):
    """The tree of a certificate: branch and bound where the certificate's own bound is above the value."""

    most_columns: Annotated[int, Field(ge=0)] = 3_000
    """Programs with more columns get no tree."""
    leaves: Count = 64
    """Most leaves."""
    beyond: Positive = 5.0
    """Seconds or counted work after the limit."""
    rounds: Annotated[int, Field(ge=0)] = 10
    """Rounds of at-most-one cuts at the root."""
    violated: Positive = 1e-3
    """A cut is added where it is violated by this amount."""
    fractional: Positive = 1e-4
    """A sum of columns is divided if it is this far from every whole number."""
    tried: Count = 4
    """Splits of each level (channel and week, window, title on a channel, column) whose two sides are solved before the
    best one divides a node.
    """
    least_gain: Positive = 1e-9
    """A side of a split counts as if it lowered the relaxation by at least this share."""
    dear: Positive = 1.0
    """Price of a missed unit of a rigid or hard row in the relaxations, as a multiple of the sum of all values."""
