"""The first life: what random noise before learning does for feedback alignment.

Three conditions on the same networks: backpropagation; feedback alignment; feedback alignment
after a spontaneous phase of random noise.

References
----------
Cheon J, Lee SW, Paik SB (2024). Pretraining with random noise for fast and robust learning without
weight transport. NeurIPS 37.
"""

import os
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xarray as xr

from ontogeny.data import (
    FrameNoise,
    ImageSet,
    Noise,
    gaussian_noise,
    join_trajectories,
    load_images,
    open_trajectory,
    write_trajectory,
)
from ontogeny.engine import find_device
from ontogeny.models import Learning, Network, Record, Schedule, Spontaneous, layered
from ontogeny.models.checks import check_simulation
from ontogeny.plasticity import Adam, Backpropagation, FeedbackAlignment, Rule

from .folder import claimed_folder
from .lives import Job, Report, checked_workers, run_lives
from .report import save_figure
from .rules import rule_name

__all__ = ["FirstLife", "run_first_life"]

# The subset of training stimuli belongs to the task and not to a network: networks of another seed
# learn from the same.
SUBSET_SEED = 0


@dataclass(frozen=True, kw_only=True)
class FirstLife:
    """Describe the study.

    Parameters
    ----------
    rule : Rule
        The rule without weight transport.
    data : str
        Data set, a name that `load_images` knows.
    hidden : tuple of int
        Sizes of the hidden populations; inputs and outputs follow from the data set.
    networks : int
        How many networks live through every condition.
    seed : int
        Seed of the first network; the others follow on. Networks of one seed share initial weights,
        noise and the order of stimuli in all conditions.
    rate : float
        Learning rate of Adam.
    trials : int
        Presentations in one step.
    noise : Noise or FrameNoise
        What the inputs do in the spontaneous phase.
    noise_presentations : int
        Length of the spontaneous phase.
    epochs : int
        Length of the learning phase.
    training_size : int, optional
        Learn from so many training stimuli, drawn in equal shares from all classes.
    device, dtype : str
        As in `simulate`.

    Raises
    ------
    TypeError, ValueError, RuntimeError
        If a field cannot be, or the device does not work here.

    Examples
    --------
    >>> FirstLife(networks=2, seed=5).seeds
    [5, 6]
    """

    rule: Rule = field(default_factory=FeedbackAlignment)
    data: str = "mnist-5k"
    hidden: tuple[int, ...] = (100,)
    networks: int = 3
    seed: int = 0
    rate: float = 1e-4
    trials: int = 64
    noise: Noise | FrameNoise = field(default_factory=gaussian_noise)
    noise_presentations: int = 512_000
    epochs: int = 30
    training_size: int | None = None
    device: str = "numpy"
    dtype: str = "float32"

    def __post_init__(self) -> None:
        """Check what no other description checks."""
        if not isinstance(self.rule, Rule):
            raise TypeError(
                f"FirstLife.rule: expected a rule such as FeedbackAlignment(), got {self.rule!r}"
            )
        if self.rule.needs_time:
            raise ValueError(
                f"FirstLife.rule: expected a rule for static neurons, got {self.rule!r}, which "
                f"needs leaky ones; layered(..., dynamics=Leaky(...)) in a script has them"
            )
        if not isinstance(self.hidden, tuple) or not self.hidden:
            raise ValueError(
                f"FirstLife.hidden: expected at least one size, such as (100,), got {self.hidden!r}"
            )
        if self.rule.path == "direct" and len(self.hidden) > 1:
            raise ValueError(
                f"FirstLife.hidden: expected one hidden population for {self.rule!r}, whose "
                f"feedback synapses begin elsewhere than those of backpropagation beside it, got "
                f"{self.hidden!r}"
            )
        for what, low in (("networks", 1), ("seed", 0)):
            value = getattr(self, what)
            if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < low:
                raise ValueError(
                    f"FirstLife.{what}: expected an integer from {low} on, got {value!r}"
                )
        find_device(self.device).check_trials(self.trials, "FirstLife")

    @property
    def seeds(self) -> list[int]:
        """Seeds of the networks, the same in every condition."""
        return [int(self.seed) + number for number in range(self.networks)]

    def conditions(self, images: ImageSet) -> dict[str, tuple[Network, Schedule]]:
        """Return what lives through what, by the name of the condition.

        Parameters
        ----------
        images : ImageSet
            The data set.

        Raises
        ------
        TypeError, ValueError
            If a size, a rate or a length cannot be.
        """
        train = images.train
        if self.training_size is not None:
            train = train.sample(self.training_size, seed=SUBSET_SEED)
        noise = Spontaneous(self.noise, presentations=self.noise_presentations)
        learning = Learning(train, epochs=self.epochs, test=images.test)
        sizes = [train.units, *self.hidden, train.outputs]
        optimiser = Adam(rate=self.rate)
        reference = layered(sizes, rule=Backpropagation(), optimiser=optimiser)
        network = layered(sizes, rule=self.rule, optimiser=optimiser)
        name = rule_name(type(self.rule))
        return {
            rule_name(Backpropagation): (reference, Schedule(learning)),
            name: (network, Schedule(learning)),
            f"noise, then {name}": (network, Schedule(noise, learning)),
        }

    def jobs(self, folder: Path, *, resume: bool = False) -> dict[tuple[str, int], Job]:
        """Return all lives by condition and seed, checked so that they can begin.

        Parameters
        ----------
        folder : pathlib.Path
            Where they will be stored.
        resume : bool
            Go on with what is stored.

        Raises
        ------
        TypeError, ValueError, MemoryError, FileNotFoundError
            If something does not fit or the data set is not to be had.
        """
        jobs = {}
        for condition, (network, schedule) in self.conditions(load_images(self.data)).items():
            check_simulation(
                network,
                schedule,
                trials=self.trials,
                seed=self.seeds[-1],
                dtype=self.dtype,
                record=Record(),
            )
            slug = re.sub(r"[^a-z0-9]+", "-", condition)
            for seed in self.seeds:
                jobs[condition, seed] = Job(
                    label=f"{condition}, network {seed}",
                    network=network,
                    schedule=schedule,
                    store=folder / f"{slug}-{seed}.nc",
                    seed=seed,
                    trials=self.trials,
                    device=self.device,
                    dtype=self.dtype,
                    resume=resume,
                )
        return jobs


def run_first_life(
    study: FirstLife,
    folder: str | os.PathLike = "runs/first-life",
    *,
    workers: int | None = None,
    progress: Report | None = None,
    resume: bool = False,
) -> xr.DataTree:
    """Run the study, and write its lives and their figure.

    The folder gets a file for every life (``feedback-alignment-0.nc``), the joined trajectory
    ``lives.nc`` and the figure ``development.png``.

    Parameters
    ----------
    study : FirstLife
        What is run.
    folder : path
        Where results are written; may not hold a run, unless it is resumed.
    workers : int, optional
        How many lives run at a time, see `run_lives`; results are the same whatever their number.
    progress : callable, optional
        Takes the presentations done, all presentations, and what is running.
    resume : bool
        Go on with a run of the same study that was stopped: finished lives are kept, the others go
        on from their last checkpoints.

    Returns
    -------
    xarray.DataTree
        The joined trajectory, with dims `condition` and `network` (the seed).

    Raises
    ------
    TypeError, ValueError, MemoryError, OSError
        If something does not fit; before any life, and nothing is left behind.
    FloatingPointError, RuntimeError
        If a life diverges or fails: names the life.
    """
    if not isinstance(study, FirstLife):
        raise TypeError(f"run_first_life.study: expected a FirstLife, got {study!r}")
    jobs = study.jobs(Path(folder), resume=resume)
    checked_workers(workers, len(jobs), "run_lives")
    with claimed_folder(folder, resume=resume) as place:
        _refuse_strangers(place, jobs)
        run_lives(list(jobs.values()), workers=workers, progress=progress)
        joined = _join(jobs)
        write_trajectory(joined, place / "lives.nc")
        save_figure(joined, place / "development.png")
    return joined


def _refuse_strangers(folder: Path, jobs: dict[tuple[str, int], Job]) -> None:
    """Refuse to go on in a folder with lives that are not the study's own."""
    own = {job.store.name for job in jobs.values()} | {"lives.nc"}
    found = sorted(
        path.name
        for path in (*folder.glob("*.nc"), *folder.glob("*.nc.parts"))
        if path.name.removesuffix(".parts") not in own
    )
    if found:
        raise ValueError(
            f"run_first_life.resume: expected a folder with lives of this run only, got "
            f"{', '.join(found)} in {str(folder)!r}; give the rule, seed and networks of the run "
            f"that is there, or another name"
        )


def _join(jobs: dict[tuple[str, int], Job]) -> xr.DataTree:
    with ExitStack() as files:
        lives: dict[str, dict[int, xr.DataTree]] = {}
        for (condition, seed), job in jobs.items():
            lives.setdefault(condition, {})[seed] = files.enter_context(open_trajectory(job.store))
        networks = {
            condition: join_trajectories(members, "network") for condition, members in lives.items()
        }
        return join_trajectories(networks, "condition")
