"""A cluster of real processes: a scheduler and workers, one of them killed, a killed client, a cancelled run."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from distributed import Client

from scheduler.bench.row import read_rows
from scheduler.cells import Executor, NoClusterError, run_cells
from scheduler.cells.cluster import cluster_client
from tests.cells.cells import PATIENCE, solves_of, toy_cells, untimed
from tests.planned import command

PARITY = "from scheduler.cli import main; main()"
DASK = "from distributed.cli.{kind} import main; main()"
PATIENT = {**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": f"{PATIENCE}s"}
"""On a busy machine a scheduler may need longer than the usual half a minute for its first answer."""


@contextlib.contextmanager
def dask(kind, *words):
    line = [sys.executable, "-c", DASK.format(kind=f"dask_{kind}"), *words, "--no-dashboard"]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=PATIENT) as process:
        try:
            yield process
        finally:
            process.kill()


@contextlib.contextmanager
def worker(scheduler_file):
    with dask("worker", "--scheduler-file", str(scheduler_file), "--nthreads", "1", "--no-nanny") as process:
        yield process


@pytest.fixture
def cluster(tmp_path):
    """The scheduler file of a cluster with two workers, and the workers."""
    path = tmp_path / "scheduler.json"
    with dask("scheduler", "--scheduler-file", str(path), "--port", "0", "--host", "127.0.0.1") as scheduler:
        until(path.exists, scheduler)
        with worker(path) as one, worker(path) as other:
            with Client(scheduler_file=str(path), timeout=PATIENCE) as client:
                client.wait_for_workers(2)  # otherwise the first worker may get both cells
            yield str(path), [one, other]


def until(true, process):
    while not (found := true()):
        assert process.poll() is None
        time.sleep(0.05)
    return found


def ended(process):
    """Whether a process has ended. Its parent may not have collected it yet."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() == psutil.STATUS_ZOMBIE
    return True


def bench(cluster, out, *words):
    """`bench run` of two instances with an engine that counts its work."""
    line = [sys.executable, "-c", PARITY, "bench", "run", "smoke", "--engines", "scale", "--seeds", "1"]
    counted = ["--deterministic", "--workers", "1", "--time-limit", "2", "--work", str(out.parent / "work")]
    return subprocess.Popen(
        [*line, *counted, "--out", str(out), "--cluster", cluster, *words],
        stderr=subprocess.PIPE,
        text=True,
        env=PATIENT,
    )


def rows(path):
    timed = ("versions", "machine", "started", "seconds", "steps", "peak_memory", "bound_seconds", "trajectory")
    kept = [row.model_dump(exclude={*timed, "primal_integral", "primal_reference"}) for row in read_rows(path)]
    return sorted(json.dumps(one, sort_keys=True) for one in kept)


def test_a_killed_worker_and_a_killed_client_lose_no_row_and_double_none(cluster, tmp_path):
    address, workers = cluster
    out = tmp_path / "rows.jsonl"
    with bench(address, out) as client:
        until(lambda: all(solves_of(one.pid) for one in workers), client)
        client.send_signal(signal.SIGKILL)
    (orphan,) = solves_of(workers[0].pid)
    workers[0].send_signal(signal.SIGKILL)
    with bench(address, out) as client:
        _, said = client.communicate(timeout=PATIENCE)
    assert client.returncode == 0, said
    assert ended(orphan)
    code, said = command(
        *("bench", "run", "smoke", "--engines", "scale", "--seeds", "1", "--deterministic", "--workers", "1"),
        *("--time-limit", "2", "--work", tmp_path / "work", "--out", tmp_path / "serial.jsonl"),
    )
    assert code == 0, said
    assert rows(out) == rows(tmp_path / "serial.jsonl")
    assert len(rows(out)) == 2


def test_a_cancelled_run_ends_its_solves(cluster, tmp_path):
    address, workers = cluster
    with bench(address, tmp_path / "rows.jsonl") as client:
        until(lambda: all(solves_of(one.pid) for one in workers), client)
        running = [solve for one in workers for solve in solves_of(one.pid)]
        client.send_signal(signal.SIGTERM)
        client.communicate(timeout=PATIENCE)
    assert client.returncode == 130
    gone, _ = psutil.wait_procs(running, timeout=PATIENCE)
    assert len(gone) == 2
    assert [one.poll() for one in workers] == [None, None]


def test_a_cluster_of_this_machine_gives_what_one_process_after_another_gives():
    cells = toy_cells(2)
    serial = {cell.key: untimed(finished) for cell, finished in run_cells(cells)}
    assert {cell.key: untimed(finished) for cell, finished in run_cells(cells, Executor(cluster="local:2"))} == serial


@pytest.mark.parametrize(
    ("address", "said"),
    [("local:two", "names no number of workers"), ("tcp://127.0.0.1:9", "no cluster answers at tcp://127.0.0.1:9")],
)
def test_a_cluster_that_is_not_there_is_said(address, said):
    with pytest.raises(NoClusterError, match=said):
        list(run_cells(toy_cells(1), Executor(cluster=address)))


def test_without_the_library_its_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NoClusterError, match=r"pip install 'parity-scheduler\[cluster\]'"):
        list(run_cells(toy_cells(1), Executor(cluster="local:1")))


def test_only_one_place_can_be_named():
    code, said = command("bench", "run", "smoke", "--jobs", "2", "--cluster", "local:2")
    assert code == 2
    assert "only one of --jobs and --cluster" in said


@pytest.mark.parametrize("delay", [0.0, 0.3])
def test_an_interrupted_run_on_a_cluster_of_this_machine_says_one_line(tmp_path, delay):
    """Its workers end while they start a solve, or while they ask whether it was cancelled."""
    with bench("local:2", tmp_path / "rows.jsonl") as client:
        until(lambda: len(solves_of(client.pid)) == 2, client)
        time.sleep(delay)
        client.send_signal(signal.SIGTERM)
        _, said = client.communicate(timeout=PATIENCE)
    assert client.returncode == 130
    assert len(said.splitlines()) == 1
    assert "interrupted" in said


def test_an_interrupted_run_continues_on_the_same_cluster(cluster, tmp_path):
    address, workers = cluster
    out = tmp_path / "rows.jsonl"
    with bench(address, out) as client:
        until(lambda: all(solves_of(one.pid) for one in workers), client)
        client.send_signal(signal.SIGTERM)
        client.communicate(timeout=PATIENCE)
    with bench(address, out) as client:
        _, said = client.communicate(timeout=PATIENCE)
    assert client.returncode == 0, said
    assert len(rows(out)) == 2


def test_two_clusters_of_this_machine_can_be_open_at_once():
    with cluster_client("local:1") as one, cluster_client("local:1") as other:
        assert one.submit(int, "7").result(timeout=PATIENCE) == other.submit(int, "7").result(timeout=PATIENCE) == 7
