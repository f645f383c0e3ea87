"""The executor for the solves of a command, from its options."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from scheduler.cli.failure import INPUT, CommandFailed, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scheduler.cells import Executor
    from scheduler.solve import Settings


def executor_or_fail(jobs: int, cluster: str | None, spool: Path | None) -> Executor:
    """The executor that `--jobs`, `--cluster` and `--spool` name; at most one of them may be given."""
    from scheduler.cells import Executor
    from scheduler.messages import Listed, msg

    given = [name for name, value in (("--cluster", cluster), ("--spool", spool)) if value is not None]
    if len(given) + (jobs > 1) > 1:
        named = [*(["--jobs"] if jobs > 1 else []), *given]
        several = msg("only one of {options} can say where the solves run", options=Listed(tuple(named), " and "))
        raise CommandFailed(several, INPUT)
    return Executor(jobs, cluster, spool)


def search_settings(time_limit: float, seed: int, workers: int, *, deterministic: bool) -> Settings:
    """The settings of a search; one that counts its work has one worker."""
    from scheduler.solve import Settings

    workers = 1 if deterministic else workers
    return Settings(time_limit=time_limit, seed=seed, workers=workers, deterministic=deterministic)


@contextmanager
def executor_failures(spool: Path | None = None) -> Iterator[None]:
    """While this is open, a cluster or a spool that cannot be used ends the command."""
    from scheduler.cells import NoClusterError
    from scheduler.instance import InputError

    try:
        yield
    except NoClusterError as error:
        raise CommandFailed(error.text, INPUT) from None
    except InputError as error:
        raise refused(error.problems, str(spool or "")) from None
