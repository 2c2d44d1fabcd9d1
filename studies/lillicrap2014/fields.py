"""Supplementary figure 1: receptive fields of hidden neurons that have learned digits."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ..claims import Claim, Comparison
from ..comparisons import differs
from ..recipe import Recipe
from ..study import Panel
from .digit_lives import INFERRED, digit_lives
from .lives import labelled
from .settings import Settings

__all__ = ["PANEL", "shared_variance", "spectrum"]

_LEARNED = ("BP", "FA", "sparse FA")
_KINDS = (*_LEARNED, "at birth")
_COMPONENTS = 20
_SHOWN = 16
_SIDE = 28
ROWS = (
    Claim(
        id="B2f",
        claim="Receptive fields of hidden neurons look alike after backpropagation, feedback "
        "alignment and feedback alignment with half of the synapses missing",
        published="supplementary figure 1, by eye; no number",
        inferred=(
            *INFERRED,
            "100 hidden neurons, the same in all conditions; their fields are rows of W_0",
            "alike: the share of the variance of the fields within the first 20 principal "
            "components of those after backpropagation is larger than that of the same fields at "
            "birth",
        ),
    ),
)


def recipes(settings: Settings) -> dict[tuple[Any, ...], Recipe]:
    """Describe the lives, those of panel 2ab."""
    return digit_lives(settings, _LEARNED)


def shared_variance(fields: np.ndarray, others: np.ndarray, components: int) -> float:
    """Return the share of the variance of fields within principal components of others.

    Parameters
    ----------
    fields, others : ndarray, (neuron, pixel)
        Without their means over neurons.
    components : int
        How many.

    Examples
    --------
    >>> round(shared_variance(np.eye(3)[:2], np.eye(3)[:2], 1), 6)
    1.0
    """
    fields, others = (values - values.mean(axis=0) for values in (fields, others))
    axes = np.linalg.svd(others, full_matrices=False)[2][:components]
    return float(np.sum((fields @ axes.T) ** 2) / np.sum(fields**2))


def spectrum(fields: np.ndarray) -> np.ndarray:
    """Return the mean share of power by spatial frequency in cycles per field, (frequency,).

    Parameters
    ----------
    fields : ndarray, (neuron, pixel)
        Of square images.
    """
    images = (fields - fields.mean(axis=1, keepdims=True)).reshape(len(fields), _SIDE, _SIDE)
    power = (np.abs(np.fft.fft2(images)) ** 2).mean(axis=0)
    cycles = np.abs(np.fft.fftfreq(_SIDE, 1 / _SIDE))
    rings = np.rint(np.hypot(*np.meshgrid(cycles, cycles))).astype(int)
    sums = np.bincount(rings.ravel(), power.ravel())
    return np.asarray(sums[1 : _SIDE // 2 + 1] / power.sum())


def measure(settings: Settings, lives: Mapping[tuple[Any, ...], xr.DataTree]) -> xr.Dataset:
    """Measure the fields of the same hidden neurons in all conditions."""
    chosen = np.random.default_rng(0).permutation(settings.mnist_hidden)[: settings.fields]
    shares, spectra, shown = [], [], np.empty(0)
    for seed in settings.mnist_seeds:
        learned = {
            name: lives[name, seed]["weights"].dataset["forward_1"].values[[0, -1]][:, chosen]
            for name in _LEARNED
        }
        fields = {name: values[1] for name, values in learned.items()}
        fields["at birth"] = learned["BP"][0]
        components = min(_COMPONENTS, settings.fields // 2)
        shares.append([shared_variance(fields[k], fields["BP"], components) for k in _KINDS])
        spectra.append([spectrum(fields[kind]) for kind in _KINDS])
        if not shown.size:
            shown = np.array([fields[kind][:_SHOWN] for kind in _KINDS], dtype=np.float32)
    return labelled(
        {
            "shared": (
                ("network", "kind"),
                shares,
                "1",
                "share of variance within the first components after backpropagation",
            ),
            "spectrum": (("network", "kind", "frequency"), spectra, "1", "share of power"),
            "field": (
                ("kind", "neuron", "row", "column"),
                shown.reshape(*shown.shape[:2], _SIDE, _SIDE),
                "1",
                "weights onto a hidden neuron of the first network",
            ),
        },
        {
            "network": settings.mnist_seeds,
            "kind": list(_KINDS),
            "frequency": np.arange(1, _SIDE // 2 + 1),
        },
    )


def compare(settings: Settings, data: xr.Dataset) -> dict[str, list[Comparison]]:
    """Compare what was measured with what is claimed."""
    shared = data["shared"]
    born = shared.sel(kind="at birth", drop=True)
    return {
        "B2f": [
            differs(
                f"shared variance, {name} minus at birth",
                shared.sel(kind=name, drop=True),
                born,
                expected="greater",
                alpha=0.05,
            )
            for name in ("FA", "sparse FA")
        ]
    }


def figure(data: xr.Dataset) -> Figure:
    """Draw some fields of the first network."""
    made = Figure(figsize=(6.5, 3.2), layout="constrained")
    neurons = min(8, data.sizes["neuron"])
    grid = made.subplots(data.sizes["kind"], neurons, squeeze=False)
    for line, kind in zip(grid, data["kind"].values, strict=True):
        for number, ax in enumerate(line):
            values = data["field"].sel(kind=kind).isel(neuron=number).values
            largest = float(np.abs(values).max()) or 1.0
            ax.imshow(values, cmap="PuOr", vmin=-largest, vmax=largest, interpolation="nearest")
            ax.set_xticks([])
            ax.set_yticks([])
        line[0].set_ylabel(str(kind), fontsize=8, rotation=0, ha="right", va="center")
    made.supxlabel(
        "hidden neurons; weights from every pixel, each field on its own scale", fontsize=9
    )
    return made


def alt(data: xr.Dataset) -> str:
    """Say what the figure shows."""
    means = data["shared"].mean("network")
    told = ", ".join(f"{kind} {float(means.sel(kind=kind)):.2f}" for kind in _KINDS)
    return (
        f"Weights from the pixels onto hidden neurons of one network, the same neurons in each "
        f"row: {', '.join(_KINDS)}. Share of the variance of the fields within the first "
        f"components of those after backpropagation, mean over {data.sizes['network']} networks: "
        f"{told}."
    )


PANEL = Panel(
    name="S1",
    title="Receptive fields",
    rows=ROWS,
    recipes=recipes,
    measure=measure,
    compare=compare,
    figure=figure,
    alt=alt,
)
