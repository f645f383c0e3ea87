"""Plan reciprocal television airtime between countries: from an instance folder to a proven timetable.

    import scheduler as parity

    instance = parity.load("instances/toy")
    plan = parity.optimise(instance, parity.Settings(time_limit=20))

What `__all__` lists is the public interface; it is loaded when it is first used. Within a major version its names,
parameters and columns stay, and new ones may be added. Everything else in this package may change with any version.
The files (instance folders, timetable.csv, result.json) have schema versions of their own.
"""

from typing import TYPE_CHECKING, Any

from scheduler.version import __version__ as __version__

if TYPE_CHECKING:
    from scheduler.interface import (
        EngineError,
        InputError,
        Instance,
        Moment,
        Plan,
        ResultFile,
        Settings,
        Timetable,
        Verification,
        check,
        load,
        optimise,
        read_timetable,
        report_text,
        tables,
        to_frame,
        write_report,
    )

__all__ = [
    "EngineError",
    "InputError",
    "Instance",
    "Moment",
    "Plan",
    "ResultFile",
    "Settings",
    "Timetable",
    "Verification",
    "check",
    "load",
    "optimise",
    "read_timetable",
    "report_text",
    "tables",
    "to_frame",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Load the public interface when one of its names is first used, so that `parity --help` stays quick."""
    if name not in __all__:
        raise AttributeError(f"module 'scheduler' has no attribute '{name}'")
    from scheduler import interface

    return getattr(interface, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
