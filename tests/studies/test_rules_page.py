"""The command runs small and its page is whole; what it times and chooses is right."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from ontogeny.data import load_images
from ontogeny.plasticity import FeedbackAlignment, KolenPollack, WeightMirror
from ontogeny.studies import rules_costs, rules_lives, rules_measure
from ontogeny.studies.rules import rules
from ontogeny.studies.rules_cases import MIRRORING, Entry, entries, parts
from ontogeny.studies.rules_page import page

ROWS = [entry.name for entry in entries()]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Let the command write a page about one tiny network; times are not measured."""
    folder = tmp_path_factory.mktemp("rules")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules_lives, "RATES", (1e-3,))
        patch.setattr(rules_measure, "RATES", (1e-3,))
        patch.setattr(rules_measure, "measured_costs", invented)
        patch.setenv("COLUMNS", "80")
        said = measure(folder / "page.md")
    assert said.exit_code == 0, said.stderr
    text = (folder / "page.md").read_text(encoding="utf-8")
    results = json.loads((folder / "page.json").read_text(encoding="utf-8"))
    return SimpleNamespace(folder=folder, said=said, text=text, results=results)


def measure(out):
    from typer.testing import CliRunner

    from ontogeny.studies.command_line import app

    tiny = ("--networks", "1", "--epochs", "1", "--training-size", "100", "--workers", "1")
    given = ["rules", "--measure", *tiny, "--device", "numpy", "--out", str(out)]
    return CliRunner().invoke(app, given)


def invented(compared, stimuli, **others):
    """Return costs that tell their entry by its position."""
    one = {"median": 1.0, "low": 0.5, "high": 2.0, "count": 1}
    found = {}
    for number, entry in enumerate(compared, start=1):
        kinds = ("", "noise_") if entry.mirrors else ("",)
        found[entry.name] = {f"{kind}seconds": {**one, "median": 1e-6} for kind in kinds}
        found[entry.name] |= {f"{kind}ratio": {**one, "median": float(number)} for kind in kinds}
    return found


def rows(text, heading):
    """Return the cells of a table under a heading, by the first cell."""
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    assert len({len(row) for row in cells}) == 1
    return {row[0]: row[1:] for row in cells[2:]}


def test_every_rule_is_on_the_page(written):
    assert {row["rule"] for row in written.results["rules"].values()} == {
        kind.__name__ for kind in rules().values()
    }
    said = rows(written.text, "What rules say")
    assert set(said) == {f"`{name.removesuffix(', leaky')}`" for name in ROWS}
    measured = rows(written.text, "What they cost, and how they learn")
    assert list(measured) == [
        f"`{name.removesuffix(', leaky')}`{', **leaky**' if 'leaky' in name else ''}"
        for name in ROWS
    ]
    for entry in entries():
        assert entry.rule.equations() in written.text and entry.rule.citation in written.text


def test_numbers_of_the_page_are_those_of_the_results(written):
    measured = rows(written.text, "What they cost, and how they learn")
    number = r"(-|(\d+\.\d) \((\d+\.\d) to (\d+\.\d)\)(, unused)?)"
    for position, (cells, row) in enumerate(
        zip(measured.values(), written.results["rules"].values(), strict=True), start=1
    ):
        cost, rate, *others = cells
        assert float(cost.split()[0]) == position and float(rate) == 1e-3
        found = [re.fullmatch(number, cell) for cell in others]
        assert all(found), others
        assert float(found[2][2]) == pytest.approx(100 * row["accuracy"][0], abs=0.051)
        for match, name in zip(found, ("alignment", "error_alignment"), strict=False):
            assert (match[0] == "-") == (row[name][0] is None)


def test_who_has_angles(written):
    found = written.results["rules"]
    without = {name for name, row in found.items() if row["alignment"] == [None]}
    assert without == {"Shallow", "NodePerturbation"}
    assert {name for name, row in found.items() if row["error_alignment"] == [None]} == without
    assert found["Backpropagation"]["error_alignment"][0] < 1e-3
    assert found["FeedbackAlignment"]["alignment"] == found["DirectFeedbackAlignment"]["alignment"]
    assert (
        "unused" in rows(written.text, "What they cost, and how they learn")["`Backpropagation`"][2]
    )


def test_what_is_not_local_is_emphasised(written):
    said = rows(written.text, "What rules say")
    assert {name for name, cells in said.items() if any("**" in cell for cell in cells)} == {
        f"`{entry.name}`" for entry in entries() if entry.rule.nonlocal_reads
    }
    assert "**`pseudo_inverse`**" in said["`PseudoBackpropagation`"][2]


def test_the_page_tells_its_command_and_links_its_numbers(written):
    command = f"--training-size 100 --device numpy --out {written.folder / 'page.md'}"
    assert re.search(
        rf"```sh\nontogeny rules --measure --networks 1 .*{command}\n```", written.text
    )
    for link in re.findall(r"\]\(([^)\s]+)\)", written.text):
        assert (written.folder / link).is_file()
    assert page(written.results, numbers="page.json") == written.text
    assert "{" not in re.sub(r"```.*?```|`[^`]*`", "", written.text, flags=re.S)


def test_the_page_of_the_documentation_is_made_of_its_numbers():
    folder = Path(__file__).parents[2] / "docs"
    results = json.loads((folder / "rules.json").read_text(encoding="utf-8"))
    assert list(results["rules"]) == ROWS
    assert page(results) == (folder / "rules.md").read_text(encoding="utf-8")


def test_nothing_is_written_where_it_cannot_be(tmp_path):
    said = measure(tmp_path / "nowhere" / "page.md")
    assert said.exit_code == 1 and "rules.out: expected a page such as" in said.stderr
    assert measure(tmp_path / "page.txt").exit_code == 1
    assert not list(tmp_path.iterdir())


def test_rules_are_listed(invoke):
    said = invoke("rules")
    assert said.exit_code == 0
    assert "forward_w!" in said.stdout and "pseudo_inverse!" in said.stdout


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"networks": 0}, "Comparison.networks: expected a positive integer, got 0"),
        ({"seed": -1}, "Comparison.seed: expected an integer from 0 to"),
        ({"seconds": 0}, "Comparison.seconds: expected a time of 0 to 60 seconds"),
        ({"device": "abacus"}, "expected one of numpy"),
        ({"device": "synapses"}, "Comparison.trials: expected at most 1"),
    ],
)
def test_what_cannot_be_is_refused(given, words):
    with pytest.raises(ValueError, match=words):
        rules_measure.Comparison(**{"device": "numpy", **given})


def test_networks_that_choose_are_not_reported():
    comparison = rules_measure.Comparison(device="numpy", networks=1000, choosing=1000)
    assert not set(comparison.seeds) & set(comparison.other_seeds)


def test_the_best_rate_is_chosen_and_leaky_networks_take_that_of_feedback_alignment(monkeypatch):
    compared = [entry for entry in entries() if isinstance(entry.rule, FeedbackAlignment)]
    assert [entry.dynamics.in_time for entry in compared] == [False, True]
    runs = rules_lives.Runs("numpy", 1, None, None)
    accuracies = dict(zip(rules_lives.RATES, (0.1, 0.5, 0.9, 0.2), strict=True))
    monkeypatch.setattr(
        runs, "_live", lambda wanted, *others: {key: accuracies[key[1]] for key in wanted}
    )
    chosen = runs.choose(compared, None, None, seeds=[5, 6])
    assert [row["rate"] for row in chosen.values()] == [rules_lives.RATES[2]] * 2
    assert chosen["FeedbackAlignment"]["judged"] == pytest.approx([0.1, 0.5, 0.9, 0.2])


def test_stimuli_to_choose_by_are_not_learned_from():
    train = load_images("mnist-5k").train.sample(100)
    learned, judged = parts(train)
    assert len(learned) == 80 and len(judged) == 20
    known = {image.tobytes() for image in learned.images.values}
    assert not known & {image.tobytes() for image in judged.images.values}
    assert (learned.scale, learned.classes) == (train.scale, train.classes)


def test_mirrors_take_turns_with_learning():
    train = load_images("mnist-5k").train.sample(64)
    phases = Entry(rule=WeightMirror()).schedule(train, train, 2).phases
    assert [phase.kind for phase in phases] == ["spontaneous", "learning"] * 2
    assert [phases[0].presentations, phases[2].presentations] == [64 * MIRRORING, 64]
    phases = Entry(rule=KolenPollack()).schedule(train, train, 3).phases
    assert [phase.test is not None for phase in phases] == [False, False, True]


def test_costs_are_ratios_of_differences(monkeypatch):
    """Lives take invented times: 5 s to start, then 1, 2 and 3 ms a presentation."""
    clock = SimpleNamespace(now=0.0, order=[])

    def simulate(network, schedule, **others):
        phase = schedule.phases[0]
        count = getattr(phase, "presentations", 0) or len(phase.stimuli) * phase.epochs
        pace = {"KolenPollack": 2e-3, "WeightMirror": 3e-3}.get(type(network.rule).__name__, 1e-3)
        if phase.kind == "spontaneous":
            pace = 6e-3
        clock.now += 5 + pace * count
        clock.order.append((type(network.rule).__name__, phase.kind))

    monkeypatch.setattr(rules_costs, "simulate", simulate)
    monkeypatch.setattr(rules_costs.time, "perf_counter", lambda: clock.now)
    compared = [Entry(rule=rule) for rule in (FeedbackAlignment(), KolenPollack(), WeightMirror())]
    train = load_images("mnist-5k").train
    found = rules_costs.measured_costs(
        compared, train, device="numpy", repeats=2, seconds=20.0, tell=lambda text: None
    )
    assert found["FeedbackAlignment"]["seconds"]["median"] == pytest.approx(1e-3)
    assert found["KolenPollack"]["ratio"]["median"] == pytest.approx(2)
    assert found["WeightMirror"]["ratio"]["median"] == pytest.approx(3)
    assert found["WeightMirror"]["noise_ratio"]["median"] == pytest.approx(6)
    assert "noise_ratio" not in found["KolenPollack"]
    first, second = (clock.order[-16:-8], clock.order[-8:])
    assert first == second[::-1] and len(set(first)) == 4
