"""Functions to learn: stimuli whose targets a fixed teacher computes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from .image_set import check_parts
from .stimuli import Stimuli
from .stimuli_checks import IMAGE_DIMS, TARGET_DIMS

Values = npt.NDArray[np.float64]

CITATION = (
    "Lillicrap TP, Cownden D, Tweed DB, Akerman CJ (2014). Random feedback weights support "
    "learning in deep neural networks. arXiv:1411.0247"
)


@dataclass(frozen=True, kw_only=True, eq=False)
class TeacherSet:
    """Describe the examples of one teacher, divided into training and test stimuli.

    Parameters
    ----------
    train, test : Stimuli
        Independent examples with targets.
    teacher : mapping of ndarray
        Its weights, (target, source), and biases, by name.
    name : str
        What the teacher is called.
    citation : str
        Publication to cite.

    Raises
    ------
    ValueError
        If training and test stimuli differ in their numbers of units or targets.
    """

    train: Stimuli
    test: Stimuli
    teacher: Mapping[str, Values]
    name: str
    citation: str

    def __post_init__(self) -> None:
        check_parts("TeacherSet", self.train, self.test, ("units", "outputs"))

    def __repr__(self) -> str:
        return (
            f"TeacherSet({self.name!r}: {self.train.units} inputs, {self.train.outputs} targets, "
            f"{len(self.train)} training and {len(self.test)} test examples)"
        )


def linear_teacher(
    inputs: int = 30, outputs: int = 10, *, examples: int, test_examples: int = 1000, seed: int = 0
) -> TeacherSet:
    r"""Make examples of a random linear function, task 1 of Lillicrap et al.

    .. math:: y^* = T x, \quad x \sim N(0, I), \quad T_{ij} \sim U[-1, 1]

    Parameters
    ----------
    inputs, outputs : int
        Length of :math:`x` and of :math:`y^*`.
    examples, test_examples : int
        How many of each; the first ones do not depend on how many there are.
    seed : int
        Seed of teacher and examples, which are drawn apart.

    Returns
    -------
    TeacherSet
        float64 stimuli of one row, with scale 1 and shift 0; the teacher has ``T``.

    Raises
    ------
    ValueError
        If a number is no positive integer, or the seed a negative one.

    References
    ----------
    Lillicrap TP, Cownden D, Tweed DB, Akerman CJ (2014). Random feedback weights support learning
    in deep neural networks. arXiv:1411.0247, figure 1d.

    Examples
    --------
    >>> linear_teacher(examples=2000).train
    Stimuli('linear teacher (seed 0) train': 2000 images of 1x30, 10 targets, rate = 1 * image + 0)
    """
    parameters = {
        "inputs": inputs,
        "outputs": outputs,
        "examples": examples,
        "test_examples": test_examples,
        "seed": seed,
    }
    numbers = _checked("linear_teacher", parameters)
    generator = np.random.default_rng([numbers["seed"], 0])
    weights = {"T": generator.uniform(-1, 1, (numbers["outputs"], numbers["inputs"]))}
    return _teacher_set("linear", numbers, weights, lambda x: _product(weights["T"], x))


def nonlinear_teacher(
    inputs: int = 30,
    outputs: int = 10,
    *,
    examples: int,
    test_examples: int = 5000,
    hidden: tuple[int, int] = (20, 10),
    weight_scale: float = 1.0,
    bias_scale: float = 0.0,
    seed: int = 0,
) -> TeacherSet:
    r"""Make examples of a random network with two hidden layers, task 3 of Lillicrap et al.

    .. math:: y^* = W_2 \tanh(W_1 \tanh(W_0 x + b_0) + b_1) + b_2, \quad x \sim N(0, I)

    The paper does not state how large the teacher's weights are: they are uniform between
    ``-weight_scale`` and ``weight_scale``, biases between ``-bias_scale`` and ``bias_scale``.

    Parameters
    ----------
    inputs, outputs : int
        Length of :math:`x` and of :math:`y^*`.
    examples, test_examples : int
        How many of each; the first ones do not depend on how many there are.
    hidden : tuple of int
        Sizes of the teacher's two hidden layers.
    weight_scale, bias_scale : float
        Largest weight and bias.
    seed : int
        Seed of teacher and examples, which are drawn apart.

    Returns
    -------
    TeacherSet
        float64 stimuli of one row, with scale 1 and shift 0; the teacher has ``W_0`` to ``b_2``.

    Raises
    ------
    ValueError
        If a number is no positive integer, the seed or a scale negative, or hidden no two sizes.

    References
    ----------
    Lillicrap TP, Cownden D, Tweed DB, Akerman CJ (2014). Random feedback weights support learning
    in deep neural networks. arXiv:1411.0247, figure 2c.

    Examples
    --------
    >>> nonlinear_teacher(examples=100).teacher["W_1"].shape
    (10, 20)
    """
    if not isinstance(hidden, tuple | list) or len(hidden) != 2:
        raise ValueError(f"nonlinear_teacher.hidden: expected two sizes, got {hidden!r}")
    scales = {"weight_scale": weight_scale, "bias_scale": bias_scale}
    for what, scale in scales.items():
        if not isinstance(scale, Real) or not math.isfinite(scale) or scale < 0:
            raise ValueError(
                f"nonlinear_teacher.{what}: expected a finite number >= 0, got {scale!r}"
            )
    given = {
        "inputs": inputs,
        "outputs": outputs,
        "examples": examples,
        "test_examples": test_examples,
        "hidden[0]": hidden[0],
        "hidden[1]": hidden[1],
        "seed": seed,
    }
    numbers = _checked("nonlinear_teacher", given)
    sizes = [numbers.pop("hidden[0]"), numbers.pop("hidden[1]")]
    chain = [numbers["inputs"], *sizes, numbers["outputs"]]
    generator = np.random.default_rng([numbers["seed"], 0])
    weights: dict[str, Values] = {}
    for layer, (below, above) in enumerate(zip(chain[:-1], chain[1:], strict=True)):
        weights[f"W_{layer}"] = generator.uniform(-1, 1, (above, below)) * float(weight_scale)
        weights[f"b_{layer}"] = generator.uniform(-1, 1, above) * float(bias_scale)

    def answer(x: Values) -> Values:
        for layer in range(3):
            rates = x if layer == 0 else np.tanh(x)
            x = _product(weights[f"W_{layer}"], rates) + weights[f"b_{layer}"]
        return x

    parameters = {**numbers, "hidden": sizes, **{key: float(s) for key, s in scales.items()}}
    return _teacher_set("nonlinear", parameters, weights, answer)


#: Teachers by the name that origins have.
TEACHERS: dict[str, Callable[..., TeacherSet]] = {
    "linear": linear_teacher,
    "nonlinear": nonlinear_teacher,
}


def _checked(where: str, numbers: Mapping[str, Any]) -> dict[str, int]:
    for what, value in numbers.items():
        low = 0 if what == "seed" else 1
        if not isinstance(value, Integral) or isinstance(value, bool) or value < low:
            kind = "an integer >= 0" if what == "seed" else "a positive integer"
            raise ValueError(f"{where}.{what}: expected {kind}, got {value!r}")
    return {what: int(value) for what, value in numbers.items()}


def _product(weights: Values, rates: Values) -> Values:
    """Return the drives, (sample, target).

    Summed source by source: libraries of linear algebra would give other last digits on other
    machines, and the examples would not be those of a stored life.
    """
    drives = np.zeros((len(rates), len(weights)))
    for source in range(weights.shape[1]):
        drives += rates[:, source, np.newaxis] * weights[:, source]
    return drives


def _teacher_set(
    kind: str,
    parameters: Mapping[str, Any],
    weights: Mapping[str, Values],
    answer: Callable[[Values], Values],
) -> TeacherSet:
    name = f"{kind} teacher (seed {parameters['seed']})"

    def stimuli(part: str, stream: int, count: int) -> Stimuli:
        generator = np.random.default_rng([parameters["seed"], stream])
        inputs = generator.standard_normal((count, parameters["inputs"]))
        made = Stimuli(
            images=xr.DataArray(inputs[:, np.newaxis, :], dims=IMAGE_DIMS),
            targets=xr.DataArray(answer(inputs), dims=TARGET_DIMS),
            name=f"{name} {part}",
        )
        origin = {"teacher": kind, "parameters": dict(parameters), "part": part, "steps": []}
        return made.of_origin(origin)

    return TeacherSet(
        train=stimuli("train", 1, parameters["examples"]),
        test=stimuli("test", 2, parameters["test_examples"]),
        teacher=weights,
        name=name,
        citation=CITATION,
    )
