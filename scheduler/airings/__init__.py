"""Every admissible airing of an instance as one frame, and the reason if a programme has none.

An airing is one programme version on one channel at one start, as the first, second, … run of an episode in the
channel's territory. The rules' `admit` methods, which are passed in, exclude what can never be.

`frame` is the class, `build` has the steps that fill it: `slots`, `followers` and `locks`.
"""

from scheduler.airings.build import Admits, build_airings
from scheduler.airings.frame import COLUMNS, Airings

__all__ = ["COLUMNS", "Admits", "Airings", "build_airings"]
