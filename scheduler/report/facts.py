"""The head and foot of a report: verdicts in sentences, figures, and how the timetable was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.version import __version__

if TYPE_CHECKING:
    from scheduler.report.language import Language
    from scheduler.report.tables import Tables


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the summary: its name, the bare value, and its unit (may be empty)."""

    title: str
    value: float | str
    unit: str = ""
    decimals: int = 1
    percent: bool = False

    def text(self, language: Language) -> str:
        """The value as the locale writes it, without the unit."""
        if isinstance(self.value, str):
            return self.value
        return language.percent(self.value) if self.percent else language.number(self.value, self.decimals)


def span_of(tables: Tables, language: Language) -> str:
    """The first and the last day of the horizon."""
    horizon = tables.instance.file.horizon
    last = horizon.start + timedelta(days=horizon.days - 1)
    return language.say("span", first=language.day(horizon.start), last=language.day(last))


def verdicts(tables: Tables, language: Language) -> list[tuple[str, str]]:
    """Pairs of a verdict (met, missed or unknown) and its sentence."""
    checked = tables.verification
    hard, soft = checked.tally.hard, checked.tally.soft
    pairs = [
        (
            "missed" if hard else "met",
            language.say("verdict_missed", count=hard) if hard else language.say("verdict_kept"),
        )
    ]
    penalty = language.number(checked.penalty)
    text = language.say("verdict_soft", count=soft, penalty=penalty) if soft else language.say("verdict_no_soft")
    pairs.append(("missed" if soft else "met", text))
    if checked.tally.breaches:
        pairs.append(("missed", language.say("verdict_breaches", count=checked.tally.breaches)))
    if checked.tally.unjudged:
        pairs.append(("unknown", language.say("verdict_unjudged", count=checked.tally.unjudged)))
    result = tables.result
    if result is not None and result.hard_rules in ("impossible", "not_found"):
        pairs.append(
            ("missed" if result.hard_rules == "impossible" else "unknown", language.say(f"verdict_{result.hard_rules}"))
        )
    elif result is None or result.gap is None:
        pairs.append(("unknown", language.say("verdict_no_gap")))
    elif result.status == "optimal":
        pairs.append(("met", language.say("verdict_optimal")))
    else:
        bound, source = result.bound, result.bound_source or ""
        above = result.gap if bound is None else (bound - checked.value) / max(1, abs(checked.value))
        share = language.percent(above)
        ours = source.startswith("ours")  # only what we checked ourselves is called proven
        words = (
            language.say("verdict_gap", gap=share) if ours else language.say("verdict_gap_of", gap=share, source=source)
        )
        pairs.append(("met", words))
    return pairs


def facts(tables: Tables, language: Language) -> list[Fact]:
    """The figures of the summary."""
    say, checked, table = language.say, tables.verification, tables.timetable
    unit = say("viewer_minutes")
    airs = ~table.anchor
    found = [
        Fact(say("days"), tables.instance.file.horizon.days),
        Fact(say("channels"), len(tables.instance.channels)),
        Fact(say("airings"), int(airs.sum())),
        Fact(say("anchors"), int(table.anchor.sum())),
        Fact(say("programmes"), len(set(table.programme[airs].tolist()))),
        Fact(say("audience"), checked.audience, unit),
        Fact(say("penalty"), checked.penalty, unit),
        Fact(say("value"), checked.value, unit),
    ]
    if tables.result is not None and tables.result.bound is not None:
        found.append(Fact(say("bound"), tables.result.bound, unit))
    if tables.result is not None and tables.result.gap is not None:
        found.append(Fact(say("gap"), tables.result.gap, percent=True))
    found.append(Fact(say("rows_measured"), len(checked.measurements)))
    found.append(Fact(say("rows_missed"), len(checked.missed) - checked.tally.unjudged))
    return found


def parameters(tables: Tables, language: Language) -> list[Fact]:
    """How the timetable was made: instance, versions, seed, settings."""
    say = language.say
    found = [
        Fact(say("instance"), tables.instance.file.name),
        Fact(say("instance_hash"), tables.instance.digest),
        Fact(say("timetable_hash"), tables.digest),
        Fact("parity-scheduler", __version__),
    ]
    if tables.result is None:
        return found
    found.append(Fact(say("search_status"), say(f"search_{tables.result.status}")))
    found += [Fact(name, str(version)) for name, version in tables.result.versions.items()][1:]
    found.append(Fact(say("seed"), str(tables.result.seed)))
    words = {True: say("yes"), False: say("no"), None: "–"}
    for name, value in tables.result.parameters.items():
        plain = words[value] if value is None or isinstance(value, bool) else str(value)
        found.append(Fact(name, plain))
    if tables.timings is not None:
        found.append(Fact(say("seconds"), tables.timings.seconds))
    return found
