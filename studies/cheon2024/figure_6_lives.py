"""Lives of figure 6: several tasks from one point, before and after noise."""

from collections.abc import Mapping

import xarray as xr

from ontogeny.analysis import adaptation
from ontogeny.models import Learning, Record, Schedule

from ..gathering import gathered, with_units
from ..recipe import Branch, Recipe
from ..study import Key
from .lives import images_of, network_of, noise_life, sizes_of
from .settings import INFERRED, Settings

__all__ = [
    "ADAPTED",
    "DEPTH",
    "DIMS",
    "LEVEL",
    "NOISE",
    "condition_after",
    "measure_adaptation",
    "recipes_along",
    "recipes_of_ends",
    "recipes_of_paths",
]

_RULE = "FA"
DEPTH = 3
#: Key of the task for the life through noise itself.
NOISE = "noise"
DIMS = ("task", "presentation", "network")
ADAPTED = (
    "784-100-100-10 (depth 3), 100 neurons in every hidden population",
    "adaptation: 640 training images of a task, 10 epochs, tests on 2,000 images before and after "
    "every epoch, same rate as elsewhere, the optimiser afresh",
    "kmnist-10k, a division of the test set of KMNIST, in place of Kuzushiji-MNIST",
    INFERRED["optimiser"],
    INFERRED["noise"],
    INFERRED["pixels"],
)
LEVEL = "P < 0.05, since no level is stated."


def _noise(settings: Settings, seed: int) -> Recipe:
    return noise_life(settings, _RULE, sizes_of(settings, settings.data, DEPTH), seed)


def _adaptation(settings: Settings, task: str, after: int, seed: int) -> Recipe:
    """Describe the adaptation to a task after so many noise patterns."""
    train = images_of(task, "train", settings.task_size)
    test = images_of(task, "test", settings.task_test_size)
    sizes = sizes_of(settings, settings.data, DEPTH)
    ends = tuple(len(train) * epoch for epoch in range(1, settings.task_epochs + 1))
    return Recipe(
        label=f"{_RULE}: adaptation to {task} after {after} noise patterns, network {seed}",
        network=network_of(settings, _RULE, sizes),
        schedule=Schedule(Learning(train, epochs=settings.task_epochs, test=test)),
        seed=seed,
        trials=settings.trials,
        device=settings.device,
        record=Record(checkpoints=ends),
        # Before any noise a network is what its seed makes it.
        birth=Branch(life=_noise(settings, seed), presentation=after) if after else None,
    )


def _adaptations(settings: Settings, snapshots: tuple[int, ...]) -> dict[Key, Recipe]:
    return {
        (task, after, seed): _adaptation(settings, task, after, seed)
        for task in settings.tasks
        for after in snapshots
        for seed in settings.seeds
    }


def recipes_along(settings: Settings) -> dict[Key, Recipe]:
    """Return the adaptations from all snapshots of noise: task, snapshot, seed."""
    return _adaptations(settings, settings.snapshots)


def recipes_of_ends(settings: Settings) -> dict[Key, Recipe]:
    """Return the adaptations before and after noise: task, snapshot, seed."""
    return _adaptations(settings, (0, settings.noise))


def recipes_of_paths(settings: Settings) -> dict[Key, Recipe]:
    """Return these, and the lives through noise."""
    return recipes_of_ends(settings) | {
        (NOISE, 0, seed): _noise(settings, seed) for seed in settings.seeds
    }


def measure_adaptation(settings: Settings, lives: Mapping[Key, xr.DataTree]) -> xr.Dataset:
    """Measure the test loss and accuracy during adaptation."""

    def measures(life: xr.DataTree) -> xr.Dataset:
        tests = adaptation(life)
        tests = tests.drop_vars(set(tests.coords) - {"epoch"})
        return tests.assign(accuracy=100 * tests["accuracy"])

    return with_units(
        gathered(lives, DIMS, measures),
        loss=("nat", "test loss of a task"),
        accuracy=("%", "test accuracy on a task"),
        presentation=("1", "noise patterns before"),
        epoch=("1", "epochs of adaptation"),
    )


def condition_after(after: str) -> str:
    """Return the condition whose colour a life has."""
    return "FA, noise" if int(after) else "FA"
