"""Every reference equals its source, where the source is at hand."""

import csv
import importlib.util
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat
from scipy.stats import spearmanr

from ontogeny.data.references import Reference, it_images, it_rdms, references

NAMES = list(references())
FOLDER = files("ontogeny.data") / "references"


@pytest.fixture(scope="session")
def neural(official):
    if not (official / "neural").is_dir():
        pytest.skip("needs the neural data: set ONTOGENY_DATA to the folder that has neural/")
    return official / "neural"


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_is_described(name):
    reference = references()[name]
    assert reference.name == name and repr(reference).startswith(f"Reference('{name}': ")
    for text in (reference.title, reference.citation, reference.licence, reference.checked):
        assert text.strip()
    assert "\n" not in repr(reference) and len(repr(reference)) < 200
    assert re.search(r"\b(19|20)\d\d\b", reference.citation)
    assert "doi:10." in reference.citation or reference.name == "berkes2009"
    assert reference.link.startswith("https://")
    assert reference.table.variables or (reference.statement and reference.direction)
    for variable in reference.table.variables.values():
        assert {"units", "long_name"} <= set(variable.attrs)


def test_expected_references_are_there():
    assert {"demas2003", "siegel2012", "berkes2011", "it-rdm", "semedo2019", "stringer2019"} <= set(
        NAMES
    )
    for name in ("traegenap2025", "smith2015", "wosniack2021", "golshani2009", "berkes2009"):
        reference = references()[name]
        assert reference.direction and not reference.table.variables


def test_what_is_not_compared_with_its_source_says_so():
    for name in ("golshani2009", "rochefort2009", "stringer2019"):
        assert "from memory" in references()[name].checked
    berkes = references()["berkes2011"]
    assert berkes.origin == "digitised" and "must not be quoted" in berkes.checked


def test_mapping_is_read_only_and_tables_are_fresh():
    known = references()
    assert len(known) == len(NAMES) and "demas2003" in known and "nobody1900" not in known
    assert known.get("nobody1900") is None
    table = known["demas2003"].table
    table["intercept"][:] = 0
    assert known["demas2003"].table["intercept"][0] == 69.04
    with pytest.raises(TypeError):
        known["own"] = known["demas2003"]
    with pytest.raises(TypeError):
        known["smith2015"].direction["sparseness"] = "falls"
    with pytest.raises(KeyError, match=r"references: expected one of \['demas2003', .* 'nobody'"):
        known["nobody"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"origin": "guessed"}, r"Reference\.origin: expected one of \['deposited', .* 'guessed'"),
        ({"direction": {"rank": "up"}}, r"Reference\.direction: expected 'rises' or 'falls'"),
    ],
)
def test_own_references_are_checked(change, message):
    given = {"name": "own", "title": "t", "citation": "c", "licence": "l", "checked": "c"}
    given |= {"link": "https://", "origin": "deposited"}
    assert repr(Reference(**given)) == "Reference('own': t; deposited)"
    with pytest.raises(ValueError, match=message):
        Reference(**{**given, **change})


def test_nothing_else_is_needed():
    code = """
import socket, sys
for name in ("rsatoolbox", "h5py", "pynwb", "neo", "elephant"):
    sys.modules[name] = None
from ontogeny.data.references import it_images, references
def refuse(*given):
    raise OSError("no internet")
socket.socket = refuse
assert all(reference.title for reference in references().values())
assert len(it_images()) == 92
"""
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_notice_has_the_licence_and_the_changes():
    notice = (FOLDER / "NOTICE").read_text(encoding="utf-8")
    for words in ("rsatoolbox authors", "MIT License", "WITHOUT WARRANTY", "Changes:", "Neuron"):
        assert words in notice
    assert Path(str(FOLDER / "it_rdm.npz")).stat().st_size < 250_000


def test_images_and_dissimilarities():
    images, rdms = it_images(), it_rdms()
    assert images.shape == (28, 28) and images.outputs == 6
    assert 0 <= images.rates().min() and images.rates().max() <= 1
    names = images.labels.attrs["flag_meanings"].split()
    told = [names[label].replace("_", " ") for label in images.labels.values]
    assert told == rdms["category"].values.tolist()
    assert np.bincount(images.labels.values).tolist() == [21, 12, 12, 23, 12, 12]
    assert rdms.sizes == {"pair": 4186, "subject": 4, "model": 7, "stimulus": 92}
    np.testing.assert_allclose(rdms["human"].mean("subject"), rdms["human_mean"])
    # The model of animacy tells two images apart if one is alive and the other is not.
    alive = np.array(["inanimate" not in name for name in told])
    differ = alive[rdms["stimulus_1"].values] != alive[rdms["stimulus_2"].values]
    np.testing.assert_array_equal(rdms["model_rdm"].sel(model="animacy") > 0, differ)


def test_demas_2003(neural):
    table = references()["demas2003"].table
    published = rows(neural / "retinal_waves" / "demas2003_table1_published.csv")
    ours = {"P9 control": "P9", "6wk control": "6 weeks"}
    assert len(published) == table.sizes["group"]
    for row in published:
        group = ours.get(row["group"], row["group"].removesuffix(" control"))
        found = table.sel(group=group)
        assert (int(found["files"]), int(found["cells"])) == (int(row["files"]), int(row["cells"]))
        columns = {"intercept": "published_CI_intercept", "half_maximum": "published_half_max_um"}
        for name, column in columns.items():
            expected = float(row[column] or "nan")
            np.testing.assert_equal(float(found[name]), expected)
            assert bool(found["published"]) == np.isfinite(expected)


def test_berkes_2011(neural):
    table = references()["berkes2011"].table
    given = rows(neural / "berkes2011" / "berkes2011_kl_spontaneous_vs_evoked.csv")
    assert len(given) == table["divergence"].size
    for row in given:
        found = table.sel(age=row["age_days"], stimulus=row["stimulus"])
        assert float(found["divergence"]) == float(row["kl"])
        assert float(found["sem"]) == float(row["sem"])


def siegel_events(path):
    """Recording, animal, age, share of cells in percent, amplitude and start in s of each event."""
    recording, age, found = "", "", []
    for row in rows(path):
        recording = row["Animal_name"] or recording
        age = row["Animal_age"].upper() or age
        start = float(row["Start_frame"]) * float(row["Factor_frame"])
        share = min(float(row["Participation_rate"]), 100.0)
        found.append((recording, recording[:-2], age, share, float(row["Amplitude"]), start))
    return [np.array(column) for column in zip(*found, strict=True)]


def test_siegel_2012(neural):
    table = references()["siegel2012"].table
    recording, animal, age, share, amplitude, start = siegel_events(
        neural / "developing_v1_events" / "table_siegel_2012.csv"
    )
    classes = {"L": (share >= 20) & (share < 80), "H": share >= 80}
    for event, chosen in classes.items():
        found = table.sel(event=event)
        assert int(found["count"]) == chosen.sum()
        np.testing.assert_allclose(found["participation"], share[chosen].mean(), rtol=5e-4)
        np.testing.assert_allclose(found["amplitude"], amplitude[chosen].mean(), rtol=5e-4)
        for day in ("P8", "P9", "P10"):
            those = chosen & (age == day)
            assert int(found["count_by_age"].sel(age=day)) == those.sum()
            expected = amplitude[those].mean()
            np.testing.assert_allclose(found["amplitude_by_age"].sel(age=day), expected, rtol=5e-4)
    assert (len(set(animal)), len(set(recording)), len(share)) == (
        int(table["animals"]),
        int(table["recordings"]),
        int(table["events"]),
    )
    large = share >= 20
    intervals = [np.diff(np.sort(start[large & (recording == name)])) for name in set(recording)]
    np.testing.assert_allclose(
        table["median_interval"], np.median(np.concatenate(intervals)), rtol=5e-4
    )


def test_semedo_2019(neural):
    table = references()["semedo2019"].table
    stored = loadmat(neural / "v1v2_semedo2019" / "sample_data.mat")
    for name, area in (("X", "V1"), ("Y_V1", "V1 target"), ("Y_V2", "V2")):
        residuals, found = stored[name].astype(float), table.sel(area=area)
        assert int(found["neurons"]) == residuals.shape[1]
        pairs = np.corrcoef(residuals.T)[np.triu_indices(residuals.shape[1], 1)]
        np.testing.assert_allclose(found["noise_correlation"], pairs.mean(), rtol=5e-4)
        variances = np.linalg.eigvalsh(np.cov(residuals.T))
        ratio = variances.sum() ** 2 / (variances**2).sum()
        np.testing.assert_allclose(found["participation_ratio"], ratio, rtol=5e-4)


def test_correlations_of_inferior_temporal_cortex_follow_from_the_embedded_matrices():
    table = references()["it-rdm"].table
    monkey, human = table["monkey"].values, table["human_mean"].values
    np.testing.assert_allclose(table["pearson"], np.corrcoef(monkey, human)[0, 1], atol=5e-5)
    np.testing.assert_allclose(table["spearman"], spearmanr(monkey, human)[0], atol=5e-5)
    between = np.corrcoef(table["human"].values)[np.triu_indices(4, 1)].mean()
    np.testing.assert_allclose(table["between_subjects"], between, atol=5e-5)
    assert round(float(table["pearson"]), 2) == float(table["pearson_published"])
    for model in table["model"].values:
        found, matrix = table.sel(model=model), table["model_rdm"].sel(model=model).values
        for name, other in (("spearman_human", human), ("spearman_monkey", monkey)):
            np.testing.assert_allclose(found[name], spearmanr(matrix, other)[0], atol=5.1e-5)


def test_embedded_file_is_made_from_the_deposited_one(neural):
    path = Path(__file__).parent / "make_it_reference.py"
    specification = importlib.util.spec_from_file_location("make_it_reference", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    with np.load(neural / "rdm92" / "rdm92.npz", allow_pickle=False) as source:
        made = module.reduced(source)
    with (FOLDER / "it_rdm.npz").open("rb") as file:
        with np.load(file, allow_pickle=False) as stored:
            assert set(stored.files) == set(made)
            for name, values in made.items():
                np.testing.assert_array_equal(stored[name], values)
                assert stored[name].dtype == values.dtype


def test_licence_in_the_notice_is_that_of_the_source(neural):
    licence = (neural / "rdm92" / "LICENSE").read_text(encoding="utf-8")
    assert licence.strip() in (FOLDER / "NOTICE").read_text(encoding="utf-8")
