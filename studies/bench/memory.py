"""Peak memory of a contestant and of what it starts."""

import threading
from pathlib import Path
from types import TracebackType

__all__ = ["MemoryWatch", "memory_of"]


def memory_of(process: int) -> int:
    """Return the proportional set size of a process and all its descendants, in bytes.

    Memory that several processes share counts once. 0 where the system has no such account.
    """
    total = 0
    waiting = [process]
    while waiting:
        folder = Path("/proc") / str(waiting.pop())
        try:
            for line in (folder / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += 1024 * int(line.split()[1])
            for task in (folder / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, ValueError):
            continue  # it has ended meanwhile
    return total


class MemoryWatch:
    """Keep the largest memory that a process and its descendants have while a block runs.

    Parameters
    ----------
    process : int
        Its number.
    interval : float
        Seconds between two looks.
    """

    def __init__(self, process: int, interval: float = 0.01) -> None:
        self.process, self.interval = process, interval
        self.peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        ended = False
        while not ended:
            ended = self._ended.wait(self.interval)
            self.peak = max(self.peak, memory_of(self.process))

    def __enter__(self) -> "MemoryWatch":
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop looking."""
        self._ended.set()
        self._thread.join()
