"""The command ``ontogeny rules``."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from .terminal import bar_of_lives, errors_in_one_line
from .threads import single_thread

__all__ = ["compare"]

OUT = Path("docs/rules.md")


def compare(
    measure: Annotated[
        bool,
        typer.Option("--measure", help="Measure all rules in one run, and write the page."),
    ] = False,
    networks: Annotated[int, typer.Option(help="Networks of each rule that are reported.")] = 5,
    epochs: Annotated[int, typer.Option(help="Length of learning.")] = 10,
    training_size: Annotated[
        int | None,
        typer.Option(
            help="Training stimuli, drawn in equal shares of classes.", show_default="all"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the first network; the others follow on.")] = 0,
    repeats: Annotated[int, typer.Option(help="Times that costs are measured.")] = 9,
    seconds: Annotated[float, typer.Option(help="Length of a timed life, about.")] = 0.5,
    device: Annotated[
        str, typer.Option(help="What simulates; 'ontogeny doctor' lists the choices.")
    ] = "cpp",
    workers: Annotated[
        int | None,
        typer.Option(
            help="Lives at a time; costs are measured with none beside.",
            show_default="one per processor",
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(help="Page that --measure writes, or replaces, with a .json beside it."),
    ] = OUT,
) -> None:
    """List the learning rules, and what their synapses have to know; or measure them all."""
    if not measure:
        with errors_in_one_line():
            typer.echo(_listed())
        return
    # Before NumPy is imported, as in 'ontogeny run'.
    with single_thread(), errors_in_one_line():
        from .rules_measure import Comparison, compare_rules

        if not out.parent.is_dir() or out.suffix != ".md":
            raise ValueError(
                f"rules.out: expected a page such as {OUT} in a folder that exists, got "
                f"{str(out)!r}"
            )
        given = {
            "networks": networks,
            "epochs": epochs,
            "training_size": training_size,
            "seed": seed,
            "repeats": repeats,
            "seconds": seconds,
            "device": device,
        }
        comparison = Comparison(**given, command=_command(**given, out=out))  # type: ignore[arg-type]
        with bar_of_lives() as bar:
            results = compare_rules(
                comparison,
                workers=workers,
                progress=bar,
                tell=lambda text: typer.echo(text, err=True),
            )
        for path in _written(results, out):
            typer.echo(f"Written: {path}")


def _command(**given: Any) -> str:
    """Return the command that makes the same page again."""
    defaults = dict(zip(compare.__annotations__, compare.__defaults__ or (), strict=False))
    words = ["ontogeny rules --measure"]
    for name, value in given.items():
        if name in ("networks", "device", "out") or value != defaults[name]:
            words.append(f"--{name.replace('_', '-')} {value}")
    return " ".join(words)


def _listed() -> str:
    """Write down the rules and what they read, in lines that can be copied and searched."""
    from ontogeny.plasticity.vocabulary import NON_LOCAL

    from .rules import rules

    lines = ["Learning rules by name; what is not at hand where a synapse is, is marked by !"]
    for name, kind in rules().items():
        lines += ["", name]
        for who, words in kind().reads().items():
            told = ", ".join(f"{word}!" if word in NON_LOCAL else word for word in words)
            lines.append(f"    {who}: {told or 'nothing'}")
    return "\n".join(lines)


def _written(results: dict[str, Any], out: Path) -> list[Path]:
    from ontogeny.data.files import write_text

    from .rules_page import page

    numbers = out.with_suffix(".json")
    write_text(numbers, json.dumps(results, indent=1) + "\n")
    write_text(out, page(results, numbers=numbers.name))
    return [numbers, out]
