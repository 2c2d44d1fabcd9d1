"""The commands ``ontogeny study ...``."""

import json
import shlex
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .terminal import bar_of_lives, errors_in_one_line
from .threads import processors, single_thread

__all__ = ["study_app"]

study_app = typer.Typer(
    help="Published experiments: run them, and read what became of their claims.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="Study; 'ontogeny study list' has them.")]
Panels = Annotated[
    list[str] | None,
    typer.Option("--panel", help="Panel; may be given several times.", show_default="all"),
]
Networks = Annotated[
    int | None, typer.Option(help="Networks in every condition.", show_default="the study's own")
]
Seed = Annotated[
    int | None, typer.Option(help="Seed of the first network.", show_default="the study's own")
]
Device = Annotated[str | None, typer.Option(help="What simulates.", show_default="the study's own")]
Quick = Annotated[
    bool,
    typer.Option(
        "--quick", help="Small numbers: proves that all works; its verdicts mean nothing."
    ),
]
Folder = Annotated[Path, typer.Option(help="Where lives and measures are kept.")]
Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the scorecard and the report.", show_default="the study's, below --folder"
    ),
]


@study_app.command("list")
def list_studies() -> None:
    """List the studies and their panels."""
    from .study import STUDIES, find_study

    table = Table("Study", "Panels", "Claims", "Networks", "Title")
    for name in STUDIES:
        study = find_study(name)
        rows = sum(len(panel.rows) for panel in study.panels) + len(study.absent)
        panels = ", ".join(panel.name for panel in study.panels)
        table.add_row(name, panels, str(rows), str(study.settings.networks), study.title)
    Console().print(table)


@study_app.command()
def run(
    name: Name,
    panel: Panels = None,
    networks: Networks = None,
    seed: Seed = None,
    device: Device = None,
    quick: Quick = False,
    workers: Annotated[
        int | None,
        typer.Option(help="Lives at a time.", show_default="one per processor"),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask cluster.", show_default="this machine")
    ] = None,
    folder: Folder = Path("runs"),
    out: Out = None,
) -> None:
    """Run a study: every life that is missing, every measure, and the scorecard.

    Finished lives are never lived again; a run that was stopped goes on by the same command.
    """
    with single_thread(), errors_in_one_line():
        from .cluster import usable_workers
        from .study import find_study
        from .study_run import run_study, settings_of

        study = find_study(name)
        study.chosen(panel or [])
        settings = settings_of(study, quick=quick, networks=networks, seed=seed, device=device)
        tell = partial(typer.echo, err=True)
        workers = usable_workers(workers, scheduler, tell=tell)
        missing = study.missing(settings)
        if missing:
            tell(missing)
        with bar_of_lives() as bar:
            seconds = run_study(
                study,
                settings,
                folder,
                panels=panel or [],
                workers=workers,
                scheduler=scheduler,
                progress=bar,
            )
        # A cluster of others has as many as it has.
        count = workers or (processors() if scheduler is None else "a cluster's")
        _report(study, settings, folder, out, {"seconds": round(seconds, 1), "workers": count})


@study_app.command()
def report(
    name: Name,
    networks: Networks = None,
    seed: Seed = None,
    device: Device = None,
    quick: Quick = False,
    folder: Folder = Path("runs"),
    out: Out = None,
) -> None:
    """Write the scorecard and the report again, from what was measured."""
    with errors_in_one_line():
        from .study import find_study
        from .study_run import settings_of

        study = find_study(name)
        settings = settings_of(study, quick=quick, networks=networks, seed=seed, device=device)
        _report(study, settings, folder, out, None)


@study_app.command()
def life(
    name: Annotated[
        str, typer.Argument(help="Name of a life, as reports have it, or its first digits.")
    ],
    folder: Folder = Path("runs"),
) -> None:
    """Show a life that a report names: its label, its file and its description."""
    with errors_in_one_line():
        from .archive import Archive

        path = Archive(folder / "lives").find(name)
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        console = Console()
        console.print(f"{told['label']}\n{path}\n{told['digest']}", highlight=False)
        console.print_json(data=told["description"])


def _report(study, settings, folder: Path, out: Path | None, run: dict | None) -> None:  # type: ignore[no-untyped-def]
    from .archive import Archive
    from .scorecards import read_scorecard, scorecard_table, write_scorecard
    from .study_run import figures_of, measured_panels, place_of, scorecard_of

    measured = measured_panels(study, settings, folder)
    if not measured:
        raise FileNotFoundError(
            f"study.report: expected measures of {study.name} with these settings in "
            f"{str(folder)!r}, got none; 'ontogeny study run {study.name}' with the same options "
            f"(--quick, --networks, --seed, --device, --folder) makes them"
        )
    own = place_of(study, settings, folder)
    if run is None:
        # Times are those of the run, and not of what is written now.
        run = read_scorecard(own / f"{study.name}.json")["run"]
    else:
        run = {"command": shlex.join(["ontogeny", *sys.argv[1:]]), **run}
    archive = Archive(folder / "lives")
    scorecard = scorecard_of(study, settings, measured, archive=archive, run=run)
    figures = figures_of(study, measured)
    written = write_scorecard(scorecard, figures, own)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        written = write_scorecard(scorecard, figures, out)
    for note in scorecard["notes"]:
        typer.echo(note)
    Console().print(scorecard_table(scorecard))
    for path in written:
        typer.echo(f"Written: {path}")
