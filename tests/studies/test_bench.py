"""The benchmark: protocol, statistics, who fails, pages. Never how fast anything is."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ontogeny.studies.bench.cases import Case, digits, find_cases, full_cases, quick_cases
from ontogeny.studies.bench.choice import chosen_bench, results_tables
from ontogeny.studies.bench.costs import cost, paired_ratios, spread
from ontogeny.studies.bench.measure import Effort, measure
from ontogeny.studies.bench.memory import MemoryWatch, memory_of
from ontogeny.studies.bench.page import page, speed_table, targets_table
from ontogeny.studies.bench.parts import measure_lengths, measure_memory, measure_start
from ontogeny.studies.bench.process import (
    BenchmarkError,
    Contestant,
    Running,
    contestants,
    environment_of,
    running,
)
from ontogeny.studies.bench.roofline import floor_seconds
from ontogeny.studies.bench.run import Bench, run_bench, write_results
from ontogeny.studies.bench.serve import Server
from ontogeny.studies.bench.targets import TARGETS, outcomes

ROOT = Path(__file__).parents[2]
TINY = find_cases(["12-8-5/4/noise/SGD"])[0]
QUICK = Effort(repeats=2, seconds=0.01)
STEADY = """
import os, sys, time
class Contestant:
    def __init__(self, case, images, labels, weights):
        self.case = case
        {prepare}
    def run(self, presentations):
        print("not an answer")
        {run}
        time.sleep(0.002 + presentations * 1e-4)
        return presentations
    def weights(self):
        return {{}}
def versions():
    return {{"steady": "1", "threads": os.environ["OPENBLAS_NUM_THREADS"]}}
"""


def make(folder, name, text, **fields):
    file = folder / f"{name}.py"
    file.write_text(text)
    return Contestant(name=name, title=name, file=file, python=plain().python, **fields)


def steady(folder, name="steady", prepare="pass", run="pass", **fields):
    return make(folder, name, STEADY.format(prepare=prepare, run=run), **fields)


def plain():
    return next(c for c in contestants(None, Path("none")) if c.name == "plain-numpy")


def test_cost_leaves_the_start_out():
    runs = [{"seconds": 3.0 + 0.25 * n, "presentations": n} for n in (4, 12)]
    assert cost(*runs) == 0.25
    with pytest.raises(ValueError, match=r"cost.long: expected more presentations than 12, got 4"):
        cost(*reversed(runs))


def test_ratios_are_paired():
    slow_machine = np.array([1.0, 5.0, 1.0, 2.0])
    ratio = paired_ratios(list(3 * slow_machine), list(slow_machine))
    assert ratio == {"median": 3.0, "low": 3.0, "high": 3.0, "count": 4}
    assert spread([1, 2, 3, 4, 9]) == {"median": 3.0, "low": 2.0, "high": 4.0, "count": 5}
    with pytest.raises(ValueError, match="expected 2 repeats, got 1"):
        paired_ratios([1.0, 2.0], [1.0])


def test_full_cases_are_all_combinations():
    cases = full_cases()
    assert len(cases) == len({case.name for case in cases}) == 4 * 2 * 2 * 2
    assert {case.network for case in cases} == {
        "784-100-10",
        "784-1000-10",
        "784-256-256-256-10",
        "4096-1024-10",
    }
    assert {case.name for case in quick_cases()} < {case.name for case in cases}


def test_every_target_has_a_case_in_the_quick_run():
    everyone = {c.name: {} for c in contestants(ROOT / "benchmarks", ROOT)}
    speed = {case.name: {"contestants": everyone} for case in quick_cases()}
    for target in TARGETS:
        assert list(target.matching({"speed": speed})), target


@pytest.mark.parametrize("name", ["", "784", "a-b", "20-10/0", "20-10/1/sleep", "9-5/1/data/SGD/x"])
def test_wrong_cases_are_refused(name):
    with pytest.raises(ValueError, match="find_cases.names: expected sizes/trials/phase/optimiser"):
        find_cases([name])


def test_work_of_a_case():
    case = find_cases(["4-3-2/8/noise/Adam"])[0]
    assert (case.synapses, case.feedback_synapses) == (18, 6)
    assert case.operations == 2 * (18 + 18 + 6)
    assert case.bytes_per_step == 4 * (6 * 18 + 6)
    roof = {
        "operations_per_second": 84.0,
        "bytes_per_second": {"L2": 57.0, "L3": 1.0, "memory": 1.0},
        "caches": {"L2": 4 * (3 * 18 + 6), "L3": 10**6},
    }
    assert floor_seconds(case, roof) == {"products": 1.0, "weights": 1.0, "floor": 2.0}
    roof["caches"]["L2"] -= 1
    assert floor_seconds(case, roof)["weights"] == 57.0


@pytest.mark.parametrize("units", [12, 784, 4096])
def test_digits_of_any_size_have_as_many_empty_pixels(units):
    images, labels = digits(units, 300)
    assert images.shape == (300, units) and images.dtype == np.uint8 and labels.shape == (300,)
    if units > 100:
        assert np.mean(images > 0) == pytest.approx(0.19, abs=0.02)


def test_contestants_are_not_told_that_they_run_elsewhere(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OPENBLAS_L2_SIZE", "1")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    found = environment_of(3)
    assert not {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PYTHONPATH"} & set(found)
    assert found["OPENBLAS_NUM_THREADS"] == found["OMP_NUM_THREADS"] == "3"


def test_server_answers_faults_with_their_reason():
    server = Server(SimpleNamespace())
    assert "'sing'" in server.answer({"do": "sing"})["error"]
    assert server.answer({"do": "run", "presentations": 1})["error"].startswith("AttributeError")


def test_protocol(tmp_path):
    with running(steady(tmp_path), threads=2) as process:
        greeting = process.collect()
        assert greeting["versions"] == {"steady": "1", "threads": "2"}
        assert greeting["import_seconds"] >= 0
        process.ask(do="prepare", case=TINY.request(tmp_path))
        done = process.ask(do="run", presentations=7)
        assert done["presentations"] == 7 and done["seconds"] >= 0.002
        process.ask(do="weights", path=str(tmp_path / "out.npz"))
        assert list(np.load(tmp_path / "out.npz")) == []
        with pytest.raises(BenchmarkError, match="Server.do: expected one of prepare"):
            process.ask(do="sing")
        assert process.ask(do="run", presentations=1)["presentations"] == 1  # it goes on


def test_a_contestant_that_takes_too_long_is_ended(tmp_path):
    process = Running(steady(tmp_path, run="time.sleep(60)"))
    process.collect()
    process.ask(do="prepare", case=TINY.request(tmp_path))
    process.send(do="run", presentations=1)
    with pytest.raises(BenchmarkError, match="no answer within 0.2 s"):
        process.collect(0.2)
    assert process.process.poll() is not None


def failing(folder):
    return {
        "missing": make(folder, "missing", "import a_module_that_is_not_there"),
        "refuses": steady(folder, "refuses", prepare="raise ValueError('too [large]')"),
        "dies": steady(folder, "dies", run="sys.stderr.write('out of luck\\n'); os._exit(3)"),
        "absent": steady(folder, "absent", problem="no environment 'x' in 'y'"),
    }


def test_who_fails_is_reported_with_its_reason(tmp_path):
    bad = failing(tmp_path)
    told = []
    found = measure(TINY, [*bad.values(), steady(tmp_path)], tmp_path, QUICK, told.append)
    assert list(found) == [*bad, "steady"]
    assert "No module named 'a_module_that_is_not_there'" in found["missing"]["problem"]
    assert found["refuses"]["problem"] == "ValueError: too [large]"
    assert found["dies"]["problem"] == "ended with status 3: out of luck"
    assert found["absent"]["problem"] == "no environment 'x' in 'y'"
    assert len(found["steady"]["costs"]) == QUICK.repeats
    assert len(told) == 3


def test_who_cannot_enter_a_case_is_left_out(tmp_path):
    only_one = steady(tmp_path, most_trials=1)
    only_adam = steady(tmp_path, optimisers=("Adam",))
    assert not only_one.enters(TINY) and not only_adam.enters(TINY)
    assert measure(TINY, [only_one, only_adam], tmp_path, QUICK) == {}


def test_peers_without_environment_are_there_with_the_reason(tmp_path):
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch" / "failure.txt").write_text("no wheel\nfor this system")
    found = {c.name: c for c in contestants(ROOT / "benchmarks", tmp_path)}
    assert found["torch-by-hand"].problem == (
        "its environment could not be made: no wheel for this system"
    )
    assert "'make bench' makes it" in found["brian2-standalone"].problem
    assert all(c.file.is_file() for c in found.values())
    for name in {"torch", "brian2", "annarchy"}:
        assert (ROOT / "benchmarks" / f"requirements-{name}.txt").is_file()
    with pytest.raises(FileNotFoundError, match="contestants.peers: expected a folder with"):
        contestants(tmp_path, tmp_path)


def test_memory_of_a_process_and_its_children(tmp_path):
    hoard = "self.kept = bytearray(b'x') * case.seed"
    request = TINY.request(tmp_path)
    with running(steady(tmp_path, prepare=hoard)) as process:
        process.collect()
        process.ask(do="prepare", case=request)  # imports NumPy
        before = memory_of(process.process.pid)
        with MemoryWatch(process.process.pid) as watch:
            process.ask(do="prepare", case={**request, "seed": 80_000_000})
    if not before:
        pytest.skip("this system keeps no account of shared memory")
    assert 80e6 <= watch.peak - before < 130e6


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Run this package's numpy, plain NumPy and two that fail, for real."""
    folder = tmp_path_factory.mktemp("bench")
    own = [c for c in contestants(None, folder) if c.name in ("numpy", "plain-numpy")]
    bad = failing(folder)
    chosen = [*own, bad["missing"], bad["refuses"]]
    bench = Bench(cases=[TINY], contestants=chosen, parts=["speed"], effort=QUICK)
    return run_bench(bench)


def test_run_of_this_package_and_plain_numpy(results):
    measured = results["speed"][TINY.name]["contestants"]
    for name in ("numpy", "plain-numpy"):
        assert len(measured[name]["costs"]) == QUICK.repeats
        assert all(seconds > 0 for seconds in measured[name]["costs"])
    assert "a_module_that_is_not_there" in results["contestants"]["missing"]["problem"]
    assert "too [large]" in measured["refuses"]["problem"]
    assert results["contestants"]["plain-numpy"]["versions"]["numpy"] == np.__version__
    assert results["roofline"]["operations_per_second"] > 1e6
    assert results["speed"][TINY.name]["floor"]["floor"] > 0
    assert results == json.loads(json.dumps(results))


def test_written_page(results, tmp_path):
    written = write_results(results, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(p.name for p in written)
    assert json.loads((tmp_path / "performance.json").read_text()) == results
    text = (tmp_path / "performance.md").read_text()
    assert "NumPy, by hand" in text and "12-8-5/4/noise/SGD" in text
    assert "missing could not be measured in any case: ModuleNotFoundError" in text
    assert "refuses could not be measured in `12-8-5/4/noise/SGD`: ValueError: too" in text
    assert "{" not in text
    assert (tmp_path / "performance.svg").read_text().lstrip().startswith("<?xml")
    with pytest.raises(NotADirectoryError, match=r"write_results.folder: expected a folder that"):
        write_results(results, tmp_path / "nowhere")


def times(*costs):
    return {"costs": list(costs), **spread(costs)}


@pytest.fixture
def made_up(results):
    """Return results with a target that is met, one that is missed, one that has no reference."""
    case = {"floor": {"products": 1e-6, "weights": 1e-6, "floor": 2e-6}}
    quick = times(2e-6, 4e-6, 3e-6)
    speed = {
        "784-100-10/64/noise/Adam": {
            **case,
            "contestants": {"cpp": quick, "torch-by-hand": times(8e-6, 16e-6, 12e-6)},
        },
        "784-1000-10/64/data/Adam": {
            **case,
            "contestants": {"cpp": quick, "torch-by-hand": times(2e-6, 4e-6, 3e-6)},
        },
        "784-100-10/1/data/SGD": {
            **case,
            "contestants": {"cpp": quick, "brian2-standalone": {"problem": "no compiler"}},
        },
    }
    titles = {
        name: {"title": f"the {name}", "versions": {}, "problem": ""}
        for name in ("cpp", "torch-by-hand", "brian2-standalone")
    }
    growth = {"1": {**case, "contestants": {"cpp": quick, "torch-by-hand": {"problem": "no"}}}}
    return {
        **results,
        "speed": speed,
        "contestants": titles,
        "start": {
            "784-100-10/64/noise/Adam": {
                "cpp (cold)": {"import": 1.25, "prepare": 0.5, "first_step": 11.0},
                "torch-by-hand": {"problem": "no"},
            }
        },
        "memory": {
            "case": "784-100-10/64/data/Adam",
            "images": "MNIST",
            "peaks": {"cpp": {"10": 310e6, "1": 300e6}, "torch-by-hand": {"problem": "no"}},
        },
        "scaling": {
            "width": growth,
            "length": {"cpp": {"640": 5e-4, "6400": 5e-5}, "torch-by-hand": {"problem": "no"}},
        },
    }


def test_targets_are_medians_of_paired_ratios(made_up):
    everything = [o for o in outcomes(made_up) if o["target"].who == "cpp"]
    found = {(o["case"], o["target"].reference): o for o in everything}
    met = found["784-100-10/64/noise/Adam", "torch-by-hand"]
    assert met["ratio"]["median"] == pytest.approx(0.25) and met["met"]
    missed = found["784-1000-10/64/data/Adam", "torch-by-hand"]
    assert missed["ratio"]["median"] == pytest.approx(1) and not missed["met"]
    assert found["784-100-10/1/data/SGD", "brian2-standalone"]["problem"] == "no compiler"
    text = targets_table(made_up)
    assert "| the cpp / the torch-by-hand | 0.333 | 0.25 (0.25 to 0.25) | met |" in text
    assert "1 (1 to 1) | missed |" in text and "not measured: no compiler" in text


def test_page_of_all_parts(made_up, tmp_path):
    text = page(made_up)
    assert "| the cpp (cold) | 1.25 | 0.50 | 11.00 |" in text
    assert "| the torch-by-hand | failed |  |  |" in text
    assert "| contestant | 1 epoch | 10 epochs |" in text and "| the cpp | 300 | 310 |" in text
    assert "| the torch-by-hand | failed | failed |" in text
    assert "| 1 | 2 | 3 (2.5 to 3.5) | failed |" in text
    assert "| 640 | 500 | failed |" in text
    assert "3 (2.5 to 3.5)" in speed_table(made_up)
    assert len(write_results(made_up, tmp_path)) == 3
    assert [table.title for table in results_tables(made_up)][-1].startswith("Targets")


def test_start_memory_and_lengths(tmp_path):
    ready = steady(tmp_path)
    bad = steady(tmp_path, "bad", prepare="raise ValueError('no')")
    start = measure_start(TINY, [ready, bad], tmp_path)
    assert start["steady"]["first_step"] >= 0.002 and start["steady"].keys() >= {"import"}
    assert start["bad"]["problem"] == "ValueError: no"
    found = measure_lengths(TINY, [ready, bad], tmp_path, (4, 8))
    assert found["steady"].keys() == {"4", "8"} and "problem" in found["bad"]


def test_memory_of_many_images(tmp_path, monkeypatch):
    monkeypatch.delenv("ONTOGENY_DATA", raising=False)
    case = Case(sizes=(20, 10, 5), trials=64, phase="data", optimiser="SGD")
    found = measure_memory(case, [plain()], tmp_path, epochs=(1,))
    assert found["images"] == "synthetic images"
    assert found["peaks"]["plain-numpy"]["1"] >= 0


def test_choice_of_what_is_measured(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # no folder 'benchmarks' here
    bench = chosen_bench(cases="20-10-5/1/data/SGD", contestants="plain-numpy")
    assert [case.name for case in bench.cases] == ["20-10-5/1/data/SGD"]
    assert bench.parts == ["speed"] and bench.effort.repeats == 5
    assert bench.command == ("ontogeny bench --cases 20-10-5/1/data/SGD --contestants plain-numpy")
    assert [c.name for c in chosen_bench().contestants] == ["cpp", "numpy", "plain-numpy"]
    assert len(chosen_bench(peers=ROOT / "benchmarks").contestants) == 9


def test_command(invoke, tmp_path):
    said = invoke(
        *("bench", "--cases", TINY.name, "--contestants", "plain-numpy", "--repeats", "2"),
        *("--seconds", "0.01"),
    )
    assert said.exit_code == 0, said.stderr
    assert f"{TINY.name}: floor" in said.stdout and "NumPy, by hand" in said.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cases", "fast"], "find_cases.names: expected sizes/trials/phase/optimiser"),
        (["--parts", "sleep"], "Bench.parts: expected some of speed, start, memory, scaling"),
        (["--contestants", "julia"], "bench.contestants: expected some of cpp, numpy, plain-numpy"),
        (["--repeats", "-1"], "Effort: expected at least one repeat"),
        (["--seconds", "0"], "Effort: expected at least one repeat and 0 to 60 seconds"),
        (["--threads", "0"], "bench.threads: expected a positive integer, got 0"),
        (["--peers", "nowhere"], "contestants.peers: expected a folder with peers.toml"),
        (["--write", "nowhere"], "bench.write: expected a folder that exists, got 'nowhere'"),
    ],
)
def test_bad_options_are_refused(invoke, tmp_path, options, words):
    said = invoke("bench", *options)
    assert said.exit_code == 1
    assert words in said.stderr and said.stderr.count("\n") == 1
    assert not said.stdout and not list(tmp_path.iterdir())
