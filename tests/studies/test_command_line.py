import importlib
import signal
import subprocess
import sys
from importlib.metadata import version

import pytest

from ontogeny.data import open_trajectory


@pytest.mark.parametrize("command", ["run", "resume", "info", "doctor", "bench", "rules", "sweep"])
def test_help_explains_every_option(invoke, options, command):
    said = invoke(command, "--help")
    assert said.exit_code == 0
    for option in options[command]:
        if option.startswith("--"):
            assert option in said.stdout


def test_version(invoke):
    assert invoke("--version").stdout.strip() == f"ontogeny {version('ontogeny')}"


def test_help_lists_the_commands(invoke):
    said = invoke("--help")
    assert said.exit_code == 0
    assert all(
        name in said.stdout
        for name in ("run", "resume", "info", "doctor", "bench", "rules", "cache", "sweep")
    )


def test_rules_are_listed_with_whole_names(invoke, monkeypatch):
    from ontogeny.studies.rules import rules

    monkeypatch.setenv("COLUMNS", "80")
    said = invoke("rules")
    assert said.exit_code == 0, said.stderr
    assert "…" not in said.stdout
    first = [line.split()[0] for line in said.stdout.splitlines() if line.strip()]
    assert set(rules()) <= set(first)


def test_importing_the_command_imports_nothing_heavy():
    code = (
        "import sys, ontogeny.studies.command_line\n"
        "heavy = {'brian2', 'numpy', 'xarray', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--rule", "magic"], "weight-mirror, got 'magic'"),
        (["--rule", "phaseless-alignment"], "FirstLife.rule: expected a rule for static neurons"),
        (
            ["--rule", "direct-feedback-alignment", "--hidden", "20,10"],
            "FirstLife.hidden: expected one hidden population for DirectFeedbackAlignment()",
        ),
        (["--noise", "pink"], "noise: expected one of gaussian, uniform, correlated, ornstein-uh"),
        (["--device", "abacus"], "device: expected one of numpy,"),
        (["--data", "cifar"], "load_images.name: expected one of ('mnist-5k', 'mnist',"),
        (["--hidden", "many"], "run.hidden: expected sizes such as 100 or 100,50, got 'many'"),
        (["--hidden", "0"], "Population.size: expected a positive integer"),
        (["--rate", "-1"], "Adam.rate: expected a number strictly between 0 and inf"),
        (["--trials", "0"], "simulate.trials: expected an integer"),
        (["--trials", "5000"], "simulate.trials: expected at most 4000"),
        (["--noise-presentations", "0"], "Spontaneous.presentations: expected a positive integer"),
        (["--epochs", "0"], "Learning.epochs: expected a positive integer"),
        (["--training-size", "4001"], "Stimuli.sample.n: expected an integer in 1..4000, got 4001"),
        (["--networks", "0"], "FirstLife.networks: expected an integer from 1 on, got 0"),
        (["--seed", "-1"], "FirstLife.seed: expected an integer from 0 on, got -1"),
        (["--dtype", "half"], "simulate.dtype: expected"),
        (["--workers", "0"], "run_lives.workers: expected a positive integer, got 0"),
        (["--name", "a/b"], "run.name: expected the name of a folder without separators"),
        (["--device", "synapses"], "FirstLife.trials: expected at most 1 on device 'synapses'"),
    ],
)
def test_bad_options_are_refused_in_one_line(invoke, tmp_path, arguments, words):
    said = invoke("run", *arguments)
    assert said.exit_code == 1
    assert words in said.stderr
    assert said.stderr.startswith("Error: ") and said.stderr.count("\n") == 1
    assert not said.stdout
    assert not list(tmp_path.iterdir())


def test_unknown_option_is_wrong_usage(invoke):
    assert invoke("run", "--speed", "9").exit_code == 2


def test_a_file_where_the_folder_should_be(invoke, tmp_path):
    (tmp_path / "runs").write_text("mine")
    said = invoke("run", "--networks", "1")
    assert said.exit_code == 1
    assert "run.folder: expected a folder" in said.stderr and "is a file" in said.stderr
    assert (tmp_path / "runs").read_text() == "mine"


def test_run_writes_lives_and_figure(run_with_two_workers):
    assert run_with_two_workers.result.returncode == 0, run_with_two_workers.result.stderr
    assert sorted(file.name for file in run_with_two_workers.folder.iterdir()) == [
        "backpropagation-0.nc",
        "backpropagation-1.nc",
        "development.png",
        "feedback-alignment-0.nc",
        "feedback-alignment-1.nc",
        "lives.nc",
        "noise-then-feedback-alignment-0.nc",
        "noise-then-feedback-alignment-1.nc",
    ]
    picture = (run_with_two_workers.folder / "development.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and len(picture) > 20_000


def test_run_shows_its_results(run_with_two_workers):
    said = run_with_two_workers.result.stdout
    for words in ("backpropagation", "Alignment", "Learning", "Final", "n = 2", " to "):
        assert words in said
    assert "% of the gap in learning speed between feedback alignment and backpropagation" in said
    assert "first-life" in said
    assert "…" not in said
    assert max(len(line) for line in said.splitlines()[:-2]) <= 80


def test_run_refuses_a_folder_with_a_run(run_with_two_workers, invoke, monkeypatch):
    monkeypatch.chdir(run_with_two_workers.cwd)
    before = {file: file.stat().st_mtime_ns for file in run_with_two_workers.folder.iterdir()}
    said = invoke("run")
    assert said.exit_code == 1
    assert "run.folder: expected a folder without a run" in said.stderr
    assert "remove it or choose another name" in said.stderr
    assert before == {f: f.stat().st_mtime_ns for f in run_with_two_workers.folder.iterdir()}


def test_a_failing_life_is_named(invoke, tmp_path):
    said = invoke(
        *("run", "--rate", "1e38", "--workers", "1", "--training-size", "200", "--networks", "1"),
        *("--noise-presentations", "320", "--epochs", "1"),
    )
    assert said.exit_code == 1
    assert "Error: noise, then feedback alignment, network 0: simulate: expected" in said.stderr
    assert "lower the learning rate" in said.stderr
    kept = sorted(file.name for file in (tmp_path / "runs" / "first-life").iterdir())
    assert kept == ["noise-then-feedback-alignment-0.nc"]


def test_info_describes_a_life(invoke, run_with_two_workers):
    said = invoke("info", str(run_with_two_workers.folder / "noise-then-feedback-alignment-1.nc"))
    assert said.exit_code == 0, said.stderr
    text = " ".join(said.stdout.split())
    for words in (
        "status complete",
        "seed 1",
        "rule FeedbackAlignment",
        "0 spontaneous, 320 presentations, gaussian noise",
        "1 learning, 2 epochs of 200 stimuli",
        "forward_1 inputs hidden_1 20 x 784 yes",
        "feedback_2 outputs hidden_1 20 x 10 no",
        "Tests: 3, of 1000 stimuli each",
        "alignment at the end forward_2",
        "final accuracy",
    ):
        assert words in text


def test_info_refuses_what_is_no_life(invoke, tmp_path):
    said = invoke("info", "nothing.nc")
    assert said.exit_code == 1
    assert "open_trajectory.path: expected the file of a trajectory" in said.stderr
    (tmp_path / "text.nc").write_text("not a life")
    said = invoke("info", "text.nc")
    assert said.exit_code == 1 and "expected a netCDF4 file" in said.stderr


TINY_RUN = (
    *("run", "--training-size", "100", "--networks", "1", "--epochs", "1", "--hidden", "8"),
    *("--workers", "1", "--trials", "10"),
)


def test_a_run_that_was_stopped_goes_on(invoke, tmp_path, monkeypatch):
    noise = ("--noise-presentations", "200")
    assert invoke(*TINY_RUN, *noise, "--name", "whole").exit_code == 0
    import ontogeny.studies.lives as lives

    simulate, calls = lives.simulate, []

    def interrupted(*arguments, **options):
        calls.append(options["store"].name)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return simulate(*arguments, **options)

    monkeypatch.setattr(lives, "simulate", interrupted)
    said = invoke(*TINY_RUN, *noise)
    assert said.exit_code == 130
    assert "the same command with --resume goes on" in said.stderr
    monkeypatch.setattr(lives, "simulate", simulate)
    folder = tmp_path / "runs" / "first-life"
    (finished,) = folder.glob("*.nc")
    before = finished.stat().st_mtime_ns
    assert "go on with it by --resume" in invoke(*TINY_RUN, *noise).stderr
    again = invoke(*TINY_RUN, *noise, "--resume")
    assert again.exit_code == 0, again.stderr
    assert finished.stat().st_mtime_ns == before
    for file in (tmp_path / "runs" / "whole").glob("*.nc"):
        with open_trajectory(file) as one, open_trajectory(folder / file.name) as other:
            for name, values in one["weights"].data_vars.items():
                assert values.values.tobytes() == other["weights"][name].values.tobytes()
    said = invoke(*TINY_RUN, *noise, "--resume", "--epochs", "2")
    assert said.exit_code == 1 and "epochs: 1 in the store, 2 given" in said.stderr


def test_resume_goes_on_with_a_life(invoke, tmp_path, monkeypatch):
    from ontogeny.data import gaussian_noise
    from ontogeny.models import LifeInterrupted, Schedule, Spontaneous, layered, simulate

    store = importlib.import_module("ontogeny.models.store")
    monkeypatch.setattr(store, "INTERVAL", 0)
    monkeypatch.setattr(store, "SHARE", 0)
    phases = Schedule(*[Spontaneous(gaussian_noise(), presentations=64)] * 3)
    arguments = (layered([6, 5, 4]), phases)

    def interrupt(done, total, phase):
        if done == 64:
            signal.raise_signal(signal.SIGTERM)

    with pytest.raises(LifeInterrupted):
        simulate(*arguments, store="life.nc", progress=interrupt)
    monkeypatch.setattr("ontogeny.models.builder.build", stop)
    said = invoke("resume", "life.nc")
    assert said.exit_code == 143
    assert "ontogeny resume life.nc" in said.stderr and said.stderr.count("\n") == 1
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    said = invoke("resume", "life.nc.parts")
    assert said.exit_code == 0, said.stderr
    assert "The life is complete" in said.stdout
    assert invoke("resume", "life.nc").exit_code == 0
    with open_trajectory("life.nc") as life:
        whole = simulate(*arguments, progress=False)
        assert life["weights/forward_1"].values.tobytes() == (
            whole["weights/forward_1"].values.tobytes()
        )
    said = invoke("resume", "nothing.nc")
    assert said.exit_code == 1 and "resume.store: expected the store" in said.stderr


def stop(*arguments, **options):
    from ontogeny.models import LifeInterrupted

    raise LifeInterrupted("go on with: ontogeny resume life.nc", signal.SIGTERM)
