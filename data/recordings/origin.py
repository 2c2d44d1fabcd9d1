"""Where something was read, for the messages of what is not as expected."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Origin", "Refusal"]


class Refusal(ValueError):
    """What was read is not as expected, and the message says how."""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Say in messages what was read, and where.

    Parameters
    ----------
    where : str
        Public function that reads.
    place : str
        File that is read; empty for arrays.
    """

    where: str
    place: str = ""

    def refusal(self, what: str, expected: str, got: object, cure: str = "") -> Refusal:
        """Make the error of something that is not as expected."""
        place = f" in {self.place!r}" if self.place else ""
        return Refusal(
            f"{self.where}.{what}: expected {expected}, got {got}{place}"
            + (f"; {cure}" if cure else "")
        )

    @contextmanager
    def reading(self, expected: str) -> Iterator[None]:
        """Say where it was that a reader of files stumbled; they raise what they like."""
        try:
            yield
        except (Refusal, ImportError, MemoryError):
            raise
        except Exception as error:
            raise self.refusal(
                "path", expected, f"a damaged one, or another ({type(error).__name__}: {error})"
            ) from error
