"""Measures on trajectories, statistics over networks, and plots; works without Brian2."""

if __name__ != "ontogeny.analysis":
    raise ImportError("import ontogeny.analysis; the folder is not a package of its own")

from . import plot
from .adaptation import adaptation, meta_loss
from .alignment import neuron_alignment, weight_alignment
from .calibration import calibration_curve, calibration_error
from .components import feedback_distance, weight_trajectory
from .confidence import confidence, ood_auc, readout_probabilities
from .contrasts import one_sample, unpaired_contrast
from .generalisation import generalisation_error
from .gradients import error_alignment, update_alignment
from .gram import gram_rank
from .intervals import bootstrap_interval, mean_interval
from .learning import final_accuracy, learning_speed
from .rank import effective_rank, singular_values
from .responses import evaluate, responses
from .statistics import gap_closed, paired_contrast, summary
from .symmetry import sign_concordance, weight_norm_ratio

__all__ = [
    "adaptation",
    "bootstrap_interval",
    "calibration_curve",
    "calibration_error",
    "confidence",
    "effective_rank",
    "error_alignment",
    "evaluate",
    "feedback_distance",
    "final_accuracy",
    "gap_closed",
    "generalisation_error",
    "gram_rank",
    "learning_speed",
    "mean_interval",
    "meta_loss",
    "neuron_alignment",
    "one_sample",
    "ood_auc",
    "paired_contrast",
    "plot",
    "readout_probabilities",
    "responses",
    "sign_concordance",
    "singular_values",
    "summary",
    "unpaired_contrast",
    "update_alignment",
    "weight_alignment",
    "weight_norm_ratio",
    "weight_trajectory",
]
