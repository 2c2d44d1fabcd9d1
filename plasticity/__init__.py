"""Learning rules, optimisers, initial weights, forward and feedback synapses.

What equations of rules may name is in `ontogeny.plasticity.vocabulary`.
"""

if __name__ != "ontogeny.plasticity":
    raise ImportError("import ontogeny.plasticity; the folder is not a package of its own")

from .backpropagation import Backpropagation
from .direct_feedback_alignment import DirectFeedbackAlignment
from .direct_random_target_projection import DirectRandomTargetProjection
from .feedback_alignment import FeedbackAlignment
from .kolen_pollack import KolenPollack
from .node_perturbation import NodePerturbation
from .optimisers import SGD, Adam, Optimiser
from .parameters import check_parameters, parameter
from .phaseless_alignment import PhaselessAlignment
from .pseudo_backpropagation import PseudoBackpropagation
from .rule import PATHS, Rule
from .shallow import Shallow
from .sign_symmetry import SignSymmetry
from .synapses import FeedbackSynapses, ForwardSynapses
from .weight_mirror import WeightMirror
from .weights import Gaussian, He, InitialWeights, Orthogonal, Uniform

__all__ = [
    "PATHS",
    "SGD",
    "Adam",
    "Backpropagation",
    "DirectFeedbackAlignment",
    "DirectRandomTargetProjection",
    "FeedbackAlignment",
    "FeedbackSynapses",
    "ForwardSynapses",
    "Gaussian",
    "He",
    "InitialWeights",
    "KolenPollack",
    "NodePerturbation",
    "Optimiser",
    "Orthogonal",
    "PhaselessAlignment",
    "PseudoBackpropagation",
    "Rule",
    "Shallow",
    "SignSymmetry",
    "Uniform",
    "WeightMirror",
    "check_parameters",
    "parameter",
]
