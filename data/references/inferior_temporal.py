"""Dissimilarities of 92 images in inferior temporal cortex, and the images."""

from importlib.resources import files

import numpy as np
import numpy.typing as npt
import xarray as xr

from ..stimuli import Stimuli

_FILE = "it_rdm.npz"

Dims = str | tuple[str, ...]


def it_images() -> Stimuli:
    """Return the 92 images whose dissimilarities in inferior temporal cortex are known.

    Faces, body parts and objects on a grey background, 28 by 28 pixels, in the order of `it_rdms`.
    They were 175 by 175 pixels in colour, and became grey by `grey` and small by `resized`.

    Returns
    -------
    Stimuli
        Images with 6 categories as classes, in units of the pixel range (0 to 1); the attribute
        `flag_meanings` of the labels names the categories.

    References
    ----------
    N. Kriegeskorte et al., Neuron 60:1126, 2008; demonstration data of rsatoolbox (MIT licence).

    Examples
    --------
    >>> it_images()
    Stimuli('it-images': 92 images of 28x28, 6 classes, rate = 0.00392157 * image + 0)
    """
    stored = _stored("images", "label", "category")
    categories = [str(name).replace(" ", "_") for name in stored["category"]]
    attrs = {
        "units": "1",
        "long_name": "category",
        "flag_values": list(range(len(categories))),
        "flag_meanings": " ".join(categories),
    }
    return Stimuli(
        images=xr.DataArray(stored["images"], dims=("sample", "row", "column")),
        labels=xr.DataArray(stored["label"].astype(np.int64), dims="sample", attrs=attrs),
        classes=len(categories),
        name="it-images",
        scale=1 / 255,
    )


def it_rdms() -> xr.Dataset:
    """Return dissimilarities of the 92 images in inferior temporal cortex, and of models.

    Returns
    -------
    xarray.Dataset
        `monkey` (pair), `human` (subject, pair), the mean over two sessions, `human_mean` (pair)
        and `model_rdm` (model, pair): 1 - correlation of the patterns that two images evoke, or
        what the model states; `stimulus_1` and `stimulus_2` are positions in `it_images`.
        `category` (stimulus).

    References
    ----------
    N. Kriegeskorte et al., Neuron 60:1126, 2008; demonstration data of rsatoolbox (MIT licence).

    Examples
    --------
    >>> rdms = it_rdms()
    >>> float(np.corrcoef(rdms["monkey"], rdms["human_mean"])[0, 1].round(3))
    0.491
    """
    stored = _stored("label", "category", "monkey", "human", "model", "model_name")
    human = stored["human"].astype(np.float64)
    first, second = np.triu_indices(len(stored["label"]), 1)
    what = "dissimilarity of two images"
    variables: dict[str, tuple[Dims, npt.ArrayLike, str]] = {
        "monkey": ("pair", stored["monkey"].astype(np.float64), f"{what} in monkeys"),
        "human": (("subject", "pair"), human, f"{what} in each human subject"),
        "human_mean": ("pair", human.mean(axis=0), f"{what} in humans, mean over subjects"),
        "model_rdm": (("model", "pair"), stored["model"].astype(np.float64), f"{what} in models"),
        "category": ("stimulus", stored["category"][stored["label"]], "category of each image"),
    }
    coords: dict[str, tuple[Dims, npt.ArrayLike, str]] = {
        "stimulus_1": ("pair", first, "first stimulus"),
        "stimulus_2": ("pair", second, "second stimulus"),
        "model": ("model", stored["model_name"], "model"),
    }
    return xr.Dataset(
        {name: _labelled(*entry) for name, entry in variables.items()},
        coords={name: _labelled(*entry) for name, entry in coords.items()},
    )


def _labelled(dims: Dims, values: npt.ArrayLike, long_name: str) -> xr.Variable:
    return xr.Variable(dims, values, {"units": "1", "long_name": long_name})


def _stored(*names: str) -> dict[str, np.ndarray]:
    with (files(__package__) / _FILE).open("rb") as file:
        with np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in names}
