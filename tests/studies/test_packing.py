"""Descriptions travel without their images; runs beside each other do not disturb each other."""

from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pytest

from ontogeny.data import Stimuli, load_images
from ontogeny.data.parts import PartsFolder
from ontogeny.studies import dask_worker
from ontogeny.studies.dask_worker import Prepare
from ontogeny.studies.packing import Packer, unpacked


def stimuli():
    generator = np.random.default_rng(0)
    return Stimuli.from_arrays(generator.random((40, 12)), generator.integers(0, 4, 40))


def test_stimuli_are_named_and_found_again(tmp_path):
    given = stimuli()
    packed = Packer(tmp_path / "stimuli").pack([given, given])
    assert len(packed) < given.images.nbytes
    found = unpacked(packed)
    assert found[0] is found[1]
    assert found[0].images.identical(given.images) and found[0].labels.identical(given.labels)


def test_stimuli_that_are_others_where_they_are_loaded_are_refused(monkeypatch):
    given = load_images("mnist-5k").test.sample(20)
    packed = Packer().pack(given)
    # The same images, brighter.
    other = replace(given, scale=1.0).of_origin(given.origin)
    monkeypatch.setattr("ontogeny.studies.packing.stimuli_again", lambda *given: other)
    with pytest.raises(ValueError, match=r"live_all\.recipes: expected on the worker the same"):
        unpacked(packed)


def test_another_run_that_writes_stimuli_is_waited_for(tmp_path, monkeypatch):
    folder, given = PartsFolder(tmp_path / "stimuli"), stimuli()
    with ExitStack() as other:
        other.enter_context(folder.claimed())
        monkeypatch.setattr("ontogeny.studies.packing.time.sleep", lambda seconds: other.close())
        packed = Packer(folder.path).pack(given)
    assert unpacked(packed).images.identical(given.images)


def test_a_run_that_ends_leaves_workers_prepared_for_others(monkeypatch):
    told = []

    class Limits:
        def __init__(self, limits, user_api):
            told.append(limits)

        def restore_original_limits(self):
            told.append("as before")

    monkeypatch.setattr(dask_worker, "threadpool_limits", Limits)
    one, other = Prepare(deaf=False), Prepare(deaf=False)
    for run in (one, other):
        run.setup(None)
    one.teardown(None)
    assert told == [1]
    other.teardown(None)
    assert told == [1, "as before"]
