"""Learning rules, optimisers, initial weights, forward and feedback synapses.

Equations use one vocabulary. A forward synapse joins ``pre`` (below) to ``post`` (above), a
feedback synapse ``pre`` (above) to ``post`` (below).

================  ====================================================================
name              meaning
================  ====================================================================
``r``             rate of a neuron
``delta``         error of a neuron, over the number of active trials: the loss falls when
                  its drive moves against it
``slope``         derivative of a neuron's rate by its drive
``feedback``      sum of what the feedback synapses of a neuron send
``w``             weight of the synapse itself
``forward_w``     in a feedback synapse: weight of the forward synapse beside it
``g``             the synapse's update direction, summed over trials: with delta, a mean
``count``         updates since the optimiser was last reset, from 1
================  ====================================================================
"""

if __name__ != "ontogeny.plasticity":
    raise ImportError("import ontogeny.plasticity; the folder is not a package of its own")

from .backpropagation import Backpropagation
from .feedback_alignment import FeedbackAlignment
from .optimisers import SGD, Adam, Optimiser
from .parameters import check_parameters, parameter
from .rule import Rule
from .synapses import FeedbackSynapses, ForwardSynapses
from .weights import Gaussian, He, InitialWeights, Orthogonal, Uniform

__all__ = [
    "SGD",
    "Adam",
    "Backpropagation",
    "FeedbackAlignment",
    "FeedbackSynapses",
    "ForwardSynapses",
    "Gaussian",
    "He",
    "InitialWeights",
    "Optimiser",
    "Orthogonal",
    "Rule",
    "Uniform",
    "check_parameters",
    "parameter",
]
