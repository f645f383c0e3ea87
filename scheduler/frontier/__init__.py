"""The trade-off between a figure of an agreement and the value, or another figure, as a curve with proven bounds.

`axis` is the figure that changes, and `points` solves the points and passes values and bounds on to their neighbours.
`rescaled` fits a certificate to the rows of another value.
"""

from scheduler.frontier.axis import Axis, AxisError, axis_of
from scheduler.frontier.points import DEFAULTS, Curve, FrontierParams, Point, groups_of, trace
from scheduler.frontier.rescaled import rescaled

__all__ = [
    "DEFAULTS",
    "Axis",
    "AxisError",
    "Curve",
    "FrontierParams",
    "Point",
    "axis_of",
    "groups_of",
    "rescaled",
    "trace",
]
