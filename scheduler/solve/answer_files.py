"""The files of an answer: timetable.csv, result.json, timings.json; commitments.csv if titles have slots.

At the end of a search certificate.json is written, too.
"""

from __future__ import annotations

import hashlib
import platform
import time
from dataclasses import asdict
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np

from scheduler.certify import CERTIFICATE_FILE
from scheduler.messages import msg
from scheduler.objective import VALUE
from scheduler.reasons import Reason
from scheduler.results import (
    COMMITMENTS_FILE,
    RESULT_FILE,
    TIMETABLE_FILE,
    TIMINGS_FILE,
    CarriedRecord,
    Costs,
    Counts,
    MessageRecord,
    Miss,
    Moment,
    NotPlaced,
    ObligationRecord,
    PlaceRecord,
    ResultFile,
    TimingsFile,
)
from scheduler.rules.commitments import commitments_csv, commitments_of
from scheduler.rules.framework.dubs import dubs_to_make
from scheduler.solve import Answer, EngineError
from scheduler.timetable import regularity, runway, timetable_csv
from scheduler.version import __version__
from scheduler.without_slot import titles_without_slot

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.certify import Certificate
    from scheduler.formulation import Formulation
    from scheduler.instance import CarriedOver
    from scheduler.rules import Measurement
    from scheduler.solve.best_places import BestPlace, Exchange

ANSWER_FILES = (TIMETABLE_FILE, RESULT_FILE, TIMINGS_FILE, COMMITMENTS_FILE, CERTIFICATE_FILE)
SOLVERS = ("ortools", "highspy")


def answer_texts(answer: Answer) -> dict[str, str]:
    """The files of an answer with a timetable, by name."""
    if answer.timetable is None:
        raise EngineError(msg("there is no timetable to write"))
    timings = timings_text(answer)
    texts = {TIMETABLE_FILE: timetable_csv(answer.timetable), RESULT_FILE: result_text(answer, timings)}
    if answer.airings.instance.placements:
        texts[COMMITMENTS_FILE] = commitments_csv(commitments_of(answer.timetable))
    texts[TIMINGS_FILE] = timings
    if answer.certificate is not None:
        texts[CERTIFICATE_FILE] = certificate_text(answer.certificate)
    return texts


def certificate_text(certificate: Certificate) -> str:
    """The text of certificate.json."""
    return certificate.model_dump_json() + "\n"


def result_text(answer: Answer, timings: str | None = None) -> str:
    """The text of result.json. It holds the hash of the text of timings.json, if one is given."""
    return result(answer, timings).model_dump_json(indent=2) + "\n"


def result(answer: Answer, timings: str | None = None) -> ResultFile:
    """The content of result.json for an answer. It states bounds of the value only, so none of another objective.

    Only the hash of timings.json depends on the clock. Leave `timings` out where two runs must give the same bytes.
    """
    repeats = answer.search.settings.deterministic
    of_value = answer.search.settings.objective == VALUE
    search, instance = answer.search, answer.airings.instance
    settings = search.settings.as_dict()
    checked = answer.verification
    return ResultFile(
        format=instance.file.format,
        instance=instance.file.name,
        instance_sha256=instance.digest,
        timetable_sha256=_digest(answer),
        timings_sha256=None if timings is None or repeats else hashlib.sha256(timings.encode()).hexdigest(),
        versions={"parity-scheduler": __version__, **{name: metadata.version(name) for name in SOLVERS}},
        seed=settings.pop("seed"),
        parameters=settings,
        counts=Counts(
            airings=len(answer.airings),
            sample_of=None if search.sample_of is None else len(search.sample_of),
            rows=len(answer.formulation.lower),
            windows=instance.windows.planned,
            chosen=0 if search.best is None else int(np.sum(search.best.point[: len(answer.airings)])),
        ),
        status="feasible" if answer.status == "optimal" and not of_value else answer.status,
        audience=None if checked is None else checked.audience,
        penalty=None if checked is None else checked.penalty,
        value=None if checked is None else checked.value,
        bound=search.bound if of_value else None,
        certified_bound=answer.certified_bound if of_value else None,
        bound_source=search.bound_source if of_value else None,
        bounds=dict(sorted(search.bounds.items())) if of_value else {},
        gap=search.gap() if of_value else None,
        planned_gap=search.planned_gap() if of_value else None,
        hard_rules=answer.hard_rules,
        misses=() if checked is None else tuple(_miss(row) for row in checked.missed),
        carried=tuple(_carried(one) for one in instance.carried),
        obligations=tuple(
            ObligationRecord.model_validate(asdict(one) | {"missing": str(one.missing), "due": one.due.isoformat()})
            for one in instance.obligations
        ),
        costs=Costs.model_validate(search.costs) if search.costs else None,
        regularity=None if answer.timetable is None else regularity(answer.timetable),
        runway=() if answer.timetable is None else runway(answer.timetable),
        dubs=() if answer.timetable is None else tuple(dubs_to_make(answer.timetable)),
        not_placed=not_placed(answer),
        faults=tuple(search.faults),
    )


def _carried(one: CarriedOver) -> CarriedRecord:
    """A carry-over with its proof, quantities as exact text."""
    fields = asdict(one)
    exact = ("given", "received", "other", "carry_over")
    periods = [part | {name: str(part[name]) for name in exact} for part in fields["periods"]]
    return CarriedRecord.model_validate(fields | {"carry_over": str(one.carry_over), "periods": periods})


def timings_text(answer: Answer) -> str:
    """The text of timings.json."""
    return timings(answer).model_dump_json(indent=2) + "\n"


def timings(answer: Answer) -> TimingsFile:
    """The content of timings.json for an answer: everything that depends on the machine and the clock."""
    search = answer.search
    return TimingsFile(
        timetable_sha256=_digest(answer),
        finished=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        python=platform.python_version(),
        seconds=round(search.seconds(), 3),
        steps={name: round(seconds, 3) for name, seconds in search.step_seconds.items()},
        trajectory=tuple(Moment(**{**asdict(one), "seconds": round(one.seconds, 3)}) for one in search.trajectory),
    )


def _digest(answer: Answer) -> str | None:
    """SHA-256 of timetable.csv."""
    if answer.timetable is None:
        return None
    return hashlib.sha256(timetable_csv(answer.timetable).encode()).hexdigest()


def _miss(row: Measurement) -> Miss:
    return Miss(
        rule=row.rule,
        channel=row.subject.name,
        period=row.period,
        aspect=row.aspect,
        sense=row.sense,
        have=float(row.have),
        need=float(row.need),
        unit=row.unit,
        miss=row.miss,
        hard=row.hard,
        price=row.price,
        judged=row.judged,
        report_only=row.report_only,
        text=str(row.text),
        message=MessageRecord.of(row.text),
    )


def not_placed(answer: Answer) -> tuple[NotPlaced, ...]:
    """Every programme that has no airing in the timetable, and the reason."""
    instance = answer.airings.instance
    whole = answer.search.sample_of is None
    lost = titles_without_slot(answer.airings, answer.formulation) if whole else ()
    reasons = {item.programme: item.reason for item in (*answer.airings.unplaceable, *lost)}
    aired = set() if answer.timetable is None else set(answer.timetable.programme.tolist())
    return tuple(
        NotPlaced(
            programme=programme.programme,
            title=programme.title,
            reason=reasons.get(programme.programme, Reason("outbid")),
            place=place_record(answer.airings, answer.formulation, answer.places.get(number)),
        )
        for number, programme in enumerate(instance.programmes)
        if number not in aired
    )


def place_record(airings: Airings, formulation: Formulation, place: BestPlace | None) -> PlaceRecord | None:
    """A best place as result.json holds it."""
    if place is None:
        return None
    instance, first, exchange = airings.instance, int(place.airings[0]), place.exchange
    pushed: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    if exchange is not None:
        pushed = tuple(instance.programmes[number].programme for number in dict.fromkeys(_aired(airings, exchange)))
        missed = tuple(dict.fromkeys(formulation.labels["rule"].iloc[exchange.missed]))
    return PlaceRecord(
        channel=instance.channels[airings.channel[first]].id,
        start_utc=instance.timeline.moment_text(int(airings.start_minute[first])),
        airings=len(place.airings),
        brings=int(airings.audience[place.airings].sum()),
        displaces=int(airings.displaced[place.airings].sum()),
        loses_at_least=place.least,
        loses_at_most=exchange.loses if exchange is not None and exchange.keeps else None,
        pushes_out=pushed,
        misses=missed,
        hard=exchange is not None and not exchange.keeps,
        tried=exchange is not None,
    )


def _aired(airings: Airings, exchange: Exchange) -> list[int]:
    """The programmes of the airings that an exchange takes out, in air order."""
    order = np.argsort(airings.start_minute[exchange.removed], kind="stable")
    numbers: list[int] = airings.programme[exchange.removed][order].tolist()
    return numbers
