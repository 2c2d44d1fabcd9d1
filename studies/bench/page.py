"""The page on performance: a template and tables, every number from one run."""

from collections.abc import Iterable, Sequence
from typing import Any

from .targets import outcomes

__all__ = ["page", "speed_table", "targets_table"]

TEMPLATE = """# Performance

Every number on this page is from one run, on {date}, of

```sh
{command}
```

which wrote this page, [its figure](performance.svg) and [all times](performance.json), and took
{minutes:.0f} minutes. Contestants run by turns: each repeat asks each for a short and a long run,
and the order is reversed from repeat to repeat. The time of a presentation is the difference of
the two times over the difference of their presentations, so that what every run takes to start is
left out. Values are medians over {repeats} repeats, with quartiles; ratios are taken within
repeats, and their median is given. Every contestant has {threads}. The load of the machine when
the run began was {load}.

![Time of a presentation](performance.svg)

Points are medians, bars quartiles, dotted lines the floor.

## Targets

{targets}

## Time of a presentation

In microseconds, median (quartiles). A presentation is one stimulus with everything that follows
from it: forward, feedback, update. All compute the same: float32, relu, softmax with
cross-entropy, biases, feedback alignment, means over trials; tests compare the weights after some
steps. The phase `noise` draws fresh Gaussian noise and random labels, each contestant with its
own generator; `data` presents digits in a random order, of whose pixels about a fifth are not 0.
The others need not sum up loss and accuracy, which this package records.

{speed}

{problems}

## Distance to the floor

The floor is what this processor needs for the matrix products at the measured peak of its BLAS,
and then for one pass over weights and moments at the measured bandwidth of the smallest cache
that holds them all; noise, transfer functions and readout cost nothing in it. Peak: {peak:.0f}
GFLOP/s ({blas}, one large float32 product); bandwidth: {bandwidth}. Values are times over the
floor.

{floors}

{parts}## Machine

{machine}

## Contestants

{contestants}

Plain NumPy, and PyTorch by hand, are written for one network: every buffer is made once, products
write into them, Adam goes over all parameters at once, in place; PyTorch does SGD within the
product, and takes vectors where there is one trial. PyTorch holds the stimuli as float32, the
others as they like. Brian2's `Synapses` and ANNarchy have one trial; their rates and errors are
computed once per neuron.

`make bench` makes an environment for each of the others and measures everything again. `ontogeny
bench` shows it on the terminal, and writes nothing unless `--write` names a folder.
"""


def page(results: dict[str, Any]) -> str:
    """Write the page.

    Parameters
    ----------
    results : dict
        What `ontogeny.studies.bench.run.run_bench` returns.
    """
    roof, effort = results["roofline"], results["effort"]
    bandwidth = ", ".join(
        f"{name} {value / 1e9:.0f} GB/s" for name, value in roof["bytes_per_second"].items()
    )
    threads = results["threads"]
    return TEMPLATE.format(
        date=results["date"],
        command=results["command"],
        minutes=results["seconds"] / 60,
        repeats=effort["repeats"],
        threads="one thread" if threads == 1 else f"{threads} threads",
        load=results["machine"]["load"],
        targets=targets_table(results),
        speed=speed_table(results),
        problems=_problems(results),
        floors=_floors(results),
        peak=roof["operations_per_second"] / 1e9,
        blas=roof["blas"],
        bandwidth=bandwidth,
        parts="".join(_parts(results)),
        machine=_machine(results["machine"]),
        contestants=_contestants(results),
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _title(results: dict[str, Any], name: str) -> str:
    return results["contestants"].get(name, {}).get("title", name)


def _time(measured: dict[str, Any] | None) -> str:
    if measured is None:
        return ""
    if "problem" in measured:
        return "failed"
    low, median, high = (1e6 * measured[key] for key in ("low", "median", "high"))
    return f"{median:.3g} ({low:.3g} to {high:.3g})"


def targets_table(results: dict[str, Any]) -> str:
    """Return the targets beside the medians of paired ratios."""
    rows = []
    for outcome in outcomes(results):
        target = outcome["target"]
        of_whom = f"{_title(results, target.who)} / {_title(results, target.reference)}"
        if "ratio" in outcome:
            ratio = outcome["ratio"]
            value = f"{ratio['median']:.3g} ({ratio['low']:.3g} to {ratio['high']:.3g})"
            met = "met" if outcome["met"] else "missed"
        else:
            value, met = f"not measured: {outcome['problem']}", ""
        rows.append([f"`{outcome['case']}`", of_whom, f"{target.most:.3g}", value, met])
    if not rows:
        return "No case of a target was measured."
    return table(["case", "times of", "at most", "median of paired ratios (quartiles)", ""], rows)


def _names(results: dict[str, Any]) -> list[str]:
    return list(results["contestants"])


def speed_table(results: dict[str, Any]) -> str:
    """Return times by case and contestant; a contestant that does not enter a case has no time."""
    names = [name for name in _names(results) if _measured_anywhere(results, name)]
    rows = [
        [f"`{case}`", *(_time(measured["contestants"].get(name)) for name in names)]
        for case, measured in results.get("speed", {}).items()
    ]
    if not rows:
        return "Not measured in this run."
    return table(["case", *(_title(results, name) for name in names)], rows)


def _measured_anywhere(results: dict[str, Any], name: str) -> bool:
    cases = results.get("speed", {}).values()
    return any("costs" in measured["contestants"].get(name, {}) for measured in cases)


def _problems(results: dict[str, Any]) -> str:
    """Tell who could not be measured, and why."""
    found: dict[tuple[str, str], list[str]] = {}
    for case, measured in results.get("speed", {}).items():
        for name, times in measured["contestants"].items():
            if "problem" in times:
                found.setdefault((name, times["problem"]), []).append(f"`{case}`")
    for name, contestant in results["contestants"].items():
        if contestant["problem"]:
            found[name, contestant["problem"]] = ["any case"]
    lines = [
        f"- {_title(results, name)} could not be measured in {', '.join(cases)}: {problem}"
        for (name, problem), cases in found.items()
    ]
    return "\n".join(lines) or "Nobody failed."


def _floors(results: dict[str, Any]) -> str:
    names = [name for name in _names(results) if _measured_anywhere(results, name)]
    rows = []
    for case, measured in results.get("speed", {}).items():
        floor = measured["floor"]
        parts = f"{1e6 * floor['products']:.3g} + {1e6 * floor['weights']:.3g}"
        times = (measured["contestants"].get(name, {}).get("median") for name in names)
        rows.append(
            [f"`{case}`", parts, *(f"{t / floor['floor']:.1f}" if t else "" for t in times)]
        )
    if not rows:
        return "Not measured in this run."
    heads = ["case", "floor: products + weights (µs)"]
    return table([*heads, *(_title(results, name) for name in names)], rows)


def _parts(results: dict[str, Any]) -> Iterable[str]:
    if "start" in results:
        yield _start(results)
    if "memory" in results:
        yield _memory(results)
    if "scaling" in results:
        yield _scaling(results)


def _start(results: dict[str, Any]) -> str:
    text = (
        "## Start-up\n\nA fresh process: seconds to import, to prepare (data and buffers; for the "
        "others also their compilation), and to do the first step, which for this package is a "
        "whole life of one step. *cold*: with an empty build cache; *cached*: another process, "
        "afterwards.\n\n"
    )
    rows = []
    for case, contestants in results["start"].items():
        for name, measured in contestants.items():
            keys = ("import", "prepare", "first_step")
            cells = [f"{measured[key]:.2f}" for key in keys if key in measured]
            plain = name.split(" (")[0]
            state = name[len(plain) :]
            rows.append(
                [f"`{case}`", _title(results, plain) + state, *(cells or ["failed", "", ""])]
            )
    return text + table(["case", "contestant", "import", "prepare", "first step"], rows) + "\n\n"


def _memory(results: dict[str, Any]) -> str:
    memory = results["memory"]
    text = (
        f"## Peak memory\n\nLargest proportional set size of a process and all that it starts, in "
        f"MB, while it learns 60 000 images of 784 bytes ({memory['images']}) in the case "
        f"`{memory['case']}`; looked at every 10 ms.\n\n"
    )
    epochs = sorted({key for peak in memory["peaks"].values() for key in peak if key != "problem"})
    epochs.sort(key=int)
    rows = [
        [
            _title(results, name),
            *(f"{peak[e] / 1e6:.0f}" if e in peak else "failed" for e in epochs),
        ]
        for name, peak in memory["peaks"].items()
    ]
    heads = [f"{count} epoch{'s' if count != '1' else ''}" for count in epochs]
    return text + table(["contestant", *heads], rows) + "\n\n"


def _scaling(results: dict[str, Any]) -> str:
    explained = {
        "width": "width: 784-*n*-10, 64 trials",
        "depth": "depth: 784, *n* times 256, 10, 64 trials",
        "trials": "trials: 784-100-10, *n* trials",
    }
    text = "## How cost grows\n\nMicroseconds a presentation, noise, Adam.\n\n"
    for what, heading in explained.items():
        values = results["scaling"].get(what, {})
        names = list(dict.fromkeys(n for m in values.values() for n in m["contestants"]))
        rows = [
            [
                value,
                f"{1e6 * measured['floor']['floor']:.3g}",
                *(_time(measured["contestants"].get(name)) for name in names),
            ]
            for value, measured in values.items()
        ]
        heads = [heading, "floor", *(_title(results, name) for name in names)]
        text += table(heads, rows) + "\n\n"
    return text + _lengths(results)


def _lengths(results: dict[str, Any]) -> str:
    found = results["scaling"].get("length", {})
    lengths = list(dict.fromkeys(key for times in found.values() for key in times))
    lengths = [length for length in lengths if length != "problem"]
    rows = [
        [
            length,
            *(
                f"{1e6 * times[length]:.3g}" if length in times else "failed"
                for times in found.values()
            ),
        ]
        for length in lengths
    ]
    text = "Whole runs by their number of presentations, start and end included:\n\n"
    heads = ["presentations", *(_title(results, name) for name in found)]
    return text + table(heads, rows) + "\n\n"


def _machine(facts: dict[str, Any]) -> str:
    caches = ", ".join(f"{name} {size / 1024:.0f} KiB" for name, size in facts["caches"].items())
    rows = [
        ["processor", facts["processor"]],
        ["cores", str(facts["cores"])],
        ["caches of a core", caches or "unknown"],
        ["memory", f"{facts['memory_bytes'] / 1e9:.0f} GB"],
        ["system", facts["system"]],
        ["Python", facts["python"]],
        ["compiler", facts["compiler"]],
    ]
    return table(["", ""], rows)


def _contestants(results: dict[str, Any]) -> str:
    rows = []
    for name, contestant in results["contestants"].items():
        versions = ", ".join(f"{key} {value}" for key, value in contestant["versions"].items())
        rows.append([f"`{name}`", contestant["title"], versions or contestant["problem"]])
    return table(["name", "what", "versions"], rows)
