"""Ablations of Cheon, Lee & Paik (2024): verdicts follow the numbers."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.cheon2024 import ablations, lengths, rates
from ontogeny.studies.cheon2024.settings import SETTINGS
from ontogeny.studies.claims import Outcome

PANELS = (*ablations.PANELS, *lengths.PANELS, *rates.PANELS)
BY_NAME = {panel.name: panel for panel in PANELS}
RANDOM = np.random.default_rng(0)
CONDITIONS = ("BP", "BP, noise", "FA", "FA, noise", "FA, shuffled", "FA, mixed")


def verdict(panel, row, data):
    claim = next(claim for claim in BY_NAME[panel].rows if claim.id == row)
    found = BY_NAME[panel].compare(SETTINGS, data)[row]
    return Outcome(claim=claim, comparisons=tuple(found)).verdict


def speeds(**changed):
    mean = dict(zip(CONDITIONS, (0.9, 0.9, 0.8, 0.88, 0.8, 0.8), strict=True)) | changed
    networks = RANDOM.normal(size=(1, 10)) / 1000
    values = np.array(list(mean.values()))[:, np.newaxis] + networks
    values += RANDOM.normal(size=values.shape) / 1e4
    angles = xr.DataArray(80 + RANDOM.normal(size=values.shape), dims=("condition", "network"))
    speed = xr.DataArray(values, dims=("condition", "network"))
    made = xr.Dataset({"speed": speed, "final": speed, "error_angle": angles})
    return made.assign_coords(condition=list(mean), network=np.arange(10))


@pytest.mark.parametrize(
    ("shuffled", "expected"),
    [
        (0.799, "reproduced"),
        (0.7, "reproduced"),
        (0.85, "not reproduced"),
        (0.88, "not reproduced"),
    ],
)
def test_a_benefit_is_destroyed_where_none_is_left(shuffled, expected):
    assert verdict("ablations", "E4", speeds(**{"FA, shuffled": shuffled})) == expected


def by_length(angles, spread=0.1):
    angles = np.asarray(angles, float)[:, np.newaxis] + spread * RANDOM.normal(size=(4, 10))
    return xr.Dataset(
        {
            "before": (("length", "network"), angles),
            "speed": (("length", "network"), 1 - angles / 100),
        },
        coords={"length": [0, 10, 20, 40], "network": np.arange(10)},
    )


@pytest.mark.parametrize(
    ("angles", "expected"),
    [
        ([90, 80, 70, 80], "reproduced"),
        ([90, 80, 75, 70], "not reproduced"),
        ([90, 91, 92, 93], "not reproduced"),
    ],
)
def test_an_optimum_lies_between(angles, expected):
    assert verdict("lengths", "E5", by_length(angles)) == expected


def test_the_best_of_nothing_is_no_optimum():
    """Where all lengths are alike the smallest of them is not taken for an effect."""
    found = []
    for _ in range(200):
        data = by_length([90, 90, 90, 90], spread=1.0).rename(before="angle")
        data = data.expand_dims(rate=[1e-4])
        found += BY_NAME["rates"].compare(SETTINGS, data)["E7"]
    clear = np.mean([one.verdict == "reproduced" for one in found])
    assert clear < 0.05
