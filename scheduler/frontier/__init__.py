"""The trade-off between one figure of an agreement and the value of the timetable, as a curve with proven bounds."""

from scheduler.frontier.axis import Axis, AxisError, axis_of
from scheduler.frontier.points import Curve, Point, trace

__all__ = ["Axis", "AxisError", "Curve", "Point", "axis_of", "trace"]
