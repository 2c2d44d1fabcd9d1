"""What a dense projection can do in a step, as data."""

from dataclasses import dataclass
from typing import ClassVar

__all__ = ["Correlate", "Operation", "Propagate", "PseudoInverse", "Update"]


@dataclass(frozen=True)
class Operation:
    """Base of the operations; use `Propagate`, `Correlate`, `Update` or `PseudoInverse`.

    Parameters
    ----------
    code : str
        Brian2 code; what it may name is said by each operation.
    into : str
        The variable that receives the result.
    order : int
        Position in the step, in Brian2's slot ``groups``: operations run in rising order. By
        default a `Propagate` runs before the populations' own state updates (which have 0), a
        `Correlate` after them, an `Update` and a `PseudoInverse` last.
    gate : str, optional
        Name of a shared setting; the operation is skipped while that is 0.
    window : tuple of str, optional
        Names of two whole settings, (period, closed); the operation is skipped in the first
        `closed` of every `period` steps: it runs where ``t_in_timesteps % period >= closed``. A
        period below 1 counts as 1.
    """

    kind: ClassVar[str] = ""
    code: str
    into: str = ""
    order: int = 0
    gate: str = ""
    window: tuple[str, str] | None = None


@dataclass(frozen=True)
class Propagate(Operation):
    """Reduce an expression over one side of a projection into a variable of the other side.

    ``Propagate("w*r_pre", into="drive_post")`` is ``drive_j = sum_i w_ij r_i`` in every trial;
    ``Propagate("w*delta_post", into="feedback_pre")`` runs through the same weights backwards.

    Parameters
    ----------
    reduce : {"sum", "max"}
        How the values of one trial are joined.
    """

    kind: ClassVar[str] = "propagate"
    order: int = -1
    reduce: str = "sum"

    def __post_init__(self) -> None:
        """Check the direction and the reduction."""
        if not self.into.endswith(("_pre", "_post")):
            raise ValueError(
                f"Propagate.into: expected a population variable such as 'drive_post' or "
                f"'feedback_pre', got {self.into!r}"
            )
        if self.reduce not in ("sum", "max"):
            raise ValueError(f"Propagate.reduce: expected 'sum' or 'max', got {self.reduce!r}")


@dataclass(frozen=True)
class Correlate(Operation):
    """Sum an expression over trials into a synaptic variable: ``g_ij = sum_k x_ki y_kj``.

    Parameters
    ----------
    update : str
        Element-wise statements that run at once on synapses whose sum is known, such as
        ``w -= rate*g``, while the sum is still in a register or cache. What the variable `into`
        holds after that is not defined: read it in the statements.
    """

    kind: ClassVar[str] = "correlate"
    order: int = 1
    update: str = ""


@dataclass(frozen=True)
class Update(Operation):
    """Run element-wise statements on the synaptic variables, such as ``w -= rate*g``."""

    kind: ClassVar[str] = "update"
    order: int = 2


@dataclass(frozen=True)
class PseudoInverse(Operation):
    """Set synapses to the Moore-Penrose inverse of a partner's matrix.

    ``PseudoInverse("forward_w", into="w")`` makes the matrix (source, target) of `w` the inverse of
    the partner's, which is (target, source). Singular values up to ``max(shape)*epsilon`` of the
    largest count as 0, with the `epsilon` of the float type; it is computed in double precision.
    An oracle for comparisons: it takes a singular value decomposition in every step.
    """

    kind: ClassVar[str] = "pseudo_inverse"
    order: int = 2
