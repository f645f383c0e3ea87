"""Run cells on a cluster of Dask.distributed. Each worker solves a cell in a process of its own.

The futures are published under the hash of the list of cells. A client that has lost its connection, or was killed, can
start again with the same cells and gets the same futures. So no cell is solved twice.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import time
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.cells.cell import Cell
from scheduler.cells.result import Finished
from scheduler.cells.run import run_cell
from scheduler.cells.spool import instance_files
from scheduler.cells.watch import Stopped
from scheduler.messages import MessageError, msg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from distributed import Client

ASK_EVERY = 0.5
"""Seconds between two checks of a worker that its cell was not cancelled."""

LONGEST_END = 10.0
"""Most seconds in which the solves of a cancelled run may end before the cluster is left."""

Packed = dict[str, bytes]
"""The files of an instance, compressed, by name."""


class NoClusterError(MessageError):
    """The cluster cannot be used: Dask is not installed, the address is wrong, or nothing answers there."""


@contextmanager
def cluster_client(address: str) -> Iterator[Client]:
    """A client of a cluster.

    Parameters
    ----------
    address
        `tcp://HOST:PORT`, the path of a scheduler file, or `local:N` for N workers on this machine while this is open.

    Raises
    ------
    NoClusterError
        There is no such cluster.
    """
    try:
        from distributed import Client, LocalCluster
    except ModuleNotFoundError as error:
        message = msg(
            "{library} is not installed; it comes with the extra: pip install 'parity-scheduler[cluster]'",
            library=str(error.name),
        )
        raise NoClusterError(message) from None
    kind, _, number = address.partition(":")
    if kind == "local":
        if not number.isdigit() or not int(number):
            raise NoClusterError(msg("'{address}' names no number of workers; write local:2", address=address))
        # Port 0: any free one, so that several clusters can run on a machine. Without `silence_logs` Dask would warn of
        # every task that is cancelled, also on an interrupt by the user.
        options = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.ERROR}
        with (
            LocalCluster(n_workers=int(number), threads_per_worker=1, **options) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler_file=address) if Path(address).is_file() else Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise NoClusterError(
            msg("no cluster answers at {address}: {reason}", address=address, reason=str(error))
        ) from None
    with client:
        yield client


def run_on(client: Client, cells: Sequence[Cell]) -> Iterator[tuple[Cell, Finished]]:
    """Run cells on a cluster, one per thread of its workers, and yield each with its result.

    If the caller stops, for example by an interrupt, the running solves are ended and nothing is kept. If the client is
    killed, the solves continue, and a client with the same cells finds them.
    """
    from distributed import Event, as_completed, wait

    run = hashlib.sha256("\n".join(cell.key for cell in cells).encode()).hexdigest()[:16]
    cancelled = f"parity-cancel-{run}"
    by_key = {cell.key: cell for cell in cells}
    if run not in client.list_datasets():
        Event(cancelled, client=client).clear()  # an earlier run of the same cells may have been cancelled
        packed = {cell.instance: packed_files(Path(cell.instance)) for cell in cells}
        sent = {
            key: client.submit(
                solve_packed, cell.model_dump_json(), packed[cell.instance], cancelled, key=f"{key}-{run}", pure=False
            )
            for key, cell in by_key.items()
        }
        client.publish_dataset(sent, name=run)
    futures = {future: key for key, future in client.get_dataset(run).items()}
    ended = False
    try:
        for future in as_completed(futures):
            yield by_key[futures[future]], Finished.model_validate_json(future.result())
        ended = True
    finally:
        if not ended:
            Event(cancelled, client=client).set()
            with suppress(TimeoutError):  # a worker that is closed during a solve would end with a traceback
                wait(list(futures), timeout=LONGEST_END)
            client.cancel(list(futures))
        client.unpublish_dataset(run)


def solve_packed(cell_text: str, packed: Packed, cancelled: str) -> str:
    """Solve a cell on a worker. Returns the JSON of `Finished`; an empty text if it was cancelled.

    Parameters
    ----------
    cell_text
        The cell as JSON.
    cancelled
        Name of the event of the cluster that ends the solve.
    """
    from distributed import Event

    event, asked = Event(cancelled), [time.monotonic()]
    if event.is_set():
        return ""

    def stopped() -> bool:
        if time.monotonic() - asked[0] < ASK_EVERY:
            return False
        asked[0] = time.monotonic()
        return bool(event.is_set())

    with tempfile.TemporaryDirectory() as made:
        for name, content in packed.items():
            (Path(made) / name).write_bytes(zlib.decompress(content))
        try:
            return run_cell(Cell.model_validate_json(cell_text), Path(made), stopped).model_dump_json()
        except Stopped:
            return ""  # the client has cancelled it and does not read this


def packed_files(folder: Path) -> Packed:
    """The files of an instance, compressed for sending to workers."""
    return {name: zlib.compress(content) for name, content in instance_files(folder).items()}
