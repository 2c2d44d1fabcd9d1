"""Representations of 92 images in a network, beside those in inferior temporal cortex."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import xarray as xr

from ontogeny.data import Stimuli, resized
from ontogeny.data.references import it_images, it_rdms, references

from ..activity.dissimilarity import square, stimulus_count
from ..activity.rdms import noise_ceiling
from ..array import Floats
from .estimates import Estimate, Measurement, estimated, interval_text, jackknifed, kept
from .findings import Row, findings
from .matrices import alike, all_alike, dissimilarities
from .networks import BIRTH, Lived

__all__ = ["it_rdm_comparison"]

GROUPS = 23  # of four images each
ORDERS = 5  # that surrogates are the mean of
_PIXELS = "pixels"
METHODS: tuple[Literal["pearson", "spearman"], ...] = ("pearson", "spearman")
CAUTION = (
    "The images are reduced to grey values on the network's input sheet, of which nothing had been "
    "learned; a network of a few layers that learned digits is no model of inferior temporal "
    "cortex. What can be compared is whether its representation comes closer than pixels do."
)
CONTROL = "the same network at birth; rows of 'pixels' are the inputs themselves"
SURROGATE = f"the same dissimilarities with the images in another order, mean over {ORDERS} orders"


def images_for(units: int) -> Stimuli:
    """
    Return the images at the size of a network's input sheet.

    Parameters
    ----------
    units : int
        Number of inputs; a square.

    Raises
    ------
    ValueError
        If it is no square.
    """
    images = it_images()
    if images.units == units:
        return images
    side = round(units**0.5)
    if side * side != units:
        raise ValueError(
            f"compare.life: expected a network with a square of inputs, such as 784 = 28x28, which "
            f"the 92 images can be reduced to, got {units} inputs"
        )
    return resized(images, side, side)


def it_rdm_comparison(lives: Sequence[Lived], *, seed: int) -> xr.Dataset:
    """
    Set representations of networks beside those of monkey and human; see `compare`.

    Parameters
    ----------
    lives : sequence of Lived
        The networks.
    seed : int
        Seed of the shuffled order.
    """
    images = images_for(lives[0].inputs)
    brains = _brains()
    measured = [_measurement(lived, images, brains, seed) for lived in lives]
    estimates = estimated(measured, GROUPS)
    between = _between(brains)
    ceilings = _ceilings()
    places = [
        (_PIXELS, ""),
        *((name, stage) for name in lives[0].hidden for stage in lives[0].stages),
    ]
    reference = references()["it-rdm"]
    rows = [
        _row(population, stage, brain, method, between, ceilings)
        for brain in brains
        for method in METHODS
        for population, stage in places
    ]
    return findings(
        rows,
        estimates,
        attributes={
            "comparison": "it-rdm",
            "citation": reference.citation,
            "origin": reference.origin,
            "reference": "monkey with human inferior temporal cortex (Kriegeskorte et al. 2008)",
            "caution": CAUTION,
            "control": CONTROL,
            "surrogate": SURROGATE,
            "interval": interval_text(len(lives), GROUPS, "images"),
            "seeds": [lived.seed for lived in lives],
        },
    )


def _measurement(
    lived: Lived, images: Stimuli, brains: Mapping[str, Floats], seed: int
) -> Measurement:
    inputs = np.asarray(images.rates(), float)
    matrices = {(_PIXELS, ""): dissimilarities(inputs)}
    for stage in lived.stages:
        for name, rates in lived.rates(inputs, stage).items():
            matrices[name, stage] = dissimilarities(rates)
    random = np.random.default_rng(lived.seed + seed)
    orders = [random.permutation(len(inputs)) for _ in range(ORDERS)]
    places = {place: number for number, place in enumerate(matrices)}
    everything = [
        each
        for matrix in matrices.values()
        for each in (matrix, *(matrix[order][:, order] for order in orders))
    ]

    def measurement(group: int | None) -> Mapping[str, Floats]:
        chosen = kept(len(inputs), group, GROUPS)
        found = {}
        for method in METHODS:
            # (place, own and mixed, brain)
            alikes = all_alike(everything, list(brains.values()), chosen, method)
            alikes = alikes.reshape(len(matrices), 1 + ORDERS, len(brains))
            for (population, stage), each in zip(matrices, alikes, strict=True):
                born = places.get((population, BIRTH))
                control = np.full(len(brains), np.nan) if born is None else alikes[born, 0]
                three = np.stack([each[0], control, each[1:].mean(axis=0)], axis=-1)
                for brain, numbers in zip(brains, three, strict=True):
                    found[_named(population, stage, brain, method).name] = numbers
        return found

    return measurement


def _named(population: str, stage: str, brain: str, method: str) -> Row:
    return Row(
        measure=f"{method.title()} correlation with {brain} IT", population=population, stage=stage
    )


def _row(
    population: str,
    stage: str,
    brain: str,
    method: str,
    between: Mapping[str, Estimate],
    ceilings: Mapping[str, tuple[float, float]],
) -> Row:
    value, low, high = (float(end) for end in between[method])
    note = "reference: monkey with human IT, with its interval over images"
    if brain == "human" and method in ceilings:
        note += "; noise ceiling of human subjects {:.3f} to {:.3f}".format(*ceilings[method])
    table = references()["it-rdm"].table
    published = float(table["pearson_published"]) if method == "pearson" else float("nan")
    return replace(
        _named(population, stage, brain, method),
        note=note,
        reference=(value, low, high),
        published=published,
    )


def _between(brains: Mapping[str, Floats]) -> dict[str, Estimate]:
    """Return the correlation of monkey and human, by method."""
    monkey, human = brains["monkey"], brains["human"]

    def measurement(group: int | None) -> Mapping[str, Floats]:
        chosen = kept(len(monkey), group, GROUPS)
        return {method: np.array(alike(monkey, human, chosen, method)) for method in METHODS}

    return jackknifed(measurement, GROUPS)


def _brains() -> dict[str, Floats]:
    """Return dissimilarities of monkey and of human, (stimulus, stimulus)."""
    table = it_rdms()
    stimuli = stimulus_count(table["monkey"], "compare")
    given = {"monkey": table["monkey"], "human": table["human_mean"]}
    return {name: square(pairs.values, stimuli, 0.0) for name, pairs in given.items()}


def _ceilings() -> dict[str, tuple[float, float]]:
    """Return how well a model could do for human subjects, by method."""
    try:
        found = {method: noise_ceiling(it_rdms()["human"], method) for method in METHODS}
    except ImportError:
        # Of the extra [biology]: a note less.
        return {}
    return {name: (float(own["lower"]), float(own["upper"])) for name, own in found.items()}
