"""Small generated instances that are proven in seconds: agreements of every measure, quotas, soft rules."""

from __future__ import annotations

from datetime import date
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.airings import build_airings
from scheduler.rules import rules_of
from tests.builders import build, channel, programme, window
from tests.rules.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.instance import Instance

ZONES = {"KZ": "Asia/Almaty", "UZ": "Asia/Tashkent", "KG": "Asia/Bishkek"}
TONGUES = {"KZ": "kaz", "UZ": "uzb", "KG": "kir"}
MEASURES = ("minutes", "prime_minutes", "audience", "audience_per_million", "first_run_minutes", "runs", "titles",
            "channels")  # fmt: skip
FLOORS = {"audience": 4_000, "audience_per_million": 400, "runs": 1, "titles": 1, "channels": 1}
MOST_AIRINGS = 600
LEASTS = {"audience": 3_000, "audience_per_million": 300, "runs": 1, "titles": 1, "channels": 1}
SOFT_KINDS = ("quota", "either_or", "renewal", "runs_per_day", "strand", "premiere", "pace", "repeat", "cool_down",
              "variety", "no_clash", "lead_in", "allowance", "languages", "campaign")  # fmt: skip


def small_instance(folder: Path, seed: int) -> Instance:
    """An instance of one to three days, two or three countries, one window a day on each channel."""
    rng = np.random.default_rng(seed)

    def one(*values: Any) -> Any:
        return values[rng.integers(len(values))]

    countries, days = list(ZONES)[: int(rng.integers(2, 4))], one(1, 1, 2, 3)
    agreements = [_agreement(one, number, seed, countries) for number in range(int(rng.integers(1, 3)))]
    return build(
        folder,
        [
            channel(f"{code}.tv", code, ZONES[code], window("18:00", one("19:30", "20:00", "20:30"), start_every=30))
            for code in countries
        ],
        [_title(one, code, number, countries) for code in countries for number in range(int(rng.integers(2, 5)))],
        agreements=agreements,
        rules=[*_quotas(one, countries), *_soft_rules(one, rng, days)],
        territories={code: {"name": code, "population": one(6, 19, 37) * 1_000_000} for code in countries},
        days=days,
        name=f"small {seed}",
    )


def small_instances(first: int = 0) -> Iterator[Instance]:
    """An infinite sequence of such instances, by seed, without those with many candidates, whose proof takes long."""
    for seed in count(first):
        with TemporaryDirectory() as scratch:
            instance = small_instance(Path(scratch) / f"small-{seed}", seed)
            if len(build_airings(instance, rules_of(instance)).frame) <= MOST_AIRINGS:
                yield instance


def _title(one: Any, code: str, number: int, countries: list[str]) -> dict[str, Any]:
    dubbed = [f"{TONGUES[other]}:dubbed" for other in countries if other != code]
    return programme(
        f"{code.lower()}{number}",
        one(30, 45, 60, 90),
        origin=code,
        genre=one("drama", "film", "quiz"),
        episodes=one(1, 1, 2, 3),
        runs=one(1, 1, 2),
        tags=one("", "own"),
        appeal=one("0.3", "0.8", "1", "1.7"),
        versions=";".join([f"{TONGUES[code]}:original", *dubbed]),
    )


def _agreement(one: Any, number: int, seed: int, countries: list[str]) -> dict[str, Any]:
    """An agreement. With increasing seeds its first measure takes all combinations of measures and bases."""
    parties = countries if one(True, False, False) else countries[:2]
    measures = {}
    for at in range(one(1, 2)):
        name = MEASURES[(seed + 3 * number + at) % len(MEASURES)]
        period = one("day", "week", "horizon", "cumulative")
        base = ("sum", "larger", "smaller", "agreed")[(seed // 8 + number + at) % 4]
        said: dict[str, Any] = {"measure": name, "period": period, "floor": one(0, FLOORS.get(name, 30))}
        said |= {"tolerance": one(0, 0.1, "1/3"), "tolerance_of": base}
        said |= {"agreed": one(2, 5) * LEASTS.get(name, 60)} if base == "agreed" else {}
        said |= one({}, {"least": LEASTS.get(name, 60), "rest": one("all", "proportional", "none")})
        if len(parties) == 2:
            said |= one({}, {"carry_over": one(-1, 1) * LEASTS.get(name, 60)}, {"ratio": "3/2"})
        measures[name, period] = said
    prices = (1, 3) if any(name.startswith("audience") for name, _ in measures) else (40, 150, 4_000)
    strength = one({}, {"hard": False, "price": one(*prices)})
    return {"type": "parity", "id": f"A{number}", "parties": parties, "measures": list(measures.values()), **strength}


def _quotas(one: Any, countries: list[str]) -> list[dict[str, Any]]:
    """Quotas that can be kept: domestic shares, a cap on foreign minutes, a least amount of a genre."""
    code = one(*countries)
    hard = {"type": "quota", "id": "hard", "territories": [code], "period": one("day", "week")}
    hard |= one(
        {"select": {"origin": "domestic"}, "least_share": one(0.4, 0.6, "2/3")},
        {"select": {"origin": "foreign"}, "most_minutes": one(60, 90)},
        {"select": {"genre": "film"}, "most_count": 1},
    )
    soft = {"type": "quota", "id": "soft", "period": "day", "select": {"genre": one("drama", "film", "quiz")}}
    soft |= {"hard": False, "price": one(50, 400, 3_000), **one({"least_minutes": 90}, {"most_share": 0.2})}
    return [hard, soft]


def _soft_rules(one: Any, rng: np.random.Generator, days: int) -> list[dict[str, Any]]:
    kinds = [SOFT_KINDS[at] for at in rng.permutation(len(SOFT_KINDS))[:2]]
    return [
        {"type": kind, "id": f"r-{kind}", "hard": False, "price": one(50, 400, 3_000),
         **_of_these(KINDS[kind].draw(one, date(2026, 12, 7), days))}
        for kind in kinds
    ]  # fmt: skip


def _of_these(said: dict[str, Any]) -> dict[str, Any]:
    """The fields of a rule with programmes and a period of the instance."""
    names = {"series": "kz0", "guest": "uz0", "joint": "kz1"}
    select = said.get("select")
    if isinstance(select, dict) and "programme" in select:
        said["select"] = {"programme": names[select["programme"]]}
    if said.get("period") == "fair":
        said["period"] = "week"
    return said
