import signal
import subprocess
import sys

import pytest
from rich.console import Console

from ontogeny.data import correlated_noise, gaussian_noise, join_trajectories, write_trajectory
from ontogeny.models import Leaky, LifeInterrupted, Schedule, Spontaneous, layered, simulate
from ontogeny.studies.information import information


def told(path):
    console = Console(width=100, no_color=True)
    with console.capture() as captured:
        console.print(information(path))
    return " ".join(captured.get().split())


def test_joined_lives(run_with_two_workers):
    text = told(run_with_two_workers.folder / "lives.nc")
    for words in (
        "6 lives",
        "condition backpropagation; feedback alignment; noise, then feedback alignment",
        "network 0; 1",
        "rule Backpropagation(); FeedbackAlignment()",
        "backpropagation; feedback alignment 0 learning",
        "noise, then feedback alignment 0 spontaneous",
        "Alignment",
    ):
        assert words in text


def test_needs_no_brian2(run_with_two_workers):
    code = (
        "import sys; sys.modules['brian2'] = None\n"
        "from ontogeny.studies.information import information\n"
        f"information({str(run_with_two_workers.folder / 'lives.nc')!r})"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def noisy_lives():
    schedule = Schedule(Spontaneous(gaussian_noise(), presentations=64))
    return {
        seed: simulate(layered([6, 5, 4, 3]), schedule, trials=8, seed=seed, progress=False)
        for seed in (3, 4)
    }


def test_untested_life_says_so(noisy_lives, tmp_path):
    write_trajectory(noisy_lives[3], tmp_path / "life.nc")
    text = told(tmp_path / "life.nc")
    assert "Tests: none" in text
    assert "final accuracy none (final_accuracy.life: expected" in text
    assert "alignment at birth forward_2" in text and "; forward_3" in text


def test_lives_joined_along_another_dim(noisy_lives, tmp_path):
    joined = join_trajectories(noisy_lives, "repetition")
    write_trajectory(joined, tmp_path / "lives.nc")
    text = told(tmp_path / "lives.nc")
    assert "2 lives" in text and "repetition 3; 4" in text
    assert "all lives 0 spontaneous, 64 presentations" in text


def test_noise_with_structure_is_described(tmp_path):
    schedule = Schedule(Spontaneous(correlated_noise(length=1.5, shape=(2, 3)), presentations=64))
    life = simulate(layered([6, 5, 4]), schedule, trials=8, progress=False)
    write_trajectory(life, tmp_path / "life.nc")
    text = told(tmp_path / "life.nc")
    assert "64 presentations, CorrelatedNoise(mean=0.0, std=1.0, length=1.5," in text


def test_membranes_and_densities(noisy_lives, tmp_path):
    write_trajectory(noisy_lives[3], tmp_path / "plain.nc")
    plain = told(tmp_path / "plain.nc")
    assert "Populations" not in plain and "density" not in plain
    network = layered(
        [6, 5, 4, 3],
        dynamics=Leaky(),
        membrane=[0.01, 0.0025, 0.03],
        density=0.5,
        feedback_density=0.75,
    )
    schedule = Schedule(Spontaneous(gaussian_noise(), presentations=64))
    life = simulate(network, schedule, trials=8, progress=False)
    write_trajectory(life, tmp_path / "life.nc")
    text = told(tmp_path / "life.nc")
    assert "hidden_1 10 ms hidden_2 2.5 ms outputs 30 ms" in text
    assert "forward_2 hidden_1 hidden_2 4 x 5 yes 0.5" in text
    assert "feedback_2 hidden_2 hidden_1 5 x 4 no 0.75" in text
    joined = join_trajectories({0: life, 1: noisy_lives[3]}, "condition")
    write_trajectory(joined, tmp_path / "lives.nc")
    text = told(tmp_path / "lives.nc")
    assert "inputs - hidden_1 10 ms; - hidden_2 2.5 ms; - outputs 30 ms; -" in text
    assert "4 x 5 yes 0.5; 1.0" in text


def test_unfinished_lives_say_how_to_go_on(tmp_path):
    def interrupt(done, total, phase):
        if done == 64:
            signal.raise_signal(signal.SIGTERM)

    phases = Schedule(*[Spontaneous(gaussian_noise(), presentations=64)] * 3)
    store = tmp_path / "life.nc"
    with pytest.raises(LifeInterrupted):
        simulate(layered([6, 5, 4]), phases, store=store, progress=interrupt)
    for path in (store, tmp_path / "life.nc.parts"):
        said = str(information(path))
        assert said == f"The life is unfinished; this goes on with it: ontogeny resume {store}"
    with pytest.raises(FileNotFoundError, match="expected the file of a trajectory"):
        information(tmp_path / "other.nc")
