"""Realistic seeded instances as ordinary folders. Each is built around a timetable that keeps every rule.

`options` has the options of an instance, `suites.yaml` has named sets of them; `facts` draws from measured percentiles.
`cast` makes channels, `catalogue` programmes, `hidden` and `regular` the hidden timetable, `rulebook` the rules,
`folder` the files. `params` has the settings.
"""

from scheduler.generate.folder import FILES, HISTORY_FILE, generate
from scheduler.generate.hidden import HIDDEN_FILE
from scheduler.generate.options import GeneratorOptions, Suite, instance_name, suite, suites

__all__ = [
    "FILES",
    "HIDDEN_FILE",
    "HISTORY_FILE",
    "GeneratorOptions",
    "Suite",
    "generate",
    "instance_name",
    "suite",
    "suites",
]
