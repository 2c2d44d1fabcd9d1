"""Measures of the activity of many neurons at once."""

from .dimensionality import effective_dimension, participation_ratio
from .dissimilarity import representational_dissimilarity, square_dissimilarity
from .divergence import spontaneous_evoked_divergence
from .noise_correlation import noise_correlation
from .power_law import power_law_exponent
from .rdms import noise_ceiling, rdm_correlation
from .reciprocity import reciprocity
from .similarity import linear_cka
from .sparseness import sparseness
from .subspace import subspace_alignment
from .words import binary_words

__all__ = [
    "binary_words",
    "effective_dimension",
    "linear_cka",
    "noise_ceiling",
    "noise_correlation",
    "participation_ratio",
    "power_law_exponent",
    "rdm_correlation",
    "reciprocity",
    "representational_dissimilarity",
    "sparseness",
    "spontaneous_evoked_divergence",
    "square_dissimilarity",
    "subspace_alignment",
]
