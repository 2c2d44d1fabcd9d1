"""Measures on trajectories, statistics over networks, and plots; works without Brian2."""

if __name__ != "ontogeny.analysis":
    raise ImportError("import ontogeny.analysis; the folder is not a package of its own")

from . import plot
from .activity import (
    binary_words,
    effective_dimension,
    linear_cka,
    noise_ceiling,
    noise_correlation,
    participation_ratio,
    power_law_exponent,
    rdm_correlation,
    reciprocity,
    representational_dissimilarity,
    sparseness,
    spontaneous_evoked_divergence,
    square_dissimilarity,
    subspace_alignment,
)
from .adaptation import adaptation, meta_loss
from .alignment import neuron_alignment, weight_alignment
from .calibration import calibration_curve, calibration_error
from .comparison import COMPARISONS, compare, noise_of_life
from .components import feedback_distance, weight_trajectory
from .confidence import confidence, ood_auc, readout_probabilities
from .contrasts import one_sample, unpaired_contrast
from .exchange import to_neo, to_nwb, to_pynapple, to_rsatoolbox
from .generalisation import generalisation_error
from .gradients import error_alignment, update_alignment
from .gram import gram_rank
from .intervals import bootstrap_interval, mean_interval
from .learning import final_accuracy, learning_speed
from .normalised_error import normalised_error
from .rank import effective_rank, singular_values
from .responses import evaluate, responses
from .spikes import (
    by_distance,
    correlation_index,
    correlation_index_fit,
    correlation_index_of_rates,
    event_adaptation,
    event_classes,
    event_control,
    event_summary,
    pairwise_correlation,
    population_events,
    shift_units,
    spike_time_tiling,
)
from .statistics import gap_closed, paired_contrast, summary
from .symmetry import sign_concordance, weight_norm_ratio

__all__ = [
    "COMPARISONS",
    "adaptation",
    "binary_words",
    "bootstrap_interval",
    "by_distance",
    "calibration_curve",
    "calibration_error",
    "compare",
    "confidence",
    "correlation_index",
    "correlation_index_fit",
    "correlation_index_of_rates",
    "effective_dimension",
    "effective_rank",
    "error_alignment",
    "evaluate",
    "event_adaptation",
    "event_classes",
    "event_control",
    "event_summary",
    "feedback_distance",
    "final_accuracy",
    "gap_closed",
    "generalisation_error",
    "gram_rank",
    "learning_speed",
    "linear_cka",
    "mean_interval",
    "meta_loss",
    "neuron_alignment",
    "noise_ceiling",
    "noise_correlation",
    "noise_of_life",
    "normalised_error",
    "one_sample",
    "ood_auc",
    "paired_contrast",
    "pairwise_correlation",
    "participation_ratio",
    "plot",
    "population_events",
    "power_law_exponent",
    "rdm_correlation",
    "readout_probabilities",
    "reciprocity",
    "representational_dissimilarity",
    "responses",
    "shift_units",
    "sign_concordance",
    "singular_values",
    "sparseness",
    "spike_time_tiling",
    "spontaneous_evoked_divergence",
    "square_dissimilarity",
    "subspace_alignment",
    "summary",
    "to_neo",
    "to_nwb",
    "to_pynapple",
    "to_rsatoolbox",
    "unpaired_contrast",
    "update_alignment",
    "weight_alignment",
    "weight_norm_ratio",
    "weight_trajectory",
]
