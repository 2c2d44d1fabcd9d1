"""The figure on performance: times of a presentation, and how they grow."""

import io
from typing import Any

__all__ = ["figure"]

PANELS = (
    ("784-100-10/64/noise/Adam", "784-100-10, 64 trials, noise, Adam"),
    ("784-1000-10/64/noise/Adam", "784-1000-10, 64 trials, noise, Adam"),
    ("784-100-10/1/data/SGD", "784-100-10, 1 trial, data, SGD"),
)
GROWTH = {"width": "hidden neurons", "depth": "hidden layers", "trials": "trials"}


def figure(results: dict[str, Any]) -> str:
    """Draw the figure as SVG.

    Parameters
    ----------
    results : dict
        What `ontogeny.studies.bench.run.run_bench` returns; what was not measured is left out.
    """
    import matplotlib
    from matplotlib.figure import Figure

    speed = results.get("speed", {})
    chosen = [(name, title) for name, title in PANELS if name in speed]
    chosen = chosen or [(name, name) for name in list(speed)[:3]]
    rows = 2 if results.get("scaling") else 1
    # Text stays text, and the same results give the same file.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "ontogeny"}):
        drawn = Figure(figsize=(13, 3.8 * rows), layout="constrained")
        axes = drawn.subplots(rows, 3, squeeze=False)
        for ax in axes.flat[len(chosen) : 3]:
            ax.set_axis_off()
        for ax, (name, title) in zip(axes[0], chosen, strict=False):
            _draw_case(ax, results, name, title)
        if rows == 2:
            for ax, what in zip(axes[1], GROWTH, strict=True):
                _draw_growth(ax, results, what)
            labelled = axes[1, 0].get_legend_handles_labels()
            drawn.legend(*labelled, loc="outside lower center", ncols=5, frameon=False)
        buffer = io.StringIO()
        drawn.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def _draw_case(ax: Any, results: dict[str, Any], name: str, title: str) -> None:
    from matplotlib.ticker import NullFormatter, ScalarFormatter

    measured = results["speed"][name]
    times = {k: v for k, v in measured["contestants"].items() if "costs" in v}
    for place, (contestant, spread) in enumerate(times.items()):
        low, median, high = (1e6 * spread[key] for key in ("low", "median", "high"))
        colour = _colour(results, contestant)
        ax.plot([low, high], [place, place], color=colour, linewidth=3, alpha=0.5)
        ax.plot(median, place, "o", color=colour)
    ax.axvline(1e6 * measured["floor"]["floor"], color="black", linestyle=":", linewidth=1)
    ax.set_yticks(range(len(times)), [_title(results, key) for key in times], fontsize="x-small")
    ax.invert_yaxis()
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(ScalarFormatter())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("µs per presentation", fontsize="small")
    ax.set_title(title, fontsize="small")


def _draw_growth(ax: Any, results: dict[str, Any], what: str) -> None:
    values = results["scaling"].get(what, {})
    names = list(dict.fromkeys(name for m in values.values() for name in m["contestants"]))
    for name in names:
        points = [
            (int(value), 1e6 * measured["contestants"][name]["median"])
            for value, measured in values.items()
            if "median" in measured["contestants"].get(name, {})
        ]
        if points:
            colour = _colour(results, name)
            ax.plot(*zip(*points, strict=True), "o-", label=_title(results, name), color=colour)
    if values:
        floors = [1e6 * measured["floor"]["floor"] for measured in values.values()]
        ax.plot([int(v) for v in values], floors, ":", color="black", label="floor")
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xlabel(GROWTH[what], fontsize="small")
    ax.set_ylabel("µs per presentation", fontsize="small")


def _title(results: dict[str, Any], name: str) -> str:
    return results["contestants"].get(name, {}).get("title", name)


def _colour(results: dict[str, Any], name: str) -> str:
    return f"C{list(results['contestants']).index(name) % 10}"
