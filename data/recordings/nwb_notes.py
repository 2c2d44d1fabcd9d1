"""What is said of an NWB file: why it is refused, and what of it was left out."""

from dataclasses import dataclass, field

from .origin import Origin

__all__ = ["LIMIT", "Notes"]

#: Entries of an array that are read at once, at most; what is longer stays in the file.
LIMIT = 2**20


@dataclass(kw_only=True)
class Notes:
    """
    Collect what is said of one file.

    Parameters
    ----------
    path : str
        The file.
    left_out : list of str
        What is in the file and not in the recording, and why.
    """

    path: str
    left_out: list[str] = field(default_factory=list)

    @property
    def origin(self) -> Origin:
        """Return where something is read from, for messages."""
        return Origin(where="open_nwb", place=self.path)

    def refusal(self, expected: str, found: str, cure: str = "write the file again") -> ValueError:
        """Make the error of a file that cannot be read."""
        return self.origin.refusal("path", expected, found, cure)

    def leave(self, what: str, why: str) -> None:
        """Note that something is left out."""
        note = f"{what}: {why}"
        if note not in self.left_out:
            self.left_out.append(note)
