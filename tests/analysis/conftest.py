import json
from collections.abc import Callable, Mapping, Sequence

import matplotlib
import numpy as np
import pytest
import xarray as xr

matplotlib.use("Agg")

FLAGS = {"flag_values": [0, 1, 2], "flag_meanings": "spontaneous learning test"}
SPONTANEOUS, LEARNING = 0, 1


def attributes(units: str, long_name: str, **more: object) -> dict[str, object]:
    return {"units": units, "long_name": long_name, **more}


def timeline(noise: int, epochs: int, epoch_size: int) -> dict[str, np.ndarray]:
    """Presentation, phase, phase index and epoch of every checkpoint."""
    before = np.linspace(0, noise, 5, dtype=int) if noise else np.array([], dtype=int)
    during = noise + epoch_size * np.arange(1 if noise else 0, epochs + 1)
    presentation = np.concatenate([before, during])
    spontaneous = np.arange(presentation.size) < before.size
    return {
        "presentation": presentation.astype(np.int64),
        "phase": np.where(spontaneous, SPONTANEOUS, LEARNING).astype(np.int8),
        "phase_index": np.where(spontaneous | (noise == 0), 0, 1).astype(np.int16),
        "epoch": np.where(spontaneous, 0, (presentation - noise) // epoch_size).astype(np.int32),
    }


def progress_group(time: dict[str, np.ndarray], rate: float) -> xr.Dataset:
    presentation, epoch = time["presentation"], time["epoch"]
    spontaneous = time["phase"] == SPONTANEOUS
    noise = presentation[spontaneous].max(initial=1)
    loss = np.where(
        spontaneous,
        1.4 + 0.8 * np.exp(-4 * presentation / max(noise, 1)),
        1.3 * np.exp(-rate * epoch),
    )
    accuracy = np.where(spontaneous, 0.25, 1 - 0.75 * np.exp(-rate * epoch))
    loss[0] = accuracy[0] = np.nan
    return xr.Dataset(
        {
            "phase": ("checkpoint", time["phase"], attributes("1", "phase", **FLAGS)),
            "phase_index": ("checkpoint", time["phase_index"], attributes("1", "phase index")),
            "epoch": ("checkpoint", time["epoch"], attributes("1", "completed epochs")),
            "loss": ("checkpoint", loss, attributes("nat", "mean loss")),
            "accuracy": ("checkpoint", accuracy, attributes("1", "mean accuracy")),
        },
        coords=checkpoint_coords(presentation),
    )


def checkpoint_coords(presentation: np.ndarray) -> dict[str, tuple]:
    index = np.arange(presentation.size, dtype=np.int64)
    return {
        "checkpoint": ("checkpoint", index, attributes("1", "checkpoint")),
        "presentation": ("checkpoint", presentation, attributes("1", "presentations since birth")),
    }


def weights_group(
    time: dict[str, np.ndarray], sizes: list[int], feedback: bool, random: np.random.Generator
) -> xr.Dataset:
    """Forward weights that drift towards the transposed feedback weights."""
    count = time["presentation"].size
    hidden = [f"hidden_{index}" for index in range(1, len(sizes) - 1)]
    populations = ["inputs", *hidden, "outputs"]
    drift = np.linspace(0, 1, count)[:, np.newaxis, np.newaxis]
    variables = {}
    for layer, (source, target) in enumerate(zip(populations, populations[1:], strict=False), 1):
        shape = sizes[layer], sizes[layer - 1]
        fixed = random.normal(size=shape[::-1])
        paired = feedback and layer > 1
        forward = random.normal(size=shape) + drift * (fixed.T if paired else 0.1)
        more = {"plastic": 1, "layer": layer, "source": source, "target": target}
        partner = f"feedback_{layer}" if paired else ""
        variables[f"forward_{layer}"] = (
            ("checkpoint", target, source),
            forward,
            attributes("1", "forward weights", kind="forward", partner=partner, **more),
        )
        variables[f"bias_{layer}"] = (
            ("checkpoint", target),
            np.zeros((count, shape[0])),
            attributes("1", "bias", kind="bias", target=target, partner=""),
        )
        if paired:
            more = {"plastic": 0, "layer": layer, "source": target, "target": source}
            variables[f"feedback_{layer}"] = (
                ("checkpoint", source, target),
                np.broadcast_to(fixed, (count, *fixed.shape)).copy(),
                attributes(
                    "1", "feedback weights", kind="feedback", partner=f"forward_{layer}", **more
                ),
            )
    units = {
        name: (name, np.arange(size, dtype=np.int32), attributes("1", f"neuron of {name}"))
        for name, size in zip(populations, sizes, strict=True)
    }
    return xr.Dataset(variables, coords={**checkpoint_coords(time["presentation"]), **units})


def tests_group(noise: int, epochs: int, epoch_size: int, rate: float) -> xr.Dataset:
    epoch = np.arange(epochs + 1, dtype=np.int32)
    accuracy = 0.9 - 0.65 * np.exp(-rate * epoch)
    phase = np.full(epoch.size, LEARNING, dtype=np.int8)
    phase_index = np.full(epoch.size, 1 if noise else 0, dtype=np.int16)
    return xr.Dataset(
        {
            "phase": ("test", phase, attributes("1", "phase", **FLAGS)),
            "phase_index": ("test", phase_index, attributes("1", "phase index")),
            "epoch": ("test", epoch, attributes("1", "completed epochs")),
            "loss": ("test", 1.4 * np.exp(-rate * epoch), attributes("nat", "test loss")),
            "accuracy": ("test", accuracy, attributes("1", "test accuracy")),
            "size": ("test", np.full(epoch.size, 100), attributes("1", "number of stimuli")),
        },
        coords={
            "test": ("test", epoch.astype(np.int64), attributes("1", "test")),
            "presentation": (
                "test",
                (noise + epoch_size * epoch).astype(np.int64),
                attributes("1", "presentations since birth"),
            ),
        },
    )


def build_life(
    *,
    noise: int = 400,
    epochs: int = 3,
    sizes: tuple[int, ...] = (6, 5, 4),
    rate: float = 0.5,
    feedback: bool = True,
    tests: bool = True,
    seed: int = 0,
) -> xr.DataTree:
    epoch_size = 100
    time = timeline(noise, epochs, epoch_size)
    random = np.random.default_rng(seed)
    groups = {
        "/progress": progress_group(time, rate),
        "/weights": weights_group(time, list(sizes), feedback, random),
    }
    if tests:
        groups["/tests"] = tests_group(noise, epochs, epoch_size, rate)
    life = xr.DataTree.from_dict(groups)
    life.attrs = {
        "schema": "ontogeny.trajectory",
        "schema_version": 1,
        "network": json.dumps({"sizes": sizes}),
        "schedule": json.dumps({"phases": []}),
        "record": json.dumps({}),
        "versions": json.dumps({}),
        "seed": seed,
        "trials": 1,
        "device": "numpy",
        "dtype": "float64",
        "created": "2026-01-01T00:00:00+00:00",
        "status": "complete",
    }
    return life


def describe_rule(**texts: object) -> dict[str, object]:
    """Feedback alignment as lives tell it, or another rule."""
    return {"type": "Tested", "signal": "w*delta_pre", "gradient": "r_pre*delta_post", **texts}


def grow(
    forward: Sequence[np.ndarray],
    feedback: Mapping[int, np.ndarray],
    *,
    rule: Mapping[str, object] | None = None,
    biases: Sequence[np.ndarray] | None = None,
    transfer: str = "linear",
    readout: str = "linear",
) -> xr.DataTree:
    """A life of one checkpoint with given weights: feedback from above, by the number in its name.

    Feedback comes from the population that its shape and the path of the rule tell.
    """
    rule = describe_rule() if rule is None else rule
    hidden = [f"hidden_{number}" for number in range(1, len(forward))]
    chain = ["inputs", *hidden, "outputs"]
    variables = {}
    for layer, matrix in enumerate(forward, start=1):
        variables[f"forward_{layer}"] = (
            ("checkpoint", chain[layer], chain[layer - 1]),
            np.asarray(matrix, dtype=float)[np.newaxis],
            attributes("1", "forward weights", kind="forward", layer=layer, partner=""),
        )
    for layer, vector in enumerate(biases or [], start=1):
        variables[f"bias_{layer}"] = (
            ("checkpoint", chain[layer]),
            np.asarray(vector, dtype=float)[np.newaxis],
            attributes("1", "bias", kind="bias", target=chain[layer], partner=""),
        )
    for layer, matrix in feedback.items():
        source = "outputs" if rule.get("path") == "direct" else chain[layer]
        variables[f"feedback_{layer}"] = (
            ("checkpoint", chain[layer - 1], source),
            np.asarray(matrix, dtype=float)[np.newaxis],
            attributes("1", "feedback weights", kind="feedback", partner=f"forward_{layer}"),
        )
    life = xr.DataTree.from_dict({"/weights": xr.Dataset(variables)})
    populations = [{"name": name, "transfer": transfer} for name in chain]
    network = {"populations": populations, "rule": rule, "readout": readout}
    life.attrs["network"] = json.dumps(network)
    return life


def join_lives(lives: list[xr.DataTree], dim: str, labels: list) -> xr.DataTree:
    """Join lives along a new leading dim, padded by NaN."""
    labelled = xr.DataArray(labels, dims=dim, name=dim, attrs=attributes("1", dim))
    groups = {}
    for name in lives[0].children:
        group = xr.concat(
            [life[name].to_dataset() for life in lives],
            labelled,
            data_vars="all",
            coords="different",
            compat="equals",
            join="outer",
            combine_attrs="override",
        )
        groups[f"/{name}"] = group.transpose(dim, ...)
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = lives[0].attrs
    return tree


@pytest.fixture
def make_life() -> Callable[..., xr.DataTree]:
    return build_life


@pytest.fixture
def make_network() -> Callable[..., xr.DataTree]:
    return grow


@pytest.fixture
def make_rule() -> Callable[..., dict[str, object]]:
    return describe_rule


@pytest.fixture
def join() -> Callable[..., xr.DataTree]:
    return join_lives


@pytest.fixture
def life() -> xr.DataTree:
    """A life of 400 noise presentations and three epochs of 100: 8 checkpoints, 4 tests."""
    return build_life()


@pytest.fixture
def joined() -> xr.DataTree:
    """Three networks, without and with noise: (condition, network), padded by NaN."""
    conditions = []
    for noise, rate in ((0, 0.4), (400, 0.8)):
        lives = [build_life(noise=noise, rate=rate + seed / 10, seed=seed) for seed in range(3)]
        conditions.append(join_lives(lives, "network", [0, 1, 2]))
    return join_lives(conditions, "condition", ["plain", "noise"])


def _lived(seed: int = 3, *, noise: bool = True) -> xr.DataTree:
    from ontogeny.data import Stimuli, gaussian_noise
    from ontogeny.models import Learning, Record, Schedule, Spontaneous, layered, simulate
    from ontogeny.plasticity import Adam

    random = np.random.default_rng(0)
    labels = random.integers(0, 3, 120)
    images = random.random((3, 6, 6))[labels] + 0.2 * random.standard_normal((120, 6, 6))
    learning = Learning(Stimuli.from_arrays(images, labels), epochs=1)
    phases = [Spontaneous(gaussian_noise(), presentations=640), learning]
    network = layered([36, 20, 3], optimiser=Adam(rate=0.01))
    schedule = Schedule(*phases[0 if noise else 1 :])
    return simulate(network, schedule, seed=seed, trials=8, record=Record(checkpoints=3))


@pytest.fixture(scope="session")
def noisy() -> xr.DataTree:
    """A real life of 6x6 inputs, 20 hidden neurons, 640 noise patterns and 120 stimuli."""
    return _lived()


@pytest.fixture(scope="session")
def learner() -> xr.DataTree:
    """The same without noise."""
    return _lived(noise=False)


@pytest.fixture(scope="session")
def several(noisy: xr.DataTree) -> xr.DataTree:
    """Two networks that lived alike."""
    from ontogeny.data import join_trajectories

    return join_trajectories({3: noisy, 4: _lived(4)}, "network")
