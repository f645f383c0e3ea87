"""Rows of results in a few words."""

from scheduler.bench.row import BenchRow
from scheduler.cells.result import Point


def row(instance="toy-1-0.9", engine="scale", value=95, bound=100, **more):
    points = more.pop("points", [(1.0, value, bound)])
    said = {
        "suite": "toy",
        "instance": instance,
        "seed": 1,
        "tightness": 0.9,
        "instance_sha256": "0" * 64,
        "engine": engine,
        "engine_seed": 1,
        "time_limit": 10.0,
        "memory_limit": 1.0,
        "workers": 2,
        "versions": {"parity-scheduler": "0.1.0"},
        "machine": {"cores": 2},
        "started": "2026-11-24T00:00:00Z",
        "outcome": "feasible" if value is not None else "nothing",
        "value": value,
        "bound": bound,
        "gap": None if value is None or bound is None else (bound - value) / bound,
        "verdict": "none" if value is None else "kept",
        "seconds": {"solve": 5.0},
        "peak_memory": 0.5,
        "trajectory": [
            Point(seconds=at, value=reached, bound=proven, hard_miss=None if reached is None else 0)
            for at, reached, proven in points
        ],
    }
    return BenchRow.model_validate({**said, **more})
