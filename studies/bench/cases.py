"""What contestants of a benchmark compute: cases, their stimuli and their work."""

from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from ontogeny.data import load_images
from ontogeny.models import layered

__all__ = ["BANK", "Case", "digits", "find_cases", "full_cases", "quick_cases", "write_inputs"]

#: Stimuli in the data phase: whole steps of every number of trials up to 256 in use here.
BANK = 3840
SIZES = ((784, 100, 10), (784, 1000, 10), (784, 256, 256, 256, 10), (4096, 1024, 10))


@dataclass(frozen=True, kw_only=True)
class Case:
    """One network in one situation: relu, softmax with cross-entropy, biases, float32.

    Parameters
    ----------
    sizes : tuple of int
        Neurons from inputs to outputs.
    trials : int
        Presentations in one step.
    phase : {"noise", "data"}
        Fresh Gaussian noise with random labels, or digits in a random order.
    optimiser : {"SGD", "Adam"}
        Without momentum and decay.
    rate : float
        Learning rate; small, so that no network diverges. It has no influence on the work.
    scale : float
        Rate of a pixel of value 1.
    seed : int
        Of everything random.
    threads : int
        Of BLAS.

    Examples
    --------
    >>> Case(sizes=(784, 100, 10), trials=64, phase="noise", optimiser="Adam").name
    '784-100-10/64/noise/Adam'
    """

    sizes: tuple[int, ...]
    trials: int
    phase: str
    optimiser: str
    rate: float = 1e-4
    scale: float = 1 / 255
    seed: int = 0
    threads: int = 1

    @property
    def network(self) -> str:
        """The sizes as text."""
        return "-".join(map(str, self.sizes))

    @property
    def name(self) -> str:
        """Network, trials, phase and optimiser as text."""
        return f"{self.network}/{self.trials}/{self.phase}/{self.optimiser}"

    @property
    def synapses(self) -> int:
        """How many plastic synapses there are, biases apart."""
        return sum(a * b for a, b in zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @property
    def feedback_synapses(self) -> int:
        """How many feedback synapses there are."""
        return self.synapses - self.sizes[0] * self.sizes[1]

    @property
    def operations(self) -> int:
        """Multiplications and additions of the products, for one presentation."""
        return 2 * (2 * self.synapses + self.feedback_synapses)

    @property
    def bytes_per_step(self) -> int:
        """Bytes of weights and moments that a step must touch.

        Every plastic weight, with its two moments under Adam, is read and written once; feedback
        weights are read once.
        """
        arrays = {"SGD": 1, "Adam": 3}[self.optimiser]
        return 4 * (2 * arrays * self.synapses + self.feedback_synapses)

    @property
    def resident_bytes(self) -> int:
        """Bytes of all weights and moments."""
        arrays = {"SGD": 1, "Adam": 3}[self.optimiser]
        return 4 * (arrays * self.synapses + self.feedback_synapses)

    def request(self, folder: Path, **more: Any) -> dict[str, Any]:
        """Return what a contestant is told, with where its inputs lie."""
        paths = {key: str(path) for key, path in write_inputs(self, folder).items()}
        return {**asdict(self), **paths, **more}


def full_cases(threads: int = 1) -> list[Case]:
    """Return every network with 64 trials and one, on noise and data, under Adam and SGD."""
    return _cases(SIZES, (64, 1), ("noise", "data"), ("Adam", "SGD"), threads)


def quick_cases(threads: int = 1) -> list[Case]:
    """Return two networks in the two situations of the targets."""
    sizes = SIZES[:2]
    batch = _cases(sizes, (64,), ("noise", "data"), ("Adam",), threads)
    return batch + _cases(sizes[:1], (1,), ("noise", "data"), ("SGD",), threads)


def _cases(networks: Any, trials: Any, phases: Any, optimisers: Any, threads: int) -> list[Case]:
    return [
        Case(sizes=sizes, trials=count, phase=phase, optimiser=optimiser, threads=threads)
        for sizes, count, optimiser, phase in product(networks, trials, optimisers, phases)
    ]


def find_cases(names: list[str], threads: int = 1) -> list[Case]:
    """Make cases from their names; parts that are left out, or ``*``, stand for all choices.

    Parameters
    ----------
    names : list of str
        Such as ``784-100-10/64/noise/Adam`` or ``784-100-10/1``; any sizes and trials can be given.
    threads : int
        Of BLAS.

    Raises
    ------
    ValueError
        If a name is none.

    Examples
    --------
    >>> [case.name for case in find_cases(["20-10-5/8/data"])]
    ['20-10-5/8/data/Adam', '20-10-5/8/data/SGD']
    """
    found: list[Case] = []
    for name in names:
        parts = [*name.split("/"), "*", "*", "*"][: max(4, name.count("/") + 1)]
        try:
            sizes = [tuple(map(int, parts[0].split("-")))] if parts[0] != "*" else SIZES
            trials = [int(parts[1])] if parts[1] != "*" else [64, 1]
            phases = _chosen(parts[2], ("noise", "data"))
            optimisers = _chosen(parts[3], ("Adam", "SGD"))
            if len(parts) != 4 or min(trials) < 1 or min(map(len, sizes)) < 2:
                raise ValueError
        except (KeyError, ValueError):
            raise ValueError(
                f"find_cases.names: expected sizes/trials/phase/optimiser such as "
                f"784-100-10/64/noise/Adam, got {name!r}; '*' stands for all, phases are noise and "
                f"data, optimisers Adam and SGD"
            ) from None
        found += [case for case in _cases(sizes, trials, phases, optimisers, threads)]
    return list(dict.fromkeys(found))


def _chosen(given: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    by_name = {choice.lower(): (choice,) for choice in choices}
    return choices if given == "*" else by_name[given.lower()]


def digits(units: int, count: int = BANK) -> tuple[np.ndarray, np.ndarray]:
    """Return digits of the embedded set, scaled to a number of input units.

    Parameters
    ----------
    units : int
        Input units; an image is scaled to the next square by its nearest pixels, and cut.
    count : int
        How many.

    Returns
    -------
    images : ndarray of uint8, (stimulus, unit)
    labels : ndarray of int, (stimulus,)
    """
    train = load_images("mnist-5k").train
    images, labels = train.images.values[:count], train.wanted[:count]
    side = int(np.ceil(np.sqrt(units)))
    nearest = np.arange(side) * images.shape[1] // side
    scaled = images[:, nearest][:, :, nearest].reshape(len(images), -1)
    return np.ascontiguousarray(scaled[:, :units]), labels


def write_inputs(case: Case, folder: Path) -> dict[str, Path]:
    """Write the stimuli and the weights at birth that all contestants of a case are given.

    Parameters
    ----------
    case : Case
        The case.
    folder : path
        Where files go; what is there already is kept.

    Returns
    -------
    dict of path
        ``stimuli`` (images, labels) and ``weights`` (by name), as ``.npz``.
    """
    stimuli = folder / f"stimuli-{case.sizes[0]}-{case.sizes[-1]}.npz"
    weights = folder / f"weights-{case.network}-{case.seed}.npz"
    if not stimuli.exists():
        images, labels = digits(case.sizes[0])
        np.savez(stimuli, images=images, labels=labels % case.sizes[-1])
    if not weights.exists():
        drawn = layered(case.sizes).initial_weights(case.seed)
        arrays: dict[str, Any] = {name: values.astype("f4") for name, values in drawn.items()}
        np.savez(weights, **arrays)
    return {"stimuli": stimuli, "weights": weights}
