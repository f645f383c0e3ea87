"""Realistic seeded instances as ordinary folders. Each is built around a timetable that keeps every rule.

`dials` are the options, `suites.yaml` their named sets; `facts` draws from measured percentiles. `cast` makes channels,
`catalogue` programmes, `hidden` and `regular` the hidden timetable, `rulebook` the rules, `folder` the files. `params`
has the settings.
"""

from scheduler.generate.dials import Dials, Suite, instance_name, suite, suites
from scheduler.generate.folder import FILES, HISTORY_FILE, generate
from scheduler.generate.hidden import HIDDEN_FILE

__all__ = ["FILES", "HIDDEN_FILE", "HISTORY_FILE", "Dials", "Suite", "generate", "instance_name", "suite", "suites"]
