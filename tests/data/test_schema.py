import numpy as np
import pytest

from ontogeny.data.schema import GROUPS, PHASES, PROGRESS, WEIGHTS, Variable


def test_declarations_have_known_types():
    for declared in (variable for group in GROUPS.values() for variable in group.values()):
        assert np.dtype(declared.dtype).kind in "if"
        assert set(declared.attrs) >= {"units", "long_name"}


def test_phase_flags_follow_the_conventions_for_metadata():
    attrs = PROGRESS["phase"].attrs
    assert attrs["flag_meanings"].split() == list(PHASES)
    assert attrs["flag_values"].tolist() == [0, 1, 2]
    assert attrs["flag_values"].dtype == np.dtype(PROGRESS["phase"].dtype)


def test_weights_share_the_checkpoints_of_progress():
    assert all(WEIGHTS[name] is PROGRESS[name] for name in WEIGHTS)


def test_variable_must_be_described():
    with pytest.raises(ValueError, match=r"Variable\.units: expected units and a long_name"):
        Variable(dims=("checkpoint",), dtype="int8", long_name="")
