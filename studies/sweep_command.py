"""The command ``ontogeny sweep``: a function of the user's over a grid."""

import importlib.util
import itertools
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .terminal import bar_of_lives, errors_in_one_line
from .threads import single_thread

if TYPE_CHECKING:
    import xarray as xr
    from rich.table import Table

__all__ = ["sweep_file"]

_GO_ON = "Stopped: what was stored is whole, and the same command goes on with the rest."


def sweep_file(
    file: Annotated[
        str, typer.Argument(help="File of Python with a function, FILE.py or FILE.py:function.")
    ],
    grid: Annotated[
        list[str], typer.Option(help="A parameter and its values, such as rate=1e-4,3e-4.")
    ],
    networks: Annotated[int, typer.Option(help="Networks at every point.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed of the first network; the others follow on.")] = 0,
    device: Annotated[
        str, typer.Option(help="What simulates; 'ontogeny doctor' lists the choices.")
    ] = "numpy",
    trials: Annotated[int, typer.Option(help="Presentations in one step.")] = 64,
    dtype: Annotated[str, typer.Option(help="Precision: float32 or float64.")] = "float32",
    workers: Annotated[
        int | None,
        typer.Option(
            help="Lives at a time; results do not depend on it.",
            show_default="one per processor",
        ),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask cluster.", show_default="this machine")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where lives are kept.")] = Path("runs/sweep"),
) -> None:
    """Have networks of your own lived at every point of a grid.

    The function ('make', if no other is named) takes the values of a point by name and returns
    (network, schedule). Lives that are there already are kept; all of them, joined, are written to
    lives.nc in the folder.
    """
    with single_thread(), errors_in_one_line(_GO_ON):
        from ontogeny.data import write_trajectory

        from .cluster import usable_workers
        from .sweeps import sweep

        workers = usable_workers(workers, scheduler, tell=partial(typer.echo, err=True))
        make = loaded_function(file)
        values = parsed_grid(grid)
        with bar_of_lives() as bar:
            lives = sweep(
                make,
                values,
                networks=networks,
                seed=seed,
                folder=folder,
                device=device,
                trials=trials,
                dtype=dtype,
                workers=workers,
                scheduler=scheduler,
                progress=bar,
            )
        write_trajectory(lives, folder / "lives.nc")
        from rich.console import Console

        Console().print(sweep_table(measured(lives), list(values)))
        typer.echo(f"Written to {folder}: lives.nc, and every life below lives")


def parsed_grid(texts: Sequence[str]) -> dict[str, list[Any]]:
    """Read the values of all parameters.

    Parameters
    ----------
    texts : sequence of str
        As `parsed_values` takes them.

    Raises
    ------
    ValueError
        If a parameter comes twice, or has no name or no value.

    Examples
    --------
    >>> parsed_grid(["rate=1e-4", "hidden=50,100"])
    {'rate': [0.0001], 'hidden': [50, 100]}
    """
    grid: dict[str, list[Any]] = {}
    for text in texts:
        name, values = parsed_values(text)
        if name in grid:
            raise ValueError(
                f"sweep.grid: expected each parameter once, got {name!r} twice; give all of its "
                f"values at once: {name}={','.join(map(str, grid[name] + values))}"
            )
        grid[name] = values
    return grid


def parsed_values(text: str) -> tuple[str, list[Any]]:
    """Read the values of one parameter: numbers if all of them are, else texts.

    Parameters
    ----------
    text : str
        A name, and values between commas.

    Raises
    ------
    ValueError
        If there is no name or no value.

    Examples
    --------
    >>> parsed_values("rate=1e-4,3e-4"), parsed_values("hidden=50,100")
    (('rate', [0.0001, 0.0003]), ('hidden', [50, 100]))
    >>> parsed_values("noise=gaussian,sparse")
    ('noise', ['gaussian', 'sparse'])
    """
    name, _, listed = text.partition("=")
    values = [value.strip() for value in listed.split(",")]
    if not name.strip() or not all(values):
        raise ValueError(
            f"sweep.grid: expected a name and its values, such as rate=1e-4,3e-4, got {text!r}"
        )
    for kind in (int, float):
        try:
            return name.strip(), [kind(value) for value in values]
        except ValueError:
            continue
    return name.strip(), values


def loaded_function(text: str) -> Callable[..., Any]:
    """Return a function of a file.

    Parameters
    ----------
    text : str
        The file, and the function after a colon; ``make`` if there is none.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file cannot be run, or has no such function.
    """
    path, _, name = text.rpartition(":") if not text.endswith(".py") else (text, "", "make")
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(
            f"sweep.file: expected FILE.py or FILE.py:function, got {text!r}, and no such file"
        )
    module = _module(file)
    found = getattr(module, name, None)
    if not callable(found):
        functions = [key for key, value in vars(module).items() if _is_own(value, module)]
        raise ValueError(
            f"sweep.file: expected a function {name!r} in {str(file)!r}, got one of {functions}; "
            f"name it: {file}:function"
        )
    return found


def _is_own(value: Any, module: ModuleType) -> bool:
    return callable(value) and getattr(value, "__module__", None) == module.__name__


def _module(file: Path) -> ModuleType:
    name = f"ontogeny_sweep_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ValueError(
            f"sweep.file: expected a file that runs, got {type(error).__name__} in {str(file)!r}: "
            f"{error}"
        ) from error
    if importlib.util.find_spec("cloudpickle") is not None:
        import cloudpickle

        # Workers do not know the file: its classes travel with what is made of them.
        cloudpickle.register_pickle_by_value(module)
    return module


def measured(lives: "xr.DataTree") -> "dict[str, xr.DataArray]":
    """Return the measures that lives have, by the title of their column.

    Parameters
    ----------
    lives : xarray.DataTree
        What `sweep` returns.
    """
    import numpy as np
    import xarray as xr

    from ontogeny.analysis import final_accuracy, learning_speed

    from .report import alignment_at_ends

    found = {}
    for title, measure in (
        ("Final accuracy, %", lambda: 100 * final_accuracy(lives)),
        ("Learning speed, %", lambda: 100 * learning_speed(lives)),
        ("Angle at the end, °", lambda: alignment_at_ends(lives)[1].isel(synapses=-1)),
    ):
        try:
            found[title] = measure()
        except (KeyError, ValueError):
            continue  # lives without tests, or without feedback or weights
    if not found:
        loss = lives["progress"]["loss"]
        # Shorter lives are padded by NaN: every life has its own last checkpoint.
        position = xr.DataArray(np.arange(loss.sizes["checkpoint"]), dims="checkpoint")
        last = position.where(loss.notnull(), 0).max("checkpoint").astype(int)
        found["Final loss"] = xr.DataArray(loss.isel(checkpoint=last))
    return found


def sweep_table(found: "dict[str, xr.DataArray]", dims: Sequence[str]) -> "Table":
    """Lay out measures: one row per point of the grid, mean and range over networks.

    Parameters
    ----------
    found : mapping of xarray.DataArray
        Measures by title.
    dims : sequence of str
        Dims of the grid.
    """
    from rich import box
    from rich.table import Table

    from .report import text_of

    first = next(iter(found.values()))
    table = Table(
        *dims,
        *found,
        title=f"Mean and range over networks (n = {first.sizes['network']})",
        title_justify="left",
        box=box.SIMPLE_HEAD,
    )
    for point in itertools.product(*(first[dim].values.tolist() for dim in dims)):
        chosen = dict(zip(dims, point, strict=True))
        cells = [text_of(values.sel(chosen)) for values in found.values()]
        table.add_row(*(str(label) for label in point), *cells)
    return table
