"""The rule of Kolen and Pollack."""

from dataclasses import dataclass
from typing import ClassVar

from .parameters import parameter
from .rule import Rule

__all__ = ["KolenPollack"]


@dataclass(frozen=True, kw_only=True)
class KolenPollack(Rule):
    r"""Change feedback synapses by the same products as forward synapses, and let both decay.

    .. math:: \Delta W_l = -\eta\, \delta_l r_{l-1}^T - \lambda W_l, \qquad
              \Delta B_l = -\eta\, r_{l-1} \delta_l^T - \lambda B_l

    so that :math:`(W - B^T)_t = (1 - \lambda)^t (W - B^T)_0`: without transport of weights the two
    become transposes of each other (Kolen & Pollack 1994; Akrout et al. 2019, equations 16 and 17).
    The optimiser makes both steps from the products alike, whatever it is.

    Parameters
    ----------
    decay_rate : float
        :math:`\lambda`, the share of each weight that an update takes away.
    """

    signal: ClassVar[str] = "w*delta_pre"
    feedback_gradient: ClassVar[str] = "r_post*delta_pre"
    decay: ClassVar[str] = "w -= decay_rate*w"
    citation: ClassVar[str] = (
        "Kolen JF, Pollack JB (1994). Backpropagation without weight transport. IEEE International "
        "Conference on Neural Networks 3:1375-1380"
    )
    decay_rate: float = parameter(
        1e-3, "share of a weight that an update takes", low=0, high=1, paced=True
    )
