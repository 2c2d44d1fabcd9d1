"""Figures of the sample scorecard, with markers, clips, hatches, a legend and an image."""

import numpy as np
from matplotlib.figure import Figure

from ontogeny.studies.scorecards.figures import svg_of

CONDITIONS = ("BP", "FA", "FA, noise")
SIZES = (100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200)


def figures():
    """Return three figures as SVG, by their panels."""
    drawn = (("1d", _alignment()), ("2b", _error()), ("3a/ü", _spectrum()))
    return {name: svg_of(figure, name) for name, figure in drawn}


def _axes(columns):
    figure = Figure(figsize=(6.5, 3.2), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False)[0]
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _alignment():
    figure, (ax,) = _axes(1)
    steps = np.linspace(0, 8000, 17)
    for label, fall in (("feedback alignment", 23), ("backpropagation", 0.4)):
        mean = 88.8 - fall / (1 + np.exp((4000 - steps) / 900))
        ax.plot(steps, mean, marker="o", markersize=3, label=label)
        ax.fill_between(steps, mean - 1.5, mean + 1.5, alpha=0.2, linewidth=0)
    ax.set(xlabel="noise steps", ylabel="alignment (degree)")
    ax.legend(frameon=False)
    return figure


def _error():
    figure, (left, right) = _axes(2)
    for number, label in enumerate(CONDITIONS):
        left.errorbar(SIZES, 0.3 / np.log(SIZES) + 0.02 * number, 0.01, marker="s", label=label)
        right.bar(number, 88.3 - 5 * (number == 1), yerr=1, hatch="//" if number else "")
    left.set(xscale="log", xlabel="training stimuli", ylabel="generalisation error")
    right.set_xticks(range(3), CONDITIONS)
    right.set(ylim=(60, 100), ylabel="learning speed (%)")
    left.legend(frameon=False)
    return figure


def _spectrum():
    figure, (left, right) = _axes(2)
    left.imshow(np.add.outer(np.arange(12), np.arange(12)) % 7, cmap="magma")
    right.plot(np.arange(1, 11), 3 / np.arange(1, 11), marker="^")
    right.set(xlabel="singular value", ylabel="size <a & b>")
    return figure
