"""Phaseless alignment learning."""

from dataclasses import dataclass
from typing import ClassVar

from .parameters import parameter
from .rule import Rule

__all__ = ["PhaselessAlignment"]


@dataclass(frozen=True, kw_only=True)
class PhaselessAlignment(Rule):
    r"""Let feedback synapses find the forward weights in the noise of neurons, while these learn.

    .. math:: \dot B_{l+1} = \rho\, \bigl( \xi_l\, (r^{HP}_{l+1})^T - \lambda B_{l+1} \bigr)

    with the Ornstein-Uhlenbeck noise :math:`\xi_l` of leaky neurons, which is a part of their
    drive, and the high-pass filtered rates :math:`r^{HP}_{l+1}` above (of outputs, drives).
    High-pass filters hold back what stimuli do, so that what is left in the mean is how the noise
    travels upwards: :math:`B \to c\, W^T/\lambda` where responses are linear. No phases are needed
    (Max et al. 2024). The rule needs `Leaky` dynamics with noise.

    Parameters
    ----------
    alignment_rate : float
        :math:`\rho`, 1/s.
    alignment_decay : float
        :math:`\lambda`.
    """

    signal: ClassVar[str] = "w*delta_pre"
    feedback_gradient: ClassVar[str] = "noise_post*highpass_pre*share_pre"
    feedback_update: ClassVar[str] = "w += step*alignment_rate*(g - alignment_decay*w)"
    citation: ClassVar[str] = (
        "Max K, Kriener L, Pineda Garcia G, Nowotny T, Jaras I, Senn W, Petrovici MA (2024). "
        "Learning efficient backprojections across cortical hierarchies in real time. Nature "
        "Machine Intelligence 6:619-630"
    )
    alignment_rate: float = parameter(
        1.0, "rate of feedback synapses, 1/s", low=0, strict=True, unit="1/s"
    )
    alignment_decay: float = parameter(0.01, "pull of feedback weights towards 0", low=0)
