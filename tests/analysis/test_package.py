import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

import ontogeny.analysis

MODULES = sorted(module.name for module in pkgutil.iter_modules(ontogeny.analysis.__path__))


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name):
    result = doctest.testmod(importlib.import_module(f"ontogeny.analysis.{name}"))
    assert result.failed == 0


def test_public_names():
    assert set(ontogeny.analysis.__all__) == {
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
        "normalised_error",
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
