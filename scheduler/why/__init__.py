"""Why a programme is not in a place of the timetable, and what it would cost to air it there."""

from scheduler.why.absence import Forced, Why, absence, force

__all__ = ["Forced", "Why", "absence", "force"]
