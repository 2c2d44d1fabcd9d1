"""Do tasks on a Dask cluster: one of this machine, or any other."""

import logging
import math
import queue
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from importlib.metadata import version
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, LocalCluster

from ontogeny.models.interrupts import LifeInterrupted, postponed_interrupts

from .dask_worker import Prepare, stop, work
from .packing import Packer
from .tasks import Agenda, Tally, Task
from .threads import single_thread

__all__ = ["Dispatch", "connected", "local_client"]

# A task whose worker dies is begun again so many times.
RETRIES = 3
# Seconds after which one looks again how many workers a cluster of others has.
LOOK = 1.0
_CONFIGURATION = {
    "distributed.scheduler.allowed-failures": RETRIES,
    # Lives keep nothing in Dask's memory, so that there is nothing to spill, or to wait for.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.profile.enabled": False,
    "distributed.diagnostics.nvml": False,
    # Dask would have every array that is freed given back to the system at once: the frames of
    # noise then cost three times as much, most of it in page faults. Threads: `single_thread`.
    "distributed.nanny.pre-spawn-environ": {},
}


@contextmanager
def local_client(workers: int) -> Iterator[Client]:
    """Start a cluster on this machine: a process with one thread for each worker.

    Parameters
    ----------
    workers : int
        How many; they share the memory of the machine in equal parts, and none may take more.

    Yields
    ------
    distributed.Client
        Connected with it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="ontogeny-") as scratch,
        single_thread(),
        dask.config.set(_CONFIGURATION),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            # Not the usual port, on which somebody else may show a dashboard.
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            silence_logs=logging.CRITICAL,
            local_directory=scratch,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        client.register_plugin(Prepare(deaf=True), name="ontogeny")
        yield client


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """Connect with a cluster.

    Parameters
    ----------
    address : str
        Of its scheduler.

    Yields
    ------
    distributed.Client
        Connected with it.

    Raises
    ------
    ConnectionError
        If there is no scheduler.
    """
    try:
        client = Client(address, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"live_all.scheduler: expected the address of a Dask scheduler, such as "
            f"'tcp://10.0.0.1:8786', got {address!r} ({' '.join(str(error).split())})"
        ) from error
    # Of its own: other runs on the cluster have theirs.
    name = f"ontogeny-{uuid.uuid4().hex[:8]}"
    with client:
        try:
            client.register_plugin(Prepare(deaf=False), name=name)
        except ImportError as error:
            raise RuntimeError(
                f"live_all.scheduler: expected workers on which ontogeny is installed, got "
                f"{error}; install it there"
            ) from error
        try:
            yield client
        finally:
            client.unregister_worker_plugin(name)


class Dispatch:
    """Give tasks to workers, no more than they can begin at once.

    A queue at a worker would bind tasks to it, and count its death against all of them.

    Parameters
    ----------
    client : distributed.Client
        Where to.
    tasks : sequence of Task
        What is done.
    tally : Tally
        Who is told.
    packer : Packer
        How tasks are sent.
    most : int, optional
        How many tasks at a time; as many as the cluster has threads by default.
    """

    def __init__(
        self,
        client: Client,
        tasks: Sequence[Task],
        tally: Tally,
        packer: Packer,
        most: int | None,
    ) -> None:
        self.client, self.tasks, self.tally, self.packer = client, tasks, tally, packer
        self.most = most
        self.agenda = Agenda(tasks)
        self.run = f"ontogeny-{uuid.uuid4().hex[:8]}"
        self.inbox: queue.SimpleQueue[tuple[int, tuple[int, int, str] | None]] = queue.SimpleQueue()
        self.running: dict[int, Future] = {}
        self.results: dict[int, Any] = {}
        self.room, self.looked = 0, -math.inf

    def perform(self) -> list[Any]:
        """Do all tasks, and return what they returned, in their order.

        Raises
        ------
        LifeInterrupted
            If somebody interrupts; what runs has been stopped before.
        RuntimeError
            If workers die again and again, or the cluster is gone.
        """
        self.client.subscribe_topic(self.run, self._told)
        try:
            with postponed_interrupts() as request:
                try:
                    while len(self.results) < len(self.tasks):
                        self._submit()
                        self._receive()
                        if request.number:
                            raise LifeInterrupted("interrupted", request.number)
                except BaseException:
                    self._stop()
                    raise
        finally:
            self.client.unsubscribe_topic(self.run)
        return [self.results[number] for number in range(len(self.tasks))]

    def _told(self, event: tuple[float, list[Any]]) -> None:
        number, done, total, phase = event[1]
        self.inbox.put((number, (done, total, phase)))

    def _submit(self) -> None:
        self._look()
        while len(self.running) < self.room and (number := self.agenda.next()) is not None:
            self.running[number] = self.client.submit(
                work,
                self.packer.pack(self.tasks[number].call),
                self.run,
                number,
                version("ontogeny"),
                key=f"{self.run}-{number}",
                pure=False,
            )
            self.running[number].add_done_callback(
                lambda future, number=number: self.inbox.put((number, None))
            )

    def _look(self) -> None:
        """Note how many tasks there is room for."""
        if time.monotonic() - self.looked >= LOOK:
            self.looked = time.monotonic()
            threads = sum(self.client.nthreads().values())
            # With a number given, tasks wait at the scheduler: clusters that grow by need see them.
            self.room = threads if self.most is None else self.most
            if not threads:
                self.tally.say("waiting for workers")

    def _receive(self) -> None:
        """Take up what has come in, or wait for it."""
        with suppress(queue.Empty):
            number, told = self.inbox.get(timeout=0.1)
            while True:
                if told is not None:
                    self.tally.tell(number, *told)
                else:
                    self._finish(number)
                number, told = self.inbox.get_nowait()

    def _finish(self, number: int) -> None:
        future = self.running.pop(number)
        label = self.tasks[number].label
        try:
            self.results[number] = future.result()
        except KilledWorker as error:
            raise RuntimeError(
                f"{label}: expected a worker that stays alive, got {error.allowed_failures + 1} "
                f"that died one after the other, perhaps for want of memory; try fewer workers"
            ) from error
        except CancelledError as error:
            raise RuntimeError(
                f"{label}: expected a cluster that stays there, got none any more; start it again"
            ) from error
        self.tally.finish(number)
        self.agenda.finish(number)

    def _stop(self) -> None:
        """Let what runs end, and wait for it: nobody else may write what is being written."""
        while self.running and self.client.status == "running" and self.client.nthreads():
            # Again and again: workers may have died meanwhile, and begun afresh.
            self.client.run(stop, self.run, on_error="ignore")
            deadline = time.monotonic() + LOOK
            while self.running and time.monotonic() < deadline:
                self.running = {n: f for n, f in self.running.items() if not f.done()}
                time.sleep(0.02)
