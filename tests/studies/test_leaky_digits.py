"""Leaky networks learn digits like static ones."""

import pytest
import xarray as xr
from rich.console import Console

from ontogeny.engine import DEVICES
from ontogeny.studies import leaky_digits

GATED, CONTINUOUS = "leaky, gated", "leaky, continuous"


@pytest.mark.slow
@pytest.mark.compiler
@pytest.mark.skipif(bool(DEVICES["cpp"].problem()), reason="needs a C++ compiler")
def test_leaky_networks_learn_digits_like_static_ones():
    accuracy = leaky_digits.leaky_digits(networks=2, epochs=4, digits=2000, device="cpp")
    assert accuracy.sizes == {"condition": 3, "network": 2}
    assert (accuracy > 0.7).all()
    difference = abs(accuracy - accuracy.sel(condition="static")).mean("network")
    assert float(difference.sel(condition=GATED)) < 0.03
    assert float(difference.sel(condition=CONTINUOUS)) < 0.03


def test_conditions_begin_alike_and_see_the_same_digits():
    lives = [
        leaky_digits.live(learning, 1, device="numpy", epochs=1, digits=64, hold=1 / 64)
        for learning in leaky_digits.CONDITIONS.values()
    ]
    static, *leaky = (life["weights"]["forward_1"].values for life in lives)
    for weights in leaky:
        assert (weights[0] == static[0]).all()
        assert (weights[-1] != static[-1]).any()
    assert lives[0]["tests"].sizes["test"] == lives[1]["tests"].sizes["test"] > 0


def test_report_has_means_ranges_and_paired_differences():
    accuracy = xr.DataArray(
        [[0.90, 0.92], [0.91, 0.90], [0.80, 0.84]],
        dims=("condition", "network"),
        coords={"condition": list(leaky_digits.CONDITIONS), "network": [0, 1]},
    )
    console = Console(width=110)
    with console.capture() as captured:
        console.print(leaky_digits.report(accuracy))
    lines = captured.get().splitlines()
    gated = next(line for line in lines if GATED in line)
    assert "90.5 (90.0 to 91.0)" in gated and "-0.5 (-2.0 to +1.0)" in gated
    continuous = next(line for line in lines if CONTINUOUS in line)
    assert "82.0 (80.0 to 84.0)" in continuous and "-9.0 (-10.0 to -8.0)" in continuous
