import subprocess
import sys

import ontogeny.analysis


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_public_names():
    assert set(ontogeny.analysis.__all__) == {
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
    }
    for name in ontogeny.analysis.__all__:
        assert getattr(ontogeny.analysis, name).__doc__


def test_import_needs_no_brian2():
    code = "import sys; sys.modules['brian2'] = None; import ontogeny.analysis"
    result = run(code)
    assert result.returncode == 0, result.stderr


def test_import_loads_no_matplotlib():
    code = "import sys, ontogeny.analysis; sys.exit('matplotlib' in sys.modules)"
    result = run(code)
    assert result.returncode == 0, result.stderr
