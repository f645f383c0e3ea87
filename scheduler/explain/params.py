"""The parameters of `explain`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.parameters import Count, Factor, Params, Share
from scheduler.solve.params import SolveParams


class ExplainParams(Params):
    """How an explanation divides its time, and how far it looks."""

    miss_share: Share = 0.25
    """At most this share of the time left goes into the least misses."""
    question_share: Share = 0.35
    """At most this share of the time left goes into one question: whether a set of clauses can hold."""
    most_clashes: Count = 5
    """The search ends after this many clashes."""
    most_sets: Count = 16
    """If one smallest set of clauses to give up is known, no other is tried after this number of sets."""
    sets_share: Share = 0.5
    """If one such set is known, at least this share of the time is kept for its remedies."""
    most_rows: Count = 2_000
    """A clash of more rows is not narrowed down to channels and periods."""
    most_timetables: Count = 30
    """The latest timetables that are tried in every variant of the instance."""
    most_licensed: Count = 12
    """Other rights are tried for at most this number of programmes of a clash."""
    most_opened: Annotated[int, Field(ge=0, le=1440)] = 180
    """A window is opened by at most this number of minutes at either end."""
    most_raised: Count = 100_000
    """A largest amount is raised to at most twice its value and this number more."""
    about_as_near: Factor = 1.5
    """Changes of one value are shown up to this multiple of its smallest change."""


DEFAULTS = ExplainParams()


class ExplainTables(SolveParams):
    """The tables of a file of parameters: those of `solve`, whose engines decide what can hold, and `explain`."""

    explain: ExplainParams = DEFAULTS
