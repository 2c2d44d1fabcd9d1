"""Recorded waves as pretraining: panels run with and without recordings, and verdicts follow."""

import json
from dataclasses import replace
from functools import cache
from importlib import import_module

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import fit_retinal_waves, gaussian_noise, recording_of
from ontogeny.studies.archive import Archive, Lives, live
from ontogeny.studies.cheon2024.lives import learning, sizes_of
from ontogeny.studies.claims import Outcome
from ontogeny.studies.development2026 import STUDY, conditions, inputs
from ontogeny.studies.development2026.activity import BIRTH, LEARNED, LIVED, nothing_with
from ontogeny.studies.development2026.comparing import slopes
from ontogeny.studies.development2026.conditions import (
    BP,
    NOTHING,
    SIMULATED,
    WHITE,
    conditions_of,
    inputs_of,
    learning_lives,
    shuffled,
    spontaneous_life,
    waves_of,
)
from ontogeny.studies.development2026.settings import AGES, QUICK, SETTINGS, Settings
from ontogeny.studies.recipe import with_ancestors
from ontogeny.studies.study_run import Measured, scorecard_of

PANELS = {panel.name: panel for panel in STUDY.panels}
TINY = replace(
    QUICK,
    base=replace(QUICK.base, noise=256, lengths=(256,), epochs=1, training_size=128),
    stimuli=120,
    search=1,
)
# A caching function must not know what another test was told.
WITHOUT = replace(TINY, stimuli=122)
NETWORKS = 10
ALL = tuple(AGES)


@cache
def made_up_recording(name):
    """Return waves that pass over electrodes, some of them twice as active."""
    random = np.random.default_rng(sum(map(ord, name)))
    places = [[100.0 * x, 100.0 * y] for x in range(4) for y in range(4)]
    waves = np.sort(random.uniform(5, 295, 40))
    trains = [
        np.sort((waves + 0.005 * x + random.uniform(0, 0.8, (4, 40))).ravel()) for x, _ in places
    ]
    return recording_of(trains, position=places, start=0, stop=300, attributes={"name": name})


@cache
def fitted(name, **options):
    """Fit simulated waves once for all tests."""
    return fit_retinal_waves(made_up_recording(name), **options)


@pytest.fixture
def recordings(monkeypatch):
    monkeypatch.setattr(conditions, "load_recording", made_up_recording)
    # How good the fit is has tests of its own.
    module = import_module("ontogeny.data.wave_fit")
    monkeypatch.setattr(module, "_CALIBRATIONS", 0)
    monkeypatch.setattr(module, "_MANY", 1)
    monkeypatch.setattr(
        conditions,
        "fit_retinal_waves",
        lambda recording, **options: fitted(recording.attrs["name"], **options),
    )
    _forget()
    yield
    _forget()


@pytest.fixture
def no_recordings(monkeypatch):
    def refuse(name):
        raise FileNotFoundError(f"load_recording.name: expected the file {name}, got no such file")

    monkeypatch.setattr(conditions, "load_recording", refuse)
    _forget()
    yield
    _forget()


def _forget():
    conditions.recording_named.cache_clear()
    conditions.inputs_of.cache_clear()


def measured(settings, archive):
    """Have everything lived and measured, as it comes back from a file."""
    found = {}
    for name, panel in PANELS.items():
        recipes = panel.recipes(settings)
        for recipe in recipes.values():
            for one in with_ancestors(recipe):
                live(one, archive)
        path = archive.folder / f"{name}.nc"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(panel.measure(settings, Lives(recipes, archive)).to_netcdf()))
        found[name] = xr.load_dataset(path)
    return found


def outcomes(name, data, settings):
    panel = PANELS[name]
    compared = panel.compare(settings, data)
    assert set(compared) == {row.id for row in panel.rows}
    return {row.id: Outcome(claim=row, comparisons=tuple(compared[row.id])) for row in panel.rows}


def check_panels(data, settings):
    """Check that there are verdicts, units, figures with words, and words with numbers."""
    for name, panel in PANELS.items():
        for outcome in outcomes(name, data[name], settings).values():
            assert outcome.as_json()["verdict"] == outcome.verdict
        for variable in data[name].data_vars.values():
            assert {"units", "long_name"} <= set(variable.attrs), variable.name
        drawn = panel.figure(data[name])
        drawn.canvas.draw()
        assert all(ax.get_ylabel() or ax.get_xlabel() for ax in drawn.get_axes())
        told = panel.alt(data[name])
        assert told.endswith(".") and any(mark.isdigit() for mark in told)
        assert "nan" not in told


def test_every_panel_runs_with_recordings(recordings, tmp_path):
    data = measured(TINY, Archive(tmp_path))
    check_panels(data, TINY)
    lived = data["pretraining"]["condition"].values.tolist()
    assert lived == [BP, NOTHING, *conditions_of(TINY)]
    assert nothing_with("waves P9") in data["similarity"]["condition"].values
    # Lives of one seed are born alike, whatever becomes of them.
    born = data["dimensionality"]["ratio"].sel(moment=BIRTH)
    assert (born == born.isel(condition=0)).all()
    # Bursts at the same times: correlated beyond chance, until the spikes come at random.
    spikes = data["inputs"]
    assert float(spikes["spikes"].mean()) > 2 * float(spikes["chance"].mean())
    assert (spikes["index"].sel(condition="waves P9").isel(distance=0) > 2).all()


def test_every_panel_runs_without_recordings(no_recordings, tmp_path):
    data = measured(WITHOUT, Archive(tmp_path))
    check_panels(data, WITHOUT)
    assert data["pretraining"]["condition"].values.tolist() == [BP, NOTHING, WHITE]
    told = json.loads(data["pretraining"].attrs["absent"])
    assert set(told) == {"waves P9", shuffled(9), SIMULATED}
    first = outcomes("pretraining", data["pretraining"], WITHOUT)["D1"].comparisons[0]
    assert first.verdict == "not run"
    assert first.label == "waves P9: its recording is missing"
    verdicts = {
        row: one.verdict
        for name in PANELS
        for row, one in outcomes(name, data[name], WITHOUT).items()
    }
    # What was measured after white noise says nothing of waves.
    assert len(verdicts) == 26 and set(verdicts.values()) == {"not run"}
    told = conditions.missing_recordings(WITHOUT)
    assert told.startswith("Recordings are missing, 1 of 1, ") and "\n" not in told
    assert f"{AGES[9]} neither downloaded nor in the folder that ONTOGENY_DATA names" in told


def test_a_report_tells_once_what_is_missing(no_recordings, tmp_path):
    data = PANELS["inputs"].measure(WITHOUT, {}).assign_attrs(lives="{}", seconds=0.0)
    nobody = Archive(tmp_path)
    found = scorecard_of(STUDY, WITHOUT, {"inputs": Measured(data)}, archive=nobody, run={})
    assert found["notes"] == [conditions.missing_recordings(WITHOUT)] and found["ours"]
    assert json.dumps(found).count("ONTOGENY_DATA") == 1
    quick = scorecard_of(STUDY, QUICK, {}, archive=nobody, run={})
    assert len(quick["notes"]) == 1
    assert "numbers under 'Inferred' are those of the full study" in quick["notes"][0]
    assert scorecard_of(STUDY, SETTINGS, {}, archive=nobody, run={})["notes"] == []


def test_without_a_package_it_is_named(monkeypatch):
    def refuse(name):
        raise ImportError("load_recording: expected the package h5py, got none")

    monkeypatch.setattr(conditions, "load_recording", refuse)
    _forget()
    assert 'pip install ".[biology]"' in conditions.missing_recordings(WITHOUT)
    _forget()


def test_nothing_is_missing_with_recordings(recordings):
    assert conditions.missing_recordings(TINY) == ""


def test_a_damaged_recording_is_an_error(monkeypatch):
    def damaged(name):
        raise ValueError("load_recording.name: expected the file with sha256 1, got 2")

    monkeypatch.setattr(conditions, "load_recording", damaged)
    _forget()
    with pytest.raises(ValueError, match="with sha256"):
        inputs_of(TINY)
    _forget()


def test_lives_are_those_of_random_noise(recordings):
    living = SETTINGS.living
    assert living == SETTINGS.base
    own, known = Settings(ages=(9,)), Settings(ages=(9,)).living
    sizes = sizes_of(TINY.living, TINY.living.data)
    lives = learning_lives(TINY)
    for condition, other in ((BP, "BP"), (NOTHING, "FA"), (WHITE, "FA, noise")):
        shared = learning(TINY.living, other, TINY.living.data, sizes, 0, checkpoints=TINY.after)
        assert lives[condition, 0].digest == shared.digest
    assert own.seeds == known.seeds
    assert len({life.digest for life in lives.values()}) == len(lives)


def test_conditions_differ_in_nothing_but_noise(recordings):
    waves, control = (spontaneous_life(TINY, name, 0) for name in ("waves P9", shuffled(9)))
    assert waves.network == control.network and waves.seed == control.seed
    assert waves.schedule != control.schedule
    noises = inputs_of(replace(TINY, controls=(9,))).noises
    assert noises[WHITE] == gaussian_noise()
    for name, noise in noises.items():
        frames = noise.draw(np.random.default_rng(0), (100, 784))
        assert abs(float(frames.mean())) < 0.3, name
        assert 0.5 < float(frames.std()) < 1.6, name


@pytest.mark.parametrize(
    ("change", "message"),
    [({"ages": (9, 10)}, "Settings.ages"), ({"realisations": 7}, "Settings.realisations")],
)
def test_settings_that_cannot_be(change, message):
    with pytest.raises(ValueError, match=message):
        replace(SETTINGS, **change)


def test_slopes_are_per_doubling_of_age():
    values = xr.DataArray(
        3 * np.log2([[9.0], [13.0], [42.0]]) + np.array([[0.0, 5.0]]),
        dims=("condition", "network"),
        coords={"condition": ["a", "b", "c"]},
    )
    np.testing.assert_allclose(slopes(values, ["a", "b", "c"], [9, 13, 42]), 3)


# What makes every claim true; the opposite numbers make it false.

# Of three ages, the fewest that make a trend: those between are compared alike.
SOME = (9, 15, 42)
FULL = replace(SETTINGS, networks=NETWORKS, ages=SOME)
WAVES = [waves_of(age) for age in SOME]
SHUFFLED = [shuffled(age) for age in SOME]
CONDITIONS = [BP, NOTHING, nothing_with(WAVES[0]), *conditions_of(FULL)]
MOMENTS = [BIRTH, LIVED, LEARNED]
SPONTANEOUS = [*WAVES, SIMULATED, WHITE]


def zeros(names, **more):
    """Return measures of ten networks that are the same but for a little."""
    dims = ("condition", "network", *more)
    coords = {"condition": CONDITIONS, "network": range(NETWORKS), **more}
    random = np.random.default_rng(0)
    shape = [len(coords[dim]) for dim in dims]
    return xr.Dataset(
        {
            name: (
                dims,
                1e-3 * random.standard_normal(shape),
                {"units": "1", "long_name": name},
            )
            for name in names
        },
        coords=coords,
        attrs={"absent": "{}"},
    )


def pretraining():
    return zeros(("before", "after", "speed", "final"))


def course():
    marks = {"mark": range(FULL.before + 1), "checkpoint": range(3)}
    whole = zeros(("spontaneous", "learning"), **marks)
    whole["spontaneous"] = whole["spontaneous"].isel(checkpoint=0)
    whole["learning"] = whole["learning"].isel(mark=0)
    return whole


def activity(*names):
    return lambda: zeros(names, moment=MOMENTS)


MAKE = {
    "pretraining": pretraining,
    "course": course,
    "inputs": lambda: zeros(("index",), distance=[k * 100.0 for k in range(7)]),
    "similarity": activity("divergence", "uncorrected", "surrogate", "alignment"),
    "dimensionality": activity("ratio", "dimension", "sparseness"),
    "events": activity("rate", "control", "low", "high", "share", "participation"),
}


def by_age(names, step):
    """Return effects that grow with age."""
    return [
        ({"condition": name}, step * np.log2(age)) for name, age in zip(names, SOME, strict=True)
    ]


EVERY = {"condition": SPONTANEOUS}
TRUE = {
    "D1": ("pretraining", {"before": [(EVERY, -1.0)]}),
    "D2": ("pretraining", {"before": [({"condition": WAVES}, -1.0)]}),
    "D3": ("pretraining", {"before": by_age(WAVES, 1.0)}),
    "D4": ("pretraining", {"speed": [(EVERY, 1.0)]}),
    "D6": ("pretraining", {"speed": [({"condition": WAVES}, 1.0)]}),
    "D7": ("pretraining", {"final": [(EVERY, 1.0)]}),
    "D8": ("course", {"learning": [({**EVERY, "checkpoint": 2}, -1.0)]}),
    "D9": ("course", {"spontaneous": [({**EVERY, "mark": 0}, 1.0)]}),
    "D12": ("inputs", {"index": [({**EVERY, "distance": 0.0}, 1.0)]}),
    "D13": ("inputs", {"index": [({"condition": WAVES}, 1.0)]}),
    "D14": (
        "similarity",
        {name: [({**EVERY, "moment": LIVED}, -1.0)] for name in ("divergence", "uncorrected")},
    ),
    "D15": (
        "similarity",
        {name: [({**EVERY, "moment": LEARNED}, -1.0)] for name in ("divergence", "uncorrected")},
    ),
    "D16": (
        "similarity",
        {"divergence": [({"condition": WAVES, "moment": [LIVED, LEARNED]}, -1.0)]},
    ),
    "D17": ("similarity", {"surrogate": [({**EVERY, "moment": LEARNED}, 1.0)]}),
    "D18": ("similarity", {"alignment": [({**EVERY, "moment": [LIVED, LEARNED]}, 1.0)]}),
    "D19": (
        "dimensionality",
        {name: [({**EVERY, "moment": LIVED}, -1.0)] for name in ("ratio", "dimension")},
    ),
    "D20": (
        "dimensionality",
        {name: [({**EVERY, "moment": LEARNED}, -1.0)] for name in ("ratio", "dimension")},
    ),
    "D21": (
        "dimensionality",
        {"ratio": [({"condition": WAVES, "moment": [LIVED, LEARNED]}, -1.0)]},
    ),
    "D22": ("dimensionality", {"sparseness": [({**EVERY, "moment": LEARNED}, -1.0)]}),
    "D23": ("events", {"rate": [({**EVERY, "moment": LIVED}, 1.0)]}),
    "D26": ("events", {"participation": [({**EVERY, "moment": LEARNED}, -1.0)]}),
}


#: Rows whose effects leave each other alone, so that one comparison of the panel has all of them.
TOGETHER = (
    *(("D1", "D4", "D7"), ("D2", "D6"), ("D3",), ("D8", "D9"), ("D12",), ("D13",)),
    *(("D14", "D17", "D18"), ("D15",), ("D16",), ("D19", "D22"), ("D20",), ("D21",)),
    ("D23", "D26"),
)


def changed(panel, effects, sign):
    data = MAKE[panel]()
    for name, places in effects:
        for where, value in places:
            data[name].loc[where] = data[name].loc[where] + sign * value
    return data


@pytest.mark.parametrize("row", TRUE)
def test_a_verdict_follows_the_numbers(row):
    rows = next(rows for rows in TOGETHER if row in rows)
    for sign, verdict in ((1, "reproduced"), (-1, "not reproduced")):
        compared = _compared_together(rows, sign)[row]
        assert {one.verdict for one in compared} == {verdict}, [one.label for one in compared]


@cache
def _compared_together(rows, sign):
    (panel,) = {TRUE[row][0] for row in rows}
    effects = [effect for row in rows for effect in TRUE[row][1].items()]
    return _compared(panel, changed(panel, effects, sign))


def _compared(panel, data):
    if panel == "inputs":
        # Spikes have no networks: they are compared below.
        nothing = ("group", np.full(len(SOME), np.nan))
        groups = [conditions.title_of(age) for age in SOME]
        data = data.assign(
            intercept=nothing,
            half_maximum=nothing,
            chance=(("group", "distance"), np.full((len(SOME), 7), np.nan)),
        ).assign_coords(group=groups)
    return PANELS[panel].compare(FULL, data)


@pytest.mark.parametrize(("sign", "verdict"), [(1, "reproduced"), (-1, "not reproduced")])
def test_a_share_of_the_gap(sign, verdict):
    data = changed("pretraining", [("speed", [({"condition": BP}, 2.0)])], 1)
    data["speed"].loc[{"condition": conditions_of(FULL)}] += sign
    assert {one.verdict for one in _compared("pretraining", data)["D5"]} == {verdict}


@pytest.mark.parametrize(
    ("factor", "verdict"), [(1.0, "reproduced"), (1.004, "reproduced"), (1.01, "not reproduced")]
)
def test_spikes_beside_the_published_table(factor, verdict):
    groups = [conditions.title_of(age) for age in ALL]
    table = inputs.references()["demas2003"].table.sel(group=groups)
    every = replace(FULL, ages=ALL)
    data = MAKE["inputs"]().assign_coords(group=groups)
    for name in ("intercept", "half_maximum"):
        data[name] = ("group", factor * table[name].values, {"units": "um", "long_name": name})
    data["chance"] = (("group", "distance"), np.full((len(ALL), 7), factor**20))
    found = PANELS["inputs"].compare(every, data)
    # The table has no row for P13 alone.
    assert len(found["D10"]) == 2 * (len(ALL) - 1)
    assert {one.verdict for one in found["D10"]} == {verdict}
    near_chance = "reproduced" if factor == 1 else "not reproduced"
    assert {one.verdict for one in found["D11"]} == {near_chance}


@pytest.mark.parametrize(("off", "verdict"), [(0.0, "reproduced"), (20.0, "not reproduced")])
def test_participation_beside_that_of_cortex(off, verdict):
    data = MAKE["events"]()
    for name, published in (("low", 44.47), ("high", 93.95), ("share", 31.97)):
        data[name] = data[name] + published + off
    found = PANELS["events"].compare(FULL, data)
    for row in ("D24", "D25"):
        assert {one.verdict for one in found[row]} == {verdict}


def test_a_trend_needs_three_ages():
    data = MAKE["pretraining"]().drop_sel(condition=WAVES[2:])
    first = PANELS["pretraining"].compare(FULL, data)["D3"][0]
    assert first.verdict == "not run" and "needs 3 ages, and 2 were lived" in first.label


def test_what_the_model_cannot_speak_to_is_told():
    rows = {row.id: reason for row, reason in STUDY.absent}
    assert set(rows) == {"D27", "D28", "D29", "D30"}
    assert all(reason for reason in rows.values())
