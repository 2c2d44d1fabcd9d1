"""A small recording for tests, and a real one."""

import os
from pathlib import Path

import numpy as np
import pytest

from ontogeny.data import recording_of

PLACES = [(0.0, 0.0), (100.0, 20.0), (30.0, 80.0), (90.0, 110.0), (100.0, 20.0), (10.0, 100.0)]


def travelling(units=6, waves=12, seed=0, stop=60.0, places=PLACES):
    """Waves that travel along x and y, on units of which two share an electrode."""
    generator = np.random.default_rng(seed)
    trains = [[] for _ in range(units)]
    for start in np.sort(generator.uniform(0, stop - 3, waves)):
        for train, (x, y) in zip(trains, places, strict=True):
            count = 1 + generator.poisson(6)
            train.extend(start + (x + y) / 200 + generator.uniform(0, 0.8, count))
    return recording_of(
        [np.sort(train) for train in trains],
        position=places,
        start=0.0,
        stop=stop,
        attributes={"name": "travelling", "source": "travelling.h5"},
    )


def real(name="Demas2003_P9_CTRL_MY1_1A"):
    """A recording of the retina of a mouse; skips where it is not."""
    h5py = pytest.importorskip("h5py")
    study = name.partition("_")[0]
    folder = Path(os.environ.get("ONTOGENY_DATA", "nowhere"))
    path = folder / "neural" / "retinal_waves" / study / f"{name}.h5"
    if not path.is_file():
        pytest.skip(f"needs {name}: set ONTOGENY_DATA to the folder that has neural/")
    with h5py.File(path) as file:
        counts = file["sCount"][:].astype(int)
        trains = np.split(file["spikes"][:], np.cumsum(counts)[:-1])
        position = file["epos"][:].T
    return recording_of(trains, position=position, attributes={"name": name, "source": path.name})
