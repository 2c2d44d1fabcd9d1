"""Weight mirrors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from .parameters import parameter
from .rule import Rule

__all__ = ["WeightMirror"]


@dataclass(frozen=True, kw_only=True)
class WeightMirror(Rule):
    r"""Teach the feedback synapses by noise what the forward synapses do.

    In spontaneous phases the forward synapses rest. Every hidden population emits noise
    :math:`x_l`, of the mean and standard deviation that the phase's noise has, the population above
    responds by :math:`y_{l+1} = f(W_{l+1} x_l + b_{l+1})` (outputs by their drive), and feedback
    synapses follow the product of the two,

    .. math:: \Delta B_{l+1} = \rho\, \langle (x_l - \bar x)\, y_{l+1}^T \rangle
              - \rho \lambda B_{l+1},

    whose mean is a multiple of :math:`W_{l+1}^T` where responses are linear:
    :math:`B \to \sigma_x^2 W^T/\lambda`. In learning phases errors travel through the feedback
    synapses as they are. Phases alternate as the schedule says (Akrout et al. 2019, equation 7;
    the decay, which bounds the norm, stands for the normalisation of their code).

    Parameters
    ----------
    mirror_rate : float
        :math:`\rho`, per step.
    mirror_decay : float
        :math:`\lambda`.
    """

    signal: ClassVar[str] = "w*delta_pre"
    feedback_gradient: ClassVar[str] = "(emission_post - emission_mean)*response_pre*share_pre"
    learns: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "spontaneous": ("feedback",),
        "learning": ("forward",),
    }
    feedback_update: ClassVar[str] = "w += mirror_rate*(g - mirror_decay*w)"
    citation: ClassVar[str] = (
        "Akrout M, Wilson C, Humphreys PC, Lillicrap T, Tweed DB (2019). Deep learning without "
        "weight transport. Advances in Neural Information Processing Systems 32"
    )
    mirror_rate: float = parameter(
        0.01, "rate of feedback synapses", low=0, strict=True, paced=True
    )
    mirror_decay: float = parameter(1.0, "pull of feedback weights towards 0", low=0)
