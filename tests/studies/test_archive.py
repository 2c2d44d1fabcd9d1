"""Lives that are kept by what they are, and lives that begin where others were."""

from dataclasses import replace

import numpy as np
import pytest

from ontogeny.data import files, gaussian_noise, load_images
from ontogeny.models import Learning, Record, Schedule, Spontaneous, layered
from ontogeny.studies.archive import Archive, Lives, live
from ontogeny.studies.recipe import Branch, Recipe

NOISE = Spontaneous(gaussian_noise(), presentations=640)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return Archive(tmp_path_factory.mktemp("runs") / "lives")


def learning():
    images = load_images("mnist-5k")
    return Learning(images.train.sample(128), epochs=2, test=images.test.sample(100))


def recipe(*phases, **more):
    given = {"label": "life", "network": layered([784, 10, 10]), "device": "numpy", "seed": 3}
    record = Record(checkpoints=(64, 640) if phases == (NOISE,) else 2)
    return Recipe(schedule=Schedule(*phases), **{**given, "record": record, **more})


@pytest.fixture(scope="module")
def noise(archive):
    made = recipe(NOISE)
    live(made, archive)
    return made


def test_a_life_that_branches_is_the_life_that_goes_on(archive, noise):
    whole, part = recipe(NOISE, learning()), recipe(learning(), birth=Branch(life=noise))
    for one in (whole, part):
        live(one, archive)
    one, two = archive.open(whole), archive.open(part)
    for name, weights in two["weights"].data_vars.items():
        np.testing.assert_array_equal(one["weights"][name][-1], weights[-1])
    np.testing.assert_array_equal(one["tests"]["loss"], two["tests"]["loss"])


def test_a_life_begins_at_any_checkpoint(archive, noise):
    child = recipe(learning(), birth=Branch(life=noise, presentation=64))
    live(child, archive)
    born, parent = archive.open(child)["weights"], archive.open(noise)["weights"]
    at = archive.open(noise)["progress"]["presentation"].values.tolist().index(64)
    for name in born.data_vars:
        np.testing.assert_array_equal(born[name][0], parent[name][at])


def test_shuffled_feedback_has_the_same_weights_elsewhere(archive, noise):
    child = recipe(learning(), birth=Branch(life=noise, feedback="shuffled"))
    live(child, archive)
    born, parent = archive.open(child)["weights"], archive.open(noise)["weights"]
    before, after = (life["feedback_2"].values[0] for life in (parent, born))
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(np.sort(before, axis=None), np.sort(after, axis=None))
    np.testing.assert_array_equal(born["forward_2"][0], parent["forward_2"][-1])


def test_a_checkpoint_that_is_not_there(archive, noise):
    child = recipe(learning(), birth=Branch(life=noise, presentation=100))
    expected = (
        r"Branch\.presentation: expected a checkpoint of life, one of \[0, 64, 640\], got 100"
    )
    with pytest.raises(ValueError, match=expected):
        live(child, archive)


def test_a_life_is_lived_once(archive, noise):
    before = archive.path(noise).stat().st_mtime_ns
    live(replace(noise, label="the same"), archive)
    assert archive.path(noise).stat().st_mtime_ns == before


def test_a_life_is_claimed_until_all_is_told(tmp_path, monkeypatch):
    archive, life, refused = Archive(tmp_path), recipe(NOISE), []

    def replacing(path):
        with pytest.raises(BlockingIOError, match=r"live: expected a life that nothing else lives"):
            live(life, archive)
        refused.append(path.suffix)
        return files.replacing(path)

    monkeypatch.setattr("ontogeny.studies.archive.replacing", replacing)
    live(life, archive)
    assert refused == [".json"]
    suffixes = {path.suffix for path in archive.path(life).parent.iterdir()}
    assert suffixes == {".nc", ".json"}


def test_beside_a_life_stands_what_made_it(archive, noise):
    told = archive.sidecar(noise)
    assert told["label"] == "life"
    assert told["digest"] == noise.digest
    assert told["description"] == noise.description
    assert archive.find(noise.name[:6]) == archive.path(noise)


def test_what_is_not_there_is_said(archive):
    absent = recipe(NOISE, seed=99)
    assert absent not in archive
    with pytest.raises(KeyError, match=r"Archive\.open: expected a life that was lived, got life"):
        archive.open(absent)
    with pytest.raises(KeyError, match="life that was lived"):
        Lives({"key": absent}, archive)["key"]
    with pytest.raises(ValueError, match=r"Archive\.find: expected the name of one life, got 'ff"):
        archive.find("ffffffffffffffff")
    with pytest.raises(KeyError, match="life that was lived"):
        live(recipe(learning(), birth=Branch(life=absent)), archive)


def test_a_file_is_no_archive(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match=r"Archive\.folder: expected a folder"):
        Archive(tmp_path / "file")
