"""What the documentation shows is true: examples run, commands exist, links lead somewhere."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import matplotlib
import pytest
import typer
from brian2 import prefs

import ontogeny.data
import ontogeny.engine
import ontogeny.models
import ontogeny.plasticity
from ontogeny.data.images import NAMES
from ontogeny.data.sources import SOURCES
from ontogeny.plasticity import InitialWeights, Optimiser, Rule
from ontogeny.studies.command_line import app
from ontogeny.studies.scorecards import page as scorecard_page
from ontogeny.studies.scorecards import read_scorecard

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCORECARDS = sorted((ROOT / "docs" / "results").glob("*.json"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = [
    module.name
    for layer in ("engine", "plasticity", "models", "data", "analysis", "studies")
    for module in pkgutil.walk_packages(
        importlib.import_module(f"ontogeny.{layer}").__path__, f"ontogeny.{layer}."
    )
]


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(autouse=True)
def undisturbed(monkeypatch, tmp_path):
    """Run examples in an empty folder, and put back what they change in Brian2 and matplotlib."""
    monkeypatch.chdir(tmp_path)
    target, backend = prefs.codegen.target, matplotlib.get_backend()
    matplotlib.use("Agg")
    yield
    matplotlib.pyplot.close("all")
    matplotlib.use(backend)
    prefs.codegen.target = target


@pytest.fixture
def short(monkeypatch):
    """Make lives short without a change to the text that describes them."""
    models = ontogeny.models

    def spontaneous(noise, *, presentations, **others):
        return models.schedule.Spontaneous(noise, presentations=min(presentations, 640), **others)

    def learning(stimuli, *, epochs, **others):
        few = stimuli.sample(min(len(stimuli), 640), seed=0)
        return models.schedule.Learning(few, epochs=min(epochs, 2), **others)

    monkeypatch.setattr(models, "Spontaneous", spontaneous)
    monkeypatch.setattr(models, "Learning", learning)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings(name):
    if name.endswith(".cuda_device"):
        pytest.importorskip("brian2cuda", reason="of the extra [cuda]")
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_prompts_on_pages(page):
    for number, text in enumerate(blocks(page, "python")):
        if text.startswith(">>>"):
            test = doctest.DocTestParser().get_doctest(text, {}, f"{page.name}:{number}", None, 0)
            runner = doctest.DocTestRunner()
            assert test.examples
            assert runner.run(test).failed == 0


def run_block(text):
    namespace = {"__name__": "readme"}
    exec(compile(text, "README.md", "exec", dont_inherit=True), namespace)
    return namespace


def test_first_example_of_the_readme(short, tmp_path):
    first = blocks(ROOT / "README.md", "python")[0]
    assert len(first.splitlines()) <= 25
    shown = run_block(first)
    assert shown["angle"].dims == ("checkpoint", "synapses")
    assert 0 < float(shown["speed"]) < 1
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"first.nc", "first.png"}
    with ontogeny.data.open_trajectory(tmp_path / "runs" / "first.nc") as stored:
        assert stored.attrs["status"] == "complete"


def test_own_stimuli_of_the_readme_are_learned():
    namespace = run_block(blocks(ROOT / "README.md", "python")[1])
    assert namespace["joined"]["weights"].sizes["network"] == 5
    assert float(namespace["joined"]["tests"]["accuracy"].isel(test=-1).mean()) > 0.5


def test_rule_of_the_readme_learns():
    shown = run_block(blocks(ROOT / "README.md", "python")[3])
    assert shown["known"] == ("delta_pre", "forward_w")
    rule = type(shown["network"].rule)
    network = ontogeny.models.layered(
        [784, 30, 10], rule=rule(strength=0.2), optimiser=ontogeny.plasticity.SGD(rate=0.1)
    )
    images = ontogeny.data.load_images("mnist-5k")
    schedule = ontogeny.models.Schedule(
        ontogeny.models.Learning(images.train.sample(640), epochs=5, test=images.test)
    )
    losses = ontogeny.models.simulate(network, schedule, progress=False)["tests"]["loss"]
    assert float(losses[-1]) < 0.9 * float(losses[0])


def test_leaky_network_of_the_readme():
    network = run_block(blocks(ROOT / "README.md", "python")[2])["network"]
    assert network.dynamics.in_time and network.masks(0)


def test_every_block_of_the_readme_is_tested():
    assert len(blocks(ROOT / "README.md", "python")) == 4


def table(heading):
    """Return the names in the first column of the README's table with this heading."""
    rows = re.search(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", README, re.M).group(1)
    return {re.match(r"\| `([\w-]+)`", row).group(1) for row in rows.splitlines()}


def public(kind):
    items = (getattr(ontogeny.plasticity, name) for name in ontogeny.plasticity.__all__)
    found = {i.__name__ for i in items if isinstance(i, type) and issubclass(i, kind)}
    return found - {kind.__name__}


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("rule", public(Rule)),
        ("optimiser", public(Optimiser)),
        ("initial weights", public(InitialWeights)),
        ("device", set(ontogeny.engine.DEVICES)),
        ("data set", set(NAMES)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_tables_of_the_readme_are_complete(heading, names):
    assert table(heading) == names


def test_licences_in_the_readme_are_those_of_the_data_sets():
    for name, source in SOURCES.items():
        row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
        assert row.endswith(f"| {source.licence} |")


@pytest.mark.parametrize("names", ["TRANSFERS", "READOUTS"])
def test_readme_and_equations_name_transfers_and_readouts(names):
    equations = (ROOT / "docs" / "equations.md").read_text(encoding="utf-8")
    for name in getattr(ontogeny.models, names):
        assert f"`{name}`" in README
        assert f'| `"{name}"` |' in equations


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page):
    code = re.findall(r"`{1,3}([^`]+)`{1,3}", page.read_text(encoding="utf-8"))
    lines = [line.strip() for text in code for line in text.splitlines()]
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    command = typer.main.get_command(app)
    for line in lines:
        words = line.split()
        if words[:1] == ["make"] and len(words) > 1:
            assert words[1] in targets, line
        if words[:1] == ["ontogeny"] and len(words) > 1:
            known, rest = command.commands[words[1]], words[2:]
            while rest and rest[0] in getattr(known, "commands", {}):
                known = known.commands[rest.pop(0)]
            options = {option for item in known.params for option in item.opts} | {"--help"}
            assert {word for word in words[2:] if word.startswith("-")} <= options, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (page.parent / link.split("#")[0]).exists(), link


@pytest.mark.parametrize("path", SCORECARDS, ids=lambda path: path.stem)
def test_scorecards_are_linked_and_their_pages_say_what_they_hold(path):
    text = scorecard_page.page(read_scorecard(path))
    assert path.with_suffix(".md").read_text(encoding="utf-8") == text
    results = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    for end in ("md", "html", "json"):
        assert path.with_suffix(f".{end}").is_file()
        assert f"](results/{path.stem}.{end})" in results
