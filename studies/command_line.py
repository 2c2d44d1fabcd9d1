"""The command ``ontogeny``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .cache_commands import cache_app
from .compare_command import compare_lives
from .rules_command import compare
from .study_commands import study_app
from .sweep_command import sweep_file
from .terminal import bar_of_lives, errors_in_one_line
from .threads import single_thread

__all__ = ["app"]

app = typer.Typer(
    name="ontogeny",
    help="Simulate developmental learning without weight transport.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cache_app, name="cache")
app.add_typer(study_app, name="study")
app.command("compare")(compare_lives)
app.command("rules")(compare)
app.command("sweep")(sweep_file)


_GO_ON = (
    "Stopped: what was stored is whole, and the same command with --resume goes on with the rest."
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"ontogeny {version('ontogeny')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Simulate developmental learning without weight transport."""


@app.command()
def run(
    rule: Annotated[
        str, typer.Option(help="Rule without weight transport; a wrong name lists the choices.")
    ] = "feedback-alignment",
    data: Annotated[
        str, typer.Option(help="Data set; a wrong name lists the choices.")
    ] = "mnist-5k",
    hidden: Annotated[
        str, typer.Option(help="Sizes of the hidden populations, such as 100 or 100,50.")
    ] = "100",
    networks: Annotated[int, typer.Option(help="Networks in every condition.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed of the first network; the others follow on.")] = 0,
    rate: Annotated[float, typer.Option(help="Learning rate of Adam.")] = 1e-4,
    trials: Annotated[int, typer.Option(help="Presentations in one step.")] = 64,
    noise: Annotated[
        str, typer.Option(help="Noise of the spontaneous phase; a wrong name lists the choices.")
    ] = "gaussian",
    noise_presentations: Annotated[
        int, typer.Option(help="Length of the spontaneous phase, in noise patterns.")
    ] = 512_000,
    epochs: Annotated[int, typer.Option(help="Length of learning; tested after every epoch.")] = 30,
    training_size: Annotated[
        int | None,
        typer.Option(
            help="Training stimuli, drawn in equal shares of classes.", show_default="all"
        ),
    ] = None,
    device: Annotated[
        str, typer.Option(help="What simulates; 'ontogeny doctor' lists the choices.")
    ] = "numpy",
    dtype: Annotated[str, typer.Option(help="Precision: float32 or float64.")] = "float32",
    workers: Annotated[
        int | None,
        typer.Option(
            help="Lives at a time, each in a process of its own; results do not depend on it.",
            show_default="one per processor",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(help="Name of the run, a new folder below --folder.")
    ] = "first-life",
    folder: Annotated[Path, typer.Option(help="Where runs are kept.")] = Path("runs"),
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on with a run that was stopped; finished lives are kept."
        ),
    ] = False,
) -> None:
    """Run the first life: what random noise before learning does for feedback alignment.

    Networks live in three conditions: backpropagation; feedback alignment; noise, then feedback
    alignment. Every life, all lives joined (lives.nc) and their figure (development.png) are
    written to the folder of the run.
    """
    # Before NumPy is imported: one worker then computes, to the last bit, what several do.
    with single_thread():
        with errors_in_one_line():
            from .first_life import FirstLife, run_first_life
            from .noises import find_noise
            from .rules import find_rule

            place = folder / _checked_name(name)
            study = FirstLife(
                rule=find_rule(rule),
                data=data,
                hidden=_sizes(hidden),
                networks=networks,
                seed=seed,
                rate=rate,
                trials=trials,
                noise=find_noise(noise),
                noise_presentations=noise_presentations,
                epochs=epochs,
                training_size=training_size,
                device=device,
                dtype=dtype,
            )
        with errors_in_one_line(_GO_ON), bar_of_lives() as bar:
            lives = run_first_life(study, place, workers=workers, progress=bar, resume=resume)
    with errors_in_one_line():
        from .report import gap_sentence, results, results_table

        found = results(lives)
        console = Console()
        console.print(results_table(found))
        typer.echo(gap_sentence(found))
        typer.echo(f"Written to {place}: a file for every life, lives.nc, development.png")


@app.command()
def resume(
    store: Annotated[Path, typer.Argument(help="Store of a life, with its folder STORE.parts.")],
) -> None:
    """Go on with a life that was stopped, from its last checkpoint."""
    with errors_in_one_line():
        from ontogeny.models import resume as resume_life

        with bar_of_lives() as bar:
            life = resume_life(store, progress=bar)
        life.close()
        typer.echo(f"The life is {life.attrs['status']}: {store}")


@app.command()
def info(file: Annotated[Path, typer.Argument(help="File of a life, or of joined lives.")]) -> None:
    """Describe a stored life: what lived, through what, and what became of it."""
    with errors_in_one_line():
        from .information import information

        Console().print(information(file))


@app.command()
def doctor(
    run: Annotated[
        bool, typer.Option("--run", help="Prove every device by a tiny life; cpp compiles it.")
    ] = False,
) -> None:
    """Show what works on this machine, and how to mend the rest."""
    from .doctor import diagnosis, diagnosis_table, works

    findings = diagnosis(run=run)
    Console().print(diagnosis_table(findings))
    if not works(findings):
        raise typer.Exit(1)


@app.command()
def bench(
    cases: Annotated[
        str | None,
        typer.Option(
            help="Cases, such as 784-100-10/64/noise/Adam,784-1000-10/1; what is left out of a "
            "name stands for all choices.",
            show_default="4 networks, 64 trials and 1, noise and data, Adam and SGD",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Two networks, few repeats: some minutes.")
    ] = False,
    parts: Annotated[
        str | None,
        typer.Option(
            help="Some of speed,start,memory,scaling.",
            show_default="all; speed with --quick or --cases",
        ),
    ] = None,
    contestants: Annotated[
        str | None,
        typer.Option(help="Who is measured, by name; a wrong one lists all.", show_default="all"),
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(help="Repeats.", show_default="5; 3 with --quick")
    ] = None,
    seconds: Annotated[float, typer.Option(help="Length of a timed run, about.")] = 0.3,
    threads: Annotated[int, typer.Option(help="Threads of every contestant.")] = 1,
    peers: Annotated[
        Path | None,
        typer.Option(
            help="Folder with peers.toml, the others to compare with.",
            show_default="benchmarks, if there is one",
        ),
    ] = None,
    environments: Annotated[
        Path, typer.Option(help="Folder with the environments of the peers; 'make bench' has it.")
    ] = Path(".bench"),
    write: Annotated[
        Path | None,
        typer.Option(
            help="Folder in which performance.md, .svg and .json are written, or replaced.",
            show_default="nothing is written",
        ),
    ] = None,
) -> None:
    """Measure this package beside others that compute the same, by turns in one run."""
    with errors_in_one_line():
        from .bench.choice import chosen_bench, results_tables

        wanted = chosen_bench(
            cases=cases,
            quick=quick,
            parts=parts,
            contestants=contestants,
            repeats=repeats,
            seconds=seconds,
            threads=threads,
            peers=peers,
            environments=environments,
            write=write,
        )
        from .bench.run import run_bench, write_results

        results = run_bench(wanted, lambda text: typer.echo(text, err=True))
        console = Console()
        for found in results_tables(results):
            console.print(found)
        for path in write_results(results, write) if write is not None else []:
            typer.echo(f"Written: {path}")


def _checked_name(name: str) -> str:
    if not name or Path(name).name != name or name.startswith("."):
        raise ValueError(
            f"run.name: expected the name of a folder without separators, got {name!r}; "
            f"--folder says where it lies"
        )
    return name


def _sizes(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ValueError(
            f"run.hidden: expected sizes such as 100 or 100,50, got {text!r}"
        ) from None
