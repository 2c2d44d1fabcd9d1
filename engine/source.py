"""Present stored stimuli or noise to a population, trial by trial."""

from typing import Any

import numpy as np
from brian2.core.base import BrianObject
from brian2.core.variables import Variables
from brian2.groups.group import Group

from .philox import draw_labels, draw_noise
from .projection import units_per_trial
from .runner import OperationRunner
from .settings import Settings

__all__ = ["SOURCE_SETTINGS", "Source"]

#: The scalars that a source reads.
SOURCE_SETTINGS: dict[str, type] = {
    "bank": int,  # number of the bank that stimuli come from
    "noise": int,  # 0: stimuli from the bank, otherwise a value of NOISE_KINDS
    "noise_mean": float,
    "noise_std": float,
    "seed": int,
    "stream": int,  # noise uses stream 2*stream, labels 2*stream + 1
    "first": int,  # number of the segment's first presentation, where noise starts
    "hold": int,  # steps that a presentation lasts; 0 is 1
    "presentations": int,  # in this segment; trials beyond them stay silent
    "scale": float,
    "shift": float,
    "graded": int,  # 1: the bank's targets are real numbers, one for each output; 0: categories
    "record": int,
}


class Source(Group):
    """Set the rates of an input population, and the targets of another one, in every step.

    In steps ``k*hold`` to ``(k + 1)*hold - 1`` trial `j` has presentation ``k*trials + j`` of the
    segment. Where there are no presentations left, trials are silent: rates, targets and shares are
    0. Targets are one-hot categories, or real numbers of a bank.

    Parameters
    ----------
    inputs : NeuronGroup
        Population (trials x units) whose variable `r` is set.
    categories : NeuronGroup
        Population (trials x classes) whose variable `target` is set.
    trial : NeuronGroup
        One neuron per trial; its variable `share` becomes 1 over the number of active trials.
    settings : Settings
        Holds `SOURCE_SETTINGS`.
    trials : int
        Number of parallel trials.
    order : int
        Position in the step.
    name : str
        Brian2 name.
    """

    add_to_magic_network = False
    invalidates_magic_network = False

    def __init__(
        self,
        inputs: Any,
        categories: Any,
        trial: Any,
        settings: Settings,
        *,
        trials: int,
        order: int = 0,
        name: str = "source",
    ) -> None:
        BrianObject.__init__(self, clock=inputs.clock, when="groups", order=order, name=name)
        self.codeobj_class = None
        self._N = 1
        self.trials = trials
        self.units = units_per_trial(inputs, trials, "Source.inputs")
        self.classes = units_per_trial(categories, trials, "Source.categories")
        self.settings = settings
        self.banks: list[tuple[np.ndarray, np.ndarray]] = []
        self.order_of_bank = np.zeros(0, np.int64)
        self.recorded: list[tuple[np.ndarray, np.ndarray]] = []
        variables = self.variables = Variables(self)
        variables.add_constant("N", 1)
        variables.add_reference("rates", inputs, "r", index="0")
        variables.add_reference("targets", categories, "target", index="0")
        variables.add_reference("share", trial, "share", index="0")
        variables.create_clock_variables(self._clock)
        settings.share_with(variables)
        needed = ("rates", "targets", "share", "t_in_timesteps", *SOURCE_SETTINGS)
        self.contained_objects.append(
            OperationRunner(
                self,
                "present",
                "",
                order=order,
                name=f"{name}_present",
                needed_variables=needed,
                template_keywords={
                    "_trials": trials,
                    "_units": self.units,
                    "_classes": self.classes,
                    "_arrays": {key: variables[key] for key in needed},
                },
            )
        )
        self._enable_group_attributes()

    def __len__(self) -> int:
        """Return 1: a source has no neurons of its own."""
        return 1

    def present(self, step: int, rates: np.ndarray, targets: np.ndarray, share: np.ndarray) -> None:
        """Present one step (called by the NumPy template).

        Parameters
        ----------
        step : int
            Number of the step within the segment.
        rates, targets, share : ndarray
            The populations' arrays, flat, which are overwritten.
        """
        values = {key: self.settings.variables[key].get_value()[0] for key in SOURCE_SETTINGS}
        turn, later = divmod(int(step), max(1, int(values["hold"])))
        if later:
            return
        begin = turn * self.trials
        active = int(min(self.trials, max(0, values["presentations"] - begin)))
        rows = rates.reshape(self.trials, self.units)
        rows[active:] = 0
        wanted = self._fill(rows[:active], begin, values)
        shown = targets.reshape(self.trials, self.classes)
        targets[:] = 0
        if wanted.ndim == 1:
            shown[np.arange(active), wanted] = 1
        else:
            shown[:active] = wanted
        share[:active] = 1 / max(active, 1)
        share[active:] = 0
        if values["record"]:
            self.recorded.append((rows[:active].copy(), shown[:active].copy()))

    def _fill(self, rows: np.ndarray, begin: int, values: dict[str, Any]) -> np.ndarray:
        """Write the rates of the active trials and return their categories, or targets."""
        count = len(rows)
        if not count:
            return np.zeros(0, np.int64)
        if not values["noise"]:
            images, targets = self.banks[values["bank"]]
            chosen = self.order_of_bank[begin : begin + count]
            np.multiply(images[chosen], values["scale"], out=rows)
            rows += values["shift"]
            return targets[chosen]
        seed, stream = int(values["seed"]), int(values["stream"])
        first = int(values["first"]) + begin
        rows[:] = draw_noise(
            int(values["noise"]),
            seed=seed,
            stream=2 * stream,
            first=first,
            count=count,
            units=self.units,
            mean=values["noise_mean"],
            std=values["noise_std"],
            dtype=rows.dtype,
        )
        return draw_labels(
            seed=seed, stream=2 * stream + 1, first=first, count=count, classes=self.classes
        )
