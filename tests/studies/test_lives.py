import dataclasses
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from ontogeny.data import check_trajectory, gaussian_noise, open_trajectory
from ontogeny.models import Schedule, Spontaneous, layered
from ontogeny.plasticity import Adam
from ontogeny.studies import Job, run_lives
from ontogeny.studies.lives import _raise_failures


def make_job(folder, seed=0, rate=1e-4, presentations=64):
    return Job(
        label=f"toy, network {seed}",
        network=layered([6, 5, 4], optimiser=Adam(rate=rate)),
        schedule=Schedule(Spontaneous(gaussian_noise(), presentations=presentations)),
        store=folder / f"toy-{seed}.nc",
        seed=seed,
        trials=8,
    )


def test_progress_counts_all_lives(tmp_path):
    told = []
    jobs = [make_job(tmp_path, seed) for seed in (0, 1)]
    run_lives(jobs, workers=1, progress=lambda *what: told.append(what))
    assert told[-1] == (128, 128, "toy, network 1: spontaneous")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


def test_longest_lives_go_first(tmp_path):
    told = []
    jobs = [make_job(tmp_path, 0), make_job(tmp_path, 1, presentations=640)]
    run_lives(jobs, workers=1, progress=lambda *what: told.append(what))
    assert told[0][2].startswith("toy, network 1")


def test_failure_in_a_worker_names_the_life_and_keeps_whole_files(tmp_path):
    wild = make_job(tmp_path, 7, rate=1e38, presentations=6400)
    jobs = [wild, *(make_job(tmp_path, seed) for seed in range(40))]
    with pytest.raises(FloatingPointError, match="^toy, network 7: simulate: expected finite"):
        run_lives(jobs, workers=2)
    # Those that ran were stopped with a checkpoint, in a folder of parts.
    files = list(tmp_path.glob("*.nc"))
    assert len(files) < len(jobs)
    for file in files:
        with open_trajectory(file) as life:
            check_trajectory(life)


def test_store_that_exists_fails_with_the_name_of_the_life(tmp_path):
    job = make_job(tmp_path)
    job.store.write_text("mine")
    with pytest.raises(OSError, match="^toy, network 0: simulate.store: expected a path"):
        run_lives([job], workers=1)
    assert job.store.read_text() == "mine"


def test_unexpected_faults_pass_unchanged(tmp_path, monkeypatch):
    def broken(*arguments, **keywords):
        raise KeyError("a fault")

    monkeypatch.setattr("ontogeny.studies.lives.simulate", broken)
    with pytest.raises(KeyError, match="a fault"):
        run_lives([make_job(tmp_path)], workers=1)


@pytest.mark.parametrize("workers", [0, -1, 1.5, True])
def test_workers_are_checked(tmp_path, workers):
    with pytest.raises(ValueError, match="run_lives.workers: expected a positive integer"):
        run_lives([make_job(tmp_path)], workers=workers)


def test_job_is_checked(tmp_path):
    with pytest.raises(TypeError, match="Job.network: expected a Network, got 3"):
        dataclasses.replace(make_job(tmp_path), network=3)


def test_worker_that_was_killed_is_told_with_the_cure():
    future = Future()
    future.set_exception(BrokenProcessPool("died"))
    with pytest.raises(RuntimeError, match="got one that was killed, .* try fewer workers"):
        _raise_failures({future})
