"""The words of the reconciliation act: entries of the catalogues with the context `act`.

They are those that broadcasters' offices use. Reports have other words for some of the same things.
"""

from __future__ import annotations

from scheduler.messages import translations

ACT = "act"
"""The context of the words of an act, whose keys are names."""

KEYS: tuple[str, ...] = (
    "act",
    "of",
    "parties",
    "periods",
    "summary",
    "lines",
    "measure",
    "period",
    "direction",
    "ours",
    "theirs",
    "difference",
    "airing",
    "programme",
    "start",
    "state",
    "agreed",
    "differs",
    "only_ours",
    "only_theirs",
    "open",
    "none",
    "open_count",
    "before",
    "balance",
    "if_confirmed",
    "owes",
    "even",
    "heads",
    "signed",
    "name",
    "date",
    "minutes",
    "prime_minutes",
    "first_run_minutes",
    "runs",
    "unit_minutes",
    "unit_runs",
)
"""Every key. A test compares them with the catalogues."""


def act_words(language: str) -> dict[str, str]:
    """The words of the act in a language that has a catalogue, by key."""
    catalogue = translations(language)
    return {key: str(catalogue.pgettext(ACT, key)) for key in KEYS}
