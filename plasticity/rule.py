"""What a learning rule is."""

from dataclasses import dataclass
from typing import ClassVar

from .parameters import check_parameters, parameters_of

__all__ = ["Rule"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Base of the learning rules: equations as data, and nothing else.

    A rule is a subclass with the class attributes below and, if it has parameters, fields made with
    `parameter`. See ``feedback_alignment.py``, which is one.

    Attributes
    ----------
    signal : str
        What one feedback synapse adds to the neuron below; summed over all of them this is the
        neuron's ``feedback``, and ``delta = feedback*slope``. It names ``w`` or ``forward_w``.
    gradient : str
        What one forward synapse takes for its update direction ``g``, averaged over trials.
    citation : str
        Where the rule was published.
    """

    signal: ClassVar[str]
    gradient: ClassVar[str]
    citation: ClassVar[str]

    def __post_init__(self) -> None:
        """Check the parameters."""
        missing = [name for name in ("signal", "gradient", "citation") if not hasattr(self, name)]
        if missing:
            raise TypeError(
                f"{type(self).__name__}: expected a rule with {', '.join(missing)}, got none; "
                f"Rule is abstract, use FeedbackAlignment() or a subclass of your own"
            )
        check_parameters(self)

    @property
    def parameters(self) -> dict[str, float]:
        """The declared parameters with their values."""
        return parameters_of(self)

    def equations(self) -> str:
        """Return the rule as text, one equation a line."""
        return (
            f"feedback = {self.signal} : 1 (summed over the population above)\n"
            f"delta = feedback*slope : 1\n"
            f"g = {self.gradient} : 1 (summed over trials)"
        )
