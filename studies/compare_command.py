"""The command ``ontogeny compare``."""

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from .terminal import errors_in_one_line
from .threads import single_thread

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["compare_lives"]

OUT = Path("runs/comparisons")


def compare_lives(
    lives: Annotated[
        list[Path],
        typer.Argument(
            help="Files of lives, joined as networks; or a folder of 'ontogeny run'.",
            metavar="LIFE...",
        ),
    ],
    reference: Annotated[
        str,
        typer.Option(
            "--with",
            help="retinal-waves, v1-development, it-rdm, v1v2, or a file with a recording.",
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder for the page, the figure and the numbers.")
    ] = OUT,
    data: Annotated[
        str, typer.Option(help="Data set whose test images evoke activity.")
    ] = "mnist-5k",
    recording: Annotated[
        list[Path] | None,
        typer.Option(
            help="Recording that retinal-waves compares with; may be given again.",
            show_default="published numbers",
        ),
    ] = None,
    noise_recording: Annotated[
        str | None,
        typer.Option(
            help="Recording that lives on recorded waves saw: its file, or its name.",
            show_default="found by the name in the life",
            metavar="FILE|NAME",
        ),
    ] = None,
    condition: Annotated[
        str | None,
        typer.Option(
            help="Which of joined conditions.", show_default="the last with a spontaneous phase"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Added to the seeds of lives for what is drawn.")] = 0,
) -> None:
    """Set lives beside recordings and published measurements, with controls and intervals."""
    with single_thread(), errors_in_one_line():
        from ontogeny.analysis.comparison import compare
        from ontogeny.data import load_images

        from .beside import lives_beside
        from .comparison_page import comparison_table
        from .comparison_words import footer_of

        stimuli = load_images(data).test if reference in ("v1-development", "v1v2") else None
        with lives_beside(lives, condition) as life:
            found = compare(
                life,
                reference,
                stimuli=stimuli,
                noise_recording=noise_recording,
                recording=recording or None,
                seed=seed,
            )
        found.attrs["command"] = _command(
            lives, reference, out, data, recording, noise_recording, condition, seed
        )
        Console().print(comparison_table(found))
        Console().print(footer_of(found), markup=False, highlight=False)
        older = _older(out / f"{_name(reference)}.json", found.attrs["command"])
        for path in _written(found, out, _name(reference)):
            typer.echo(f"Written: {path}")
        if older:
            typer.echo(f"Replaced what this had written: {older}; --out FOLDER keeps both")


def _older(file: Path, command: str) -> str:
    """Return the command that wrote what is to be replaced, if it was another one."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    older = told.get("command", "") if isinstance(told, dict) else ""
    return "" if older == command else str(older)


def _name(reference: str) -> str:
    """Return what files are called: the name of the reference, or of the recording."""
    from ontogeny.analysis.comparison import COMPARISONS

    if reference in COMPARISONS:
        return reference
    name = Path(reference).resolve().stem or "recording"
    return f"{name}-recording" if name in COMPARISONS else name


def _command(
    lives: list[Path],
    reference: str,
    out: Path,
    data: str,
    recording: list[Path] | None,
    noise_recording: str | None,
    condition: str | None,
    seed: int,
) -> str:
    """Return the command that finds the same again."""
    words = ["ontogeny", "compare", *map(str, lives), "--with", reference]
    for each in recording or []:
        words += ["--recording", str(each)]
    for name, value, default in (
        ("--out", str(out), str(OUT)),
        ("--data", data, "mnist-5k"),
        ("--noise-recording", noise_recording, None),
        ("--condition", condition, None),
        ("--seed", str(seed), "0"),
    ):
        if value is not None and value != default:
            words += [name, value]
    return shlex.join(words)


def _written(found: "xr.Dataset", folder: Path, name: str) -> list[Path]:
    from matplotlib.figure import Figure

    from ontogeny.analysis.comparison import plot_comparison
    from ontogeny.analysis.comparison.figures import comparison_axes
    from ontogeny.data.files import replacing, write_text

    from .comparison_page import comparison_html, comparison_json, comparison_markdown
    from .scorecards import svg_of

    folder.mkdir(parents=True, exist_ok=True)
    # A figure of its own, not one of pyplot's: needs no display, and leaves the user's alone.
    figure = Figure(layout="constrained")
    plot_comparison(found, comparison_axes(figure, found))
    svg = svg_of(figure, name)
    texts = {
        "json": json.dumps(comparison_json(found), indent=1, ensure_ascii=False) + "\n",
        "md": comparison_markdown(found, f"{name}.svg"),
        "svg": svg + "\n",
        "html": comparison_html(found, svg),
    }
    for end, text in texts.items():
        write_text(folder / f"{name}.{end}", text)
    with replacing(folder / f"{name}.png") as file:
        figure.savefig(file, dpi=90, format="png")
    return [folder / f"{name}.{end}" for end in (*texts, "png")]
