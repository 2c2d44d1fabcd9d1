"""Work in independent pieces: what may begin, how far all of it is, and how it ends."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from threadpoolctl import threadpool_limits

from ontogeny.models.interrupts import StopLife

__all__ = ["Agenda", "Report", "Stopped", "Tally", "Task", "perform_here"]

#: Takes what is done, what there is, and what is running.
Report = Callable[[int, int, str], None]


class Stopped(StopLife):
    """Somebody wants the work to end; what it has stored is whole."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One piece of work.

    Parameters
    ----------
    label : str
        What errors and the progress call it.
    call : callable
        Does the work, and returns something small; takes a callable to report by: what is done,
        what there is, and what is going on.
    size : int
        How much work it is: presentations of a life, 1 for what cannot be divided.
    after : tuple of int
        Places in the list of tasks of those that have to be done before it.
    """

    label: str
    call: Callable[[Report], Any]
    size: int = 1
    after: tuple[int, ...] = ()


class Agenda:
    """Say what begins next: of what may begin, what the most work waits for.

    So no worker ends long after the others.

    Parameters
    ----------
    tasks : sequence of Task
        All of them.

    Raises
    ------
    ValueError
        If tasks wait for each other in a circle.

    Examples
    --------
    >>> short, long = (Task(label=str(size), call=print, size=size) for size in (1, 5))
    >>> child = Task(label="child", call=print, size=9, after=(0,))
    >>> agenda = Agenda([short, long, child])
    >>> agenda.next(), agenda.next(), agenda.next()
    (0, 1, None)
    >>> agenda.finish(0)
    >>> agenda.next()
    2
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.waits = [set(task.after) for task in tasks]
        self.children: list[list[int]] = [[] for _ in tasks]
        for number, task in enumerate(tasks):
            for parent in set(task.after):
                self.children[parent].append(number)
        self.behind = self._behind(tasks)
        self.ready: list[tuple[int, int]] = []
        self._add(number for number, waits in enumerate(self.waits) if not waits)

    def _behind(self, tasks: Sequence[Task]) -> list[int]:
        """Return the work of each task and of the longest chain that waits for it."""
        left = [len(children) for children in self.children]
        ends = [number for number, count in enumerate(left) if not count]
        behind = [0] * len(tasks)
        seen = 0
        while ends:
            number = ends.pop()
            seen += 1
            longest = max((behind[child] for child in self.children[number]), default=0)
            behind[number] = tasks[number].size + longest
            for parent in self.waits[number]:
                left[parent] -= 1
                if not left[parent]:
                    ends.append(parent)
        if seen < len(tasks):
            raise ValueError("Agenda.tasks: expected tasks in some order, got a circle of them")
        return behind

    def _add(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            heapq.heappush(self.ready, (-self.behind[number], number))

    def next(self) -> int | None:
        """Return the task that begins now, or None if none may begin yet."""
        return heapq.heappop(self.ready)[1] if self.ready else None

    def finish(self, number: int) -> None:
        """Note that a task is done."""
        for child in self.children[number]:
            self.waits[child].discard(number)
        self._add(child for child in self.children[number] if not self.waits[child])


class Tally:
    """Add up the progress of all tasks.

    Parameters
    ----------
    tasks : sequence of Task
        All of them.
    progress : callable, optional
        Who is told.
    what : str
        What tasks are called.
    """

    def __init__(self, tasks: Sequence[Task], progress: Report | None, what: str) -> None:
        self.tasks, self.progress, self.what = tasks, progress, what
        self.totals = [task.size for task in tasks]
        self.done = [0] * len(tasks)
        self.finished: set[int] = set()

    def tell(self, number: int, done: int, total: int, phase: str) -> None:
        """Note how far one task is."""
        # Reports and results come by different ways, and a life may turn out shorter than planned.
        if number not in self.finished:
            self.done[number], self.totals[number] = done, total
            self.say(f"{self.tasks[number].label}: {phase}" if phase else self.tasks[number].label)

    def finish(self, number: int) -> None:
        """Note that a task is done."""
        self.finished.add(number)
        self.done[number] = self.totals[number]
        self.say(self.tasks[number].label)

    def say(self, text: str) -> None:
        """Tell how far all of it is, and something about it."""
        if self.progress is not None:
            lead = f"{len(self.finished)}/{len(self.tasks)} {self.what}"
            self.progress(sum(self.done), sum(self.totals), f"{lead}, {text}")

    def __str__(self) -> str:
        return f"{len(self.finished)} of {len(self.tasks)} {self.what} are done"


def perform_here(tasks: Sequence[Task], tally: Tally) -> list[Any]:
    """Do tasks in this process, one after the other, with one BLAS thread as workers have.

    Parameters
    ----------
    tasks : sequence of Task
        What is done.
    tally : Tally
        Who is told.

    Returns
    -------
    list
        What the tasks returned, in their order.
    """
    agenda = Agenda(tasks)
    results: list[Any] = [None] * len(tasks)
    with threadpool_limits(1, user_api="blas"):
        while (number := agenda.next()) is not None:
            results[number] = tasks[number].call(partial(tally.tell, number))
            tally.finish(number)
            agenda.finish(number)
    return results
