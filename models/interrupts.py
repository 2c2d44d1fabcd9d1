"""Let a life finish its segment before an interrupt ends it."""

import multiprocessing
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

__all__ = ["LifeInterrupted", "Request", "StopLife", "postponed_interrupts"]


class LifeInterrupted(KeyboardInterrupt):
    """A life was interrupted, and can go on from its last checkpoint.

    Parameters
    ----------
    message : str
        Where it was interrupted, and how to go on.
    number : int
        The signal that interrupted it.
    """

    def __init__(self, message: str, number: int = signal.SIGINT) -> None:
        super().__init__(message)
        self.number = int(number)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the interrupt travel between processes."""
        return type(self), (str(self), self.number)


class StopLife(Exception):
    """Raised by whoever hears of progress, to stop a life with a checkpoint of where it is."""


@dataclass
class Request:
    """Whether somebody wants the life to stop.

    Attributes
    ----------
    number : int
        The signal that came, 0 if none.
    """

    number: int = 0


@contextmanager
def postponed_interrupts() -> Iterator[Request]:
    """Note the first interrupt instead of raising it; a second one interrupts at once.

    SIGINT (Ctrl-C) and SIGTERM (pre-emption on clusters) are noted, in the main thread, where
    nobody else handles them. SIGTERM ends worker processes as ever, since their pools wait for it.

    Yields
    ------
    Request
        Tells whether a signal came.
    """
    request = Request()
    defaults: dict[int, Any] = {signal.SIGINT: signal.default_int_handler}
    if multiprocessing.parent_process() is None:
        defaults[signal.SIGTERM] = signal.SIG_DFL
    if threading.current_thread() is not threading.main_thread():
        defaults = {}
    taken = {
        number: signal.getsignal(number)
        for number, default in defaults.items()
        if _innermost(signal.getsignal(number)) == default
    }

    def note(number: int, frame: Any) -> None:
        if request.number:
            raise KeyboardInterrupt
        request.number = number

    try:
        for number in taken:
            signal.signal(number, note)
        yield request
    finally:
        for number, handler in taken.items():
            signal.signal(number, handler)


def _innermost(handler: Any) -> Any:
    """Return the handler that Brian2, when it was imported, wrapped into its own."""
    while hasattr(handler, "previous_handler"):
        handler = handler.previous_handler
    return handler
