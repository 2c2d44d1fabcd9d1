"""Figures 3 to 6 of Cheon, Lee & Paik (2024): panels run, and verdicts follow the numbers."""

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.archive import Archive, Lives, live
from ontogeny.studies.cheon2024 import (
    calibration,
    figure_3,
    figure_4_features,
    figure_4_generalisation,
    figure_4_readouts,
    figure_4_spectra,
    figure_5,
    figure_6_meta_loss,
    figure_6_paths,
    figure_6_speed,
)
from ontogeny.studies.cheon2024.settings import QUICK, SETTINGS
from ontogeny.studies.claims import Outcome
from ontogeny.studies.recipe import with_ancestors

MODULES = (
    figure_3,
    figure_4_readouts,
    figure_4_spectra,
    figure_4_generalisation,
    figure_4_features,
    figure_5,
    figure_6_meta_loss,
    figure_6_paths,
    figure_6_speed,
    calibration,
)
PANELS = {panel.name: panel for panel in chain(*(module.PANELS for module in MODULES))}
NETWORKS = 10
# Smaller still than the quick settings: the test is whether all of it fits together.
TINY = replace(QUICK, epochs=1, epochs_deep=1, epochs_small=(1, 1), test_size=100)
TINY = replace(TINY, noise=1_280, lengths=(640, 1_280), snapshots=(0, 1_280), training_size=128)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """What is measured of every panel, as it comes back from a file."""
    archive = Archive(tmp_path_factory.mktemp("lives"))
    found = {}
    for name, panel in PANELS.items():
        recipes = panel.recipes(TINY)
        for recipe in recipes.values():
            for one in with_ancestors(recipe):
                live(one, archive)
        data = panel.measure(TINY, Lives(recipes, archive))
        path = archive.folder / f"{name}.nc"
        path.write_bytes(bytes(data.to_netcdf()))
        found[name] = xr.load_dataset(path)
    return found


def outcomes(panel, data, settings=TINY):
    compared = panel.compare(settings, data)
    assert set(compared) == {row.id for row in panel.rows}
    return {row.id: Outcome(claim=row, comparisons=tuple(compared[row.id])) for row in panel.rows}


def test_every_row_is_there_once():
    rows = [row.id for panel in PANELS.values() for row in panel.rows]
    assert len(rows) == len(set(rows))
    assert {f"A{number}" for number in range(11, 24)} | {"C1", "C2", "C3"} <= set(rows)


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_runs_end_to_end(measured, name):
    panel, data = PANELS[name], measured[name]
    assert data["network"].values.tolist() == TINY.seeds
    for variable in data.data_vars.values():
        assert {"units", "long_name"} <= set(variable.attrs), variable.name
    for outcome in outcomes(panel, data).values():
        assert outcome.as_json()["verdict"] == outcome.verdict
    drawn = panel.figure(data)
    drawn.canvas.draw()
    assert drawn.get_axes()[0].get_ylabel()
    assert panel.alt(data).endswith(".")
    assert any(mark.isdigit() for mark in panel.alt(data)) or not data.sizes.get("data", 1)


def test_lives_are_shared_between_panels():
    lives = {
        name: {recipe.name for recipe in panel.recipes(TINY).values()}
        for name, panel in PANELS.items()
    }
    assert lives["4e"] == lives["4g"]
    assert lives["4e"] & lives["4f"] and lives["4e"] & lives["4h"]
    assert lives["5b"] == lives["5c"] < lives["C"]
    assert lives["6c"] < lives["6b"] and lives["6c"] <= lives["6a"]


def test_noise_is_lived_once_for_all_sets_of_one_size():
    settings = replace(SETTINGS, data_sets=("mnist-5k", "mnist-5k"), depths=(3,))
    births = [
        recipe.birth.life.name
        for (_, _, condition, _), recipe in figure_3.recipes(settings).items()
        if condition == "FA, noise"
    ]
    assert len(set(births)) == settings.networks_few


def many(data):
    """Return the same dataset for ten networks, all measures of networks zero."""
    made = data.isel(network=[0] * NETWORKS).assign_coords(network=np.arange(NETWORKS))
    return made.assign(
        {name: 0 * made[name].fillna(0) for name in made if "network" in made[name].dims}
    )


def jitter(array):
    """Return small differences between networks that are the same in no two places."""
    random = np.random.default_rng(array.size)
    return 1e-3 * random.standard_normal(array.shape)


def made_up(data, effects):
    """Return a dataset in which variables have these values, by selection, with little spread."""
    data = many(data)
    for name in effects:
        data[name] = data[name] + jitter(data[name])
        for where, value in effects[name]:
            data[name].loc[where] = data[name].loc[where] + value
    return data


FA, NOISE = {"condition": "FA"}, {"condition": "FA, noise"}
AFTER = {"presentation": TINY.noise}
# Claim -> what makes it true; the opposite numbers make it false.
TRUE = {
    "A11": ("3", "accuracy", [(NOISE, 1.0)]),
    "A12.c": ("4b", "largest", [({"state": "trained"}, -1.0)]),
    "A13": ("4c", "dominance", [({"rule": "FA", "state": "trained"}, 1.0)]),
    "A14": ("4d", "rank", [({"rule": "FA", "presentation": TINY.noise}, -1.0)]),
    "A14.b": ("4d", "rank", [({"rule": "BP", "presentation": TINY.noise}, -1.0)]),
    "A15": ("4e", "error", [(NOISE, -1.0)]),
    "A15.b": ("4e", "error", [(NOISE, -1.0)]),
    "A16": ("4f", "error", [(NOISE, -1.0)]),
    "A16.b": ("4f", "loss", [(NOISE, -1.0)]),
    "A17": ("4g", "rank", [({"population": "hidden_2", **NOISE}, -1.0)]),
    "A17.b": ("4g", "rank", [({"population": "hidden_1", **NOISE}, -1.0)]),
    "A18": ("4h", "rank", [(NOISE, -1.0)]),
    "A19": ("5b", "accuracy", [(NOISE, 1.0)]),
    "A21": ("6a", "meta_loss", [(AFTER, -1.0)]),
    "A21.b": ("6a", "meta_loss_along", [(AFTER, -1.0)]),
    "A22": ("6b", "after", [({"task": "noise"}, -1.0)]),
    "A22.b": ("6b", "length", [(AFTER, -1.0)]),
    "A23": ("6c", "loss", [(AFTER, -1.0)]),
    "A23.b": ("6c", "accuracy", [(AFTER, 1.0)]),
    "C2": ("C", "ece", [({"condition": ["BP, noise", "FA, noise"]}, -1.0)]),
    "C2.b": ("C", "ece_mean", [({"condition": ["BP, noise", "FA, noise"]}, -1.0)]),
    "C3": ("C-ood", "auc", [({"condition": ["BP, noise", "FA, noise"]}, 1.0)]),
}


@pytest.mark.parametrize("row", TRUE)
def test_a_verdict_follows_the_numbers(measured, row):
    name, variable, effects = TRUE[row]
    panel, data = PANELS[name], measured[name]
    opposite = [(where, -value) for where, value in effects]
    right, wrong = (made_up(data, {variable: these}) for these in (effects, opposite))
    assert outcomes(panel, right)[row].verdict == "reproduced"
    assert outcomes(panel, wrong)[row].verdict == "not reproduced"


@pytest.mark.parametrize(
    ("noise", "reference", "verdict"),
    [
        (1.0, 2.0, "reproduced"),
        (-1.0, 2.0, "not reproduced"),
        # A share of no gap would have the wrong sign.
        (-1.0, -2.0, "not run"),
    ],
)
def test_there_must_be_a_gap_to_close(measured, noise, reference, verdict):
    effects = {"accuracy": [(NOISE, noise), ({"condition": "BP"}, reference)]}
    data = made_up(measured["3"], effects)
    assert outcomes(PANELS["3"], data)["A11.b"].verdict == verdict


@pytest.mark.parametrize(("row", "kind"), [("A12", "noise"), ("A12.b", "images")])
def test_readouts_are_compared_with_chance(measured, row, kind):
    data = measured["4b"].copy(deep=True)
    random = np.random.default_rng(0)
    chance = 0.1 + 0.01 * random.standard_normal(data.sizes["readout"])
    values = data["probability"]
    values.loc[{"input": kind, "state": "untrained"}] = chance - 0.05
    values.loc[{"input": kind, "state": "trained"}] = chance
    assert outcomes(PANELS["4b"], data)[row].verdict == "reproduced"
    values.loc[{"input": kind, "state": "trained"}] = chance - 0.05
    assert outcomes(PANELS["4b"], data)[row].verdict == "not reproduced"


def test_confidence_starts_above_chance_and_falls(measured):
    def data(surplus):
        made = made_up(measured["C"], {"confidence": [({}, 0.1), ({"state": "before"}, 0.3)]})
        quiet = {"condition": ["BP, noise", "FA, noise"], "state": "before"}
        made["confidence"].loc[quiet] = made["confidence"].loc[quiet] + surplus
        return made

    assert outcomes(PANELS["C"], data(-0.2))["C1"].verdict == "reproduced"
    assert outcomes(PANELS["C"], data(0.2))["C1"].verdict == "not reproduced"


def test_one_failing_size_decides_the_verdict(measured):
    first = {"size": TINY.sizes[0], **NOISE}
    data = made_up(measured["4f"], {"error": [(NOISE, -1.0), (first, 2.0)]})
    assert outcomes(PANELS["4f"], data)["A16"].verdict == "not reproduced"


def test_sets_that_are_not_there_are_named(measured):
    parts = outcomes(PANELS["3"], measured["3"])["A11"].comparisons
    absent = [part.label for part in parts if part.verdict == "not run"]
    named = " ".join(absent)
    for title in ("Fashion-MNIST", "CIFAR-10:", "CIFAR-100", "STL-10"):
        assert title in named
    assert not any(label.startswith("MNIST:") for label in absent)
    assert "load_images('stl-10')" in named


def test_digits_of_another_set(measured):
    panel = PANELS["5c"]
    assert outcomes(panel, measured["5c"])["A20"].verdict == "not run"
    recipes = panel.recipes(TINY)
    conditions = sorted({condition for condition, _ in recipes})
    accuracy = np.zeros((len(conditions), NETWORKS, 1))
    data = xr.Dataset(
        {"accuracy": (("condition", "network", "data"), accuracy + jitter(accuracy))},
        coords={"condition": conditions, "network": np.arange(NETWORKS), "data": ["usps"]},
    )
    for effect, verdict in ((1.0, "reproduced"), (-1.0, "not reproduced")):
        changed = data.copy(deep=True)
        changed["accuracy"].loc[NOISE] += effect
        assert outcomes(panel, changed)["A20"].verdict == verdict
        assert "usps" in panel.alt(changed)
        panel.figure(changed).canvas.draw()
