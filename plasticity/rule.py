"""What a learning rule is."""

from dataclasses import dataclass
from typing import ClassVar

from brian2.core.functions import DEFAULT_FUNCTIONS

from ontogeny.engine.expressions import is_proportional, names, terms

from .parameters import check_parameters, parameters_of

__all__ = ["Rule"]

# What the two equations may name, beside parameters and functions.
SIGNAL = {"w", "forward_w", "delta_pre", "r_pre", "r_post"}
GRADIENT = {"w", "r_pre", "r_post", "delta_post"}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Base of the learning rules: equations as data, and nothing else.

    A rule is a subclass with the class attributes below and, if it has parameters, fields made with
    `parameter`. See ``feedback_alignment.py``, which is one.

    Attributes
    ----------
    signal : str
        What one feedback synapse adds to the neuron below; summed over all of them this is the
        neuron's ``feedback``, and ``delta = feedback*slope``. It names either ``w`` or
        ``forward_w``, has ``delta_pre`` as a factor of every term, and may name ``r_pre`` and
        ``r_post``.
    gradient : str
        What one forward synapse takes for its update direction ``g``, summed over trials. It may
        name ``w``, ``r_pre``, ``r_post``, and has ``delta_post`` as a factor of every term: errors
        carry 1/(active trials), so that the sum is a mean, and 0 in silent trials.
    citation : str
        Where the rule was published.

    Raises
    ------
    TypeError
        If a rule lacks one of the three.
    ValueError
        If an equation names something else, or a parameter is out of bounds.
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
        for what in ("signal", "gradient"):
            try:
                names(getattr(self, what))
            except SyntaxError as error:
                raise ValueError(
                    f"{type(self).__name__}.{what}: expected an expression, got "
                    f"{getattr(self, what)!r} ({error.msg})"
                ) from error
        for what, known in (("signal", SIGNAL), ("gradient", GRADIENT)):
            used = names(getattr(self, what)) - set(DEFAULT_FUNCTIONS) - set(self.parameters)
            if used - known:
                raise ValueError(
                    f"{type(self).__name__}.{what}: expected names among "
                    f"{', '.join(sorted(known))} and the rule's parameters, "
                    f"got {', '.join(sorted(used - known))}"
                )
        for what, error in (("signal", "delta_pre"), ("gradient", "delta_post")):
            wrong = [t for t in terms(getattr(self, what)) if not is_proportional(t, error)]
            if wrong:
                raise ValueError(
                    f"{type(self).__name__}.{what}: expected {error} as a factor, once, of every "
                    f"term, since it carries 1/(active trials) and makes the sum over trials a "
                    f"mean, got {' and '.join(wrong)}; decay of weights belongs to the optimiser"
                )
        weights = names(self.signal) & {"w", "forward_w"}
        if len(weights) != 1:
            raise ValueError(
                f"{type(self).__name__}.signal: expected either w or forward_w, "
                f"got {' and '.join(sorted(weights)) or 'neither'} in {self.signal!r}"
            )

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
