"""The page on rules: a template and tables, every number from one run."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from ontogeny.plasticity.vocabulary import NON_LOCAL

from .bench.page import table
from .rules_cases import LEAKY

__all__ = ["page"]

TEMPLATE = """# Rules

How errors, or something in their place, reach hidden neurons under each rule, what its synapses
have to know, what it costs, and what became of networks that learned by it. Every number is from
one run, on {date}, of

```sh
{command}
```

which wrote this page and [all numbers]({numbers}), and took {minutes:.0f} minutes. `ontogeny rules`
lists the rules.

## What rules say

**Bold** is what is not at hand where a synapse is: the weight of another synapse (of which
sign-symmetry takes the sign only), or something made of the weights of many. Everything else
belongs to one of the two neurons that a synapse joins, to the synapse itself, or is the same number
for all, such as `share`, `loss` or `emission_mean`. A forward synapse reads what its update
direction names, a feedback synapse what its signal and its own plasticity name.

{said}

## What they cost, and how they learn

Values are means and ranges over {networks} networks; cost is a median with quartiles.

{measured}

{leaky}

## How it was measured

- **Network and stimuli**: {sizes}, {transfer} hidden neurons, softmax with cross-entropy, `He`
  weights at birth, biases, {trials} trials, float32; {training} training and {test} test digits of
  `mnist-5k`, {epochs} epochs. Networks of one seed have the same weights at birth and see the same
  stimuli in the same order under every rule. The transfer function is {transfer} for all, as in
  the networks of Nokland (2016), because direct random target projection needs neurons that
  saturate: a projected target pushes drives without end. With one hidden population direct
  feedback comes from the population above, so that direct feedback alignment is feedback alignment;
  the two differ in deeper networks.
- **Rate**: Adam with the best of {rates}, chosen for each rule by the mean accuracy of {choosing}
  other networks (none is reported here) that learned from 80 % of the training stimuli and were
  judged by the rest; test stimuli have no part in it. Rules whose best rate is the largest might
  gain from a larger one. Adam makes networks with one hidden
  population nearly indifferent to the scale of feedback weights. It starts afresh in every epoch,
  because weight mirrors take turns with noise. All other parameters are the defaults of the rules.
- **Mirrors**: `WeightMirror` lives through Gaussian noise, of mean 0 and standard deviation 1,
  before it learns ({mirroring} patterns) and again before each further epoch ({training}
  patterns), as Akrout et al. do; the others have no noise.
- **Alignment** at the end: angle between `forward_2` and the transpose of `feedback_2`
  (`weight_alignment`). *Unused* feedback weights, which the rule does not read, are a control.
  Where a rule computes feedback weights from forward ones, those of the last step are taken.
  Targets have the opposite sign of the errors that they stand for, so that forward weights turn
  away from the feedback weights of direct random target projection: beyond 90°.
- **Error alignment** at the end: angle between what the rule and what backpropagation sends to a
  hidden neuron, mean over the test stimuli (`error_alignment`). There is none where nothing is
  sent; perturbations are the gradient in the mean only, and nearly orthogonal to it one by one.
- **Accuracy**: share of the test digits that are classified rightly after the last epoch.
- **Cost** of a presentation in a learning phase, over that of feedback alignment: all rules in
  turn, {repeats} times, in an order that is reversed each time, in one process with one thread and
  nothing beside it, on the device `{device}`. Each is asked for a short and a long life of one
  epoch, whose difference leaves out what lives and epochs take to start; ratios are taken within
  a turn, against what other work the machine has. Feedback alignment took {microseconds:.3g} µs.

## Rates

Mean accuracy, in per cent, of the networks by which rates were chosen; the chosen one is bold.

{chosen}

## Equations

{equations}

## Machine

{machine}
"""

_LEAKY = """Leaky neurons live in time, with forward and feedback signals at once, and a row of
their own: {steps} time steps for each stimulus, with noise in the neurons.
`PhaselessAlignment` learns its feedback from this noise and needs it; feedback alignment in the
same network stands beside it. Both have the rate that was chosen for static feedback alignment.
Each life lasts {seconds:.0f} s of simulated time, while feedback weights of `PhaselessAlignment`
settle with a time constant of {settle:.0f} s (1/(`alignment_rate` `alignment_decay`)). The dynamics
are

```text
{dynamics}
```
"""


def page(results: dict[str, Any], *, numbers: str = "rules.json") -> str:
    """Write the page.

    Parameters
    ----------
    results : dict
        What `ontogeny.studies.rules_measure.compare_rules` returns.
    numbers : str
        Name of the file with the results, beside the page.
    """
    settings, rows = results["settings"], results["rules"]
    first = next(iter(rows.values()))
    return TEMPLATE.format(
        **{
            name: settings[name]
            for name in ("networks", "transfer", "trials", "epochs", "repeats", "device")
        },
        date=results["date"],
        command=results["command"],
        numbers=numbers,
        minutes=results["seconds"] / 60,
        said=_said(rows),
        measured=_measured(rows),
        leaky=_leaky(settings, rows),
        sizes="-".join(map(str, settings["sizes"])),
        training=_count(settings["training"]),
        test=_count(settings["test"]),
        mirroring=_count(settings["mirroring"] * settings["training"]),
        rates=", ".join(f"{rate:g}" for rate in settings["rates"]),
        choosing=settings["choosing"],
        microseconds=1e6 * first["cost"]["seconds"]["median"],
        chosen=_chosen(settings["rates"], rows),
        equations="\n\n".join(_equations(rows)),
        machine=_machine(results),
    )


def _count(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _static(rows: dict[str, Any]) -> dict[str, Any]:
    """Return each rule once, in the dynamics that it is tried in first."""
    seen: dict[str, Any] = {}
    for name, row in rows.items():
        plain = name.removesuffix(", leaky")
        seen.setdefault(plain, row)
    return seen


def _said(rows: dict[str, Any]) -> str:
    heads = ("rule", "teaching signal", "forward synapse", "feedback synapse", "neuron")
    lines = [
        [f"`{name}`", _signal(row), *map(_words, row["reads"].values()), _plasticity(row)]
        for name, row in _static(rows).items()
    ]
    return table([*heads, "feedback weights"], lines)


def _words(names: Sequence[str]) -> str:
    return ", ".join(f"**`{n}`**" if n in NON_LOCAL else f"`{n}`" for n in names) or "-"


def _signal(row: dict[str, Any]) -> str:
    texts = row["texts"]
    if texts["path"] == "none":
        return "none"
    if texts["path"] == "perturbation":
        return f"`{texts['delta']}`"
    source = "the outputs" if texts["path"] == "direct" else "the population above"
    return f"sum of `{texts['signal']}` over {source}"


def _plasticity(row: dict[str, Any]) -> str:
    """Say what becomes of feedback weights."""
    texts = row["texts"]
    if texts["path"] in ("none", "perturbation"):
        return "none"
    if texts["feedback_weights"]:
        return f"set in every step: `{texts['feedback_weights']}`"
    if not texts["feedback_gradient"]:
        return "fixed" if _uses_own(row) else "fixed, unused"
    update = texts["feedback_update"] or texts["decay"]
    by = "" if texts["feedback_update"] else ", by the optimiser"
    when = "" if "feedback" in texts["learns"]["learning"] else ", in noise only"
    return f"plastic{when}: `g = {texts['feedback_gradient']}`{by}, `{update}`"


def _uses_own(row: dict[str, Any]) -> bool:
    return "w" in row["reads"]["feedback synapse"]


def _measured(rows: dict[str, Any]) -> str:
    heads = ("rule", "cost", "rate", "alignment, °", "error alignment, °", "test accuracy, %")
    return table(heads, [_numbers(name, row) for name, row in rows.items()])


def _numbers(name: str, row: dict[str, Any]) -> list[str]:
    plain = name.removesuffix(", leaky")
    alignment = _range(row["alignment"])
    if alignment != "-" and not _uses_own(row):
        alignment += ", unused"
    return [
        f"`{plain}`{', **leaky**' if row['leaky'] else ''}",
        _cost(row["cost"]),
        f"{row['rate']:g}",
        alignment,
        _range(row["error_alignment"]),
        _range(row["accuracy"], 100),
    ]


def _range(values: Sequence[float | None], scale: float = 1) -> str:
    known = [scale * value for value in values if value is not None]
    if len(known) < len(values):
        return "-"
    return f"{statistics.fmean(known):.1f} ({min(known):.1f} to {max(known):.1f})"


def _cost(cost: dict[str, Any]) -> str:
    text = _spread(cost["ratio"])
    if "noise_ratio" in cost:
        text += f"; a noise pattern {_spread(cost['noise_ratio'])}"
    return text


def _spread(found: dict[str, float]) -> str:
    low, median, high = (found[name] for name in ("low", "median", "high"))
    digits = 2 if median < 10 else 0
    return f"{median:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _leaky(settings: dict[str, Any], rows: dict[str, Any]) -> str:
    row = next(row for row in rows.values() if "alignment_rate" in row["parameters"])
    pace = row["parameters"]["alignment_rate"] * row["parameters"]["alignment_decay"]
    updates = -(-settings["training"] // settings["trials"]) * settings["epochs"]
    return _LEAKY.format(
        steps=LEAKY.hold_steps,
        seconds=updates * LEAKY.hold_steps * LEAKY.dt,
        settle=1 / pace,
        dynamics=row["dynamics"].replace(", noise=", ",\n      noise="),
    )


def _chosen(rates: Sequence[float], rows: dict[str, Any]) -> str:
    lines = []
    for name, row in rows.items():
        if not row["leaky"]:
            cells = [
                f"**{100 * value:.1f}**" if rate == row["rate"] else f"{100 * value:.1f}"
                for rate, value in zip(rates, row["judged"], strict=True)
            ]
            lines.append([f"`{name}`", *cells])
    return table(["rule", *(f"{rate:g}" for rate in rates)], lines)


def _equations(rows: dict[str, Any]) -> Iterable[str]:
    """Write what each rule computes, and where it was published."""
    for name, row in _static(rows).items():
        given = ", ".join(f"`{what} = {value:g}`" for what, value in row["parameters"].items())
        parameters = f"Parameters: {given}. " if given else ""
        yield (
            f"### `{name}`\n\n{row['summary']}\n\n"
            f"```text\n{row['equations']}\n```\n\n{parameters}{row['citation']}."
        )


def _machine(results: dict[str, Any]) -> str:
    facts = results["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    rows = [
        ["processor", facts["processor"]],
        ["cores", str(facts["cores"])],
        ["load when the run began", ", ".join(map(str, facts["load"]))],
        ["system", facts["system"]],
        ["Python", facts["python"]],
        ["compiler", facts["compiler"]],
        ["versions", versions],
    ]
    return table(["", ""], rows)
