"""Measures of the activity of many neurons at once."""

from .dissimilarity import representational_dissimilarity, square_dissimilarity
from .noise_correlation import noise_correlation
from .rdms import noise_ceiling, rdm_correlation
from .similarity import linear_cka
from .sparseness import sparseness

__all__ = [
    "linear_cka",
    "noise_ceiling",
    "noise_correlation",
    "rdm_correlation",
    "representational_dissimilarity",
    "sparseness",
    "square_dissimilarity",
]
