import os
import re
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from ontogeny.data import Stimuli, gaussian_noise
from ontogeny.models import Learning, LifeInterrupted, Record, Schedule, Spontaneous, layered
from ontogeny.plasticity import Adam
from ontogeny.studies.archive import Archive
from ontogeny.studies.cluster import live_all, run_tasks, usable_workers
from ontogeny.studies.dask_tasks import local_client
from ontogeny.studies.recipe import Branch, Recipe
from ontogeny.studies.tasks import Agenda, Task

LONG = 32_000


@pytest.fixture(scope="module")
def cluster():
    """Share two workers of a cluster that somebody else has started."""
    with local_client(2) as client:
        yield client


@pytest.fixture(scope="module")
def address(cluster):
    return cluster.scheduler.address


def noise(presentations):
    return Schedule(Spontaneous(gaussian_noise(), presentations=presentations))


def recipe(label, presentations=640, *, rate=1e-3, **fields):
    network = layered([12, 8, 4], optimiser=Adam(rate=rate))
    fields = {"trials": 16, "device": "numpy", "record": Record(checkpoints=4), **fields}
    return Recipe(label=label, network=network, schedule=noise(presentations), **fields)


def family():
    """Return three lives, and one after each of the first two, which has stimuli of its own."""
    parents = [recipe(f"noise {seed}", 640 * (seed + 1), seed=seed) for seed in range(3)]
    generator = np.random.default_rng(0)
    stimuli = Stimuli.from_arrays(generator.random((40, 12)), generator.integers(0, 4, 40))
    children = [
        Recipe(
            label=f"child of {parent.seed}",
            network=parent.network,
            schedule=Schedule(Learning(stimuli, epochs=2, test=stimuli)),
            seed=parent.seed,
            trials=8,
            device="numpy",
            birth=Branch(life=parent, feedback="shuffled"),
        )
        for parent in parents[:2]
    ]
    return [*children, *parents]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Have the family, and a long life, lived in this process, where nothing stops them."""
    archive = Archive(tmp_path_factory.mktemp("alone"))
    live_all([*family(), recipe("long", LONG)], archive, workers=1)
    return archive


def assert_same(recipes, one, other):
    for life in recipes:
        trees = [archive.open(life) for archive in (one, other)]
        for tree in trees:
            del tree.attrs["created"]
        assert trees[0].identical(trees[1]), life.label


def test_a_cluster_of_its_own_lives_the_same_lives(alone, tmp_path):
    archive, told = Archive(tmp_path), []
    live_all(family()[:2], archive, workers=2, progress=lambda *what: told.append(what))
    lived = [family()[number] for number in (0, 1, 2, 3)]
    assert_same(lived, alone, archive)
    assert family()[4] not in archive
    total = sum(life.presentations for life in lived)
    assert told[-1][:2] == (total, total)
    assert told[-1][2].startswith("4/4 lives, ")
    assert all(0 <= done <= whole for done, whole, _ in told)
    finished = [what.split(", ")[1] for _, _, what in told if ":" not in what]
    for seed in (0, 1):
        assert finished.index(f"noise {seed}") < finished.index(f"child of {seed}")
    stored = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*.*")}
    assert stored == {*(life.name[:2] for life in lived), "stimuli"}


def test_nothing_is_lived_twice(alone, monkeypatch):
    def broken(*arguments):
        raise AssertionError("lived again")

    monkeypatch.setattr("ontogeny.studies.cluster.live", broken)
    live_all(family(), alone, workers=1)


def test_worker_that_is_killed_changes_nothing(cluster, address, alone, tmp_path):
    archive, life = Archive(tmp_path), recipe("long", LONG)
    parts = archive.path(life).with_name(f"{archive.path(life).name}.parts")
    told = []

    def kill(done, total, what):
        told.append(done)
        if len(list(parts.glob("checkpoint-*"))) > 1 and "killed" not in told:
            [busy] = [worker for worker, tasks in cluster.processing().items() if tasks]
            os.kill(cluster.run(os.getpid, workers=[busy])[busy], signal.SIGKILL)
            told.append("killed")

    cluster.run(checkpoint_always)
    live_all([life], archive, scheduler=address, progress=kill)
    at = told.index("killed")
    # It went on, and did not begin again.
    assert min(told[at + 1 :]) > told[0]
    assert_same([life], alone, archive)


def checkpoint_always():
    from ontogeny.models import store

    store.INTERVAL, store.SHARE = 0.0, 0


# Workers cannot import this file.
checkpoint_always.__module__ = "__main__"


def test_interrupt_stops_workers_and_the_same_call_goes_on(cluster, address, alone, tmp_path):
    archive, lives = Archive(tmp_path), [recipe("long", LONG), *family()]

    def interrupt(done, total, what):
        if 0 < done < total and lives[0] not in archive:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(LifeInterrupted, match=r"interrupted; \d of 6 lives are done, and the same"):
        live_all(lives, archive, scheduler=address, progress=interrupt)
    assert not any(cluster.processing().values())
    assert not all(life in archive for life in lives)
    live_all(lives, archive, scheduler=address)
    assert_same(lives, alone, archive)
    assert not list(tmp_path.rglob("*.parts"))


def test_life_that_fails_names_itself_and_leaves_the_others(cluster, address, alone, tmp_path):
    archive = Archive(tmp_path)
    wild, long = recipe("wild", LONG - 640, rate=1e38), recipe("long", LONG)
    with pytest.raises(FloatingPointError, match="^wild: simulate: expected finite numbers"):
        live_all([long, wild, *family()], archive, scheduler=address)
    assert not any(cluster.processing().values())
    assert long not in archive
    live_all([long, *family()], archive, scheduler=address)
    assert_same([long, *family()], alone, archive)


def test_worker_that_dies_again_and_again_is_told(cluster, address, monkeypatch):
    assert cluster.cluster.scheduler.allowed_failures == 3
    monkeypatch.setattr(cluster.cluster.scheduler, "allowed_failures", 0)
    with pytest.raises(RuntimeError, match="^_exit: expected a worker that stays alive, got 1 "):
        run_tasks(os._exit, [(1,)], scheduler=address)


def test_calls_return_in_order_and_are_counted(address):
    told = []
    found = run_tasks(
        pow, [(2, n) for n in range(9)], scheduler=address, progress=lambda *w: told.append(w)
    )
    assert found == [2**n for n in range(9)]
    assert told[-1] == (9, 9, "9/9 calls, pow")
    assert run_tasks(pow, [], scheduler=address) == []


def test_error_of_a_call_passes(address):
    with pytest.raises(ZeroDivisionError):
        run_tasks(divmod, [(1, 1), (1, 0)], scheduler=address)


def test_life_that_another_process_lives_is_waited_for(alone, tmp_path, monkeypatch):
    from ontogeny.studies import cluster as module

    tries = []

    def live(life, archive, tell):
        tries.append(life)
        if len(tries) < 3:
            raise BlockingIOError("another process")
        return real(life, archive, tell)

    real = module.live
    monkeypatch.setattr(module, "live", live)
    monkeypatch.setattr(module, "PAUSE", 0.0)
    life, archive, told = recipe("noise 0", seed=0), Archive(tmp_path), []
    live_all([life], archive, workers=1, progress=lambda *what: told.append(what))
    assert len(tries) == 3
    assert told[0] == (0, 640, "0/1 lives, noise 0: waits for another process")
    assert life in archive


def test_workers_that_write_elsewhere_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("ontogeny.studies.cluster._live", lambda recipe, archive, tell: None)
    monkeypatch.setattr("ontogeny.studies.cluster.DELAY", 0.0)
    monkeypatch.setattr("ontogeny.studies.cluster.PAUSE", 0.0)
    with pytest.raises(FileNotFoundError, match="^noise: expected its file in .*share this folder"):
        live_all([recipe("noise")], Archive(tmp_path), workers=1)


def test_without_dask_one_worker_works(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setitem(sys.modules, "ontogeny.studies.dask_tasks", None)
    lives, archive = [recipe("one"), recipe("two", seed=1)], Archive(tmp_path)
    with pytest.raises(
        RuntimeError, match=r'pip install "\.\[cluster\]".*workers=1 \(.*--workers 1'
    ):
        live_all(lives, archive, workers=2)
    with pytest.raises(RuntimeError, match="expected dask.distributed for a cluster, got none"):
        live_all(lives, archive, scheduler="tcp://127.0.0.1:9")
    live_all(lives[:1], archive, workers=1)
    with pytest.warns(UserWarning, match="One worker, as dask.distributed is not installed"):
        live_all(lives, archive)
    assert all(life in archive for life in lives)
    told = []
    assert usable_workers(None, tell=told.append) == 1
    assert len(told) == 1 and "\n" not in told[0]


def test_scheduler_that_is_not_there_is_told(tmp_path):
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "200ms"}),
        pytest.raises(ConnectionError, match="live_all.scheduler: expected the address .*:9'"),
    ):
        live_all([recipe("one")], Archive(tmp_path), scheduler="tcp://127.0.0.1:9")


@pytest.mark.parametrize("workers", [0, -1, 1.5, True])
def test_workers_are_checked(tmp_path, workers):
    with pytest.raises(ValueError, match="live_all.workers: expected a positive integer"):
        live_all([recipe("one")], Archive(tmp_path), workers=workers)


def test_what_most_work_waits_for_begins_first():
    sizes = [(3, ()), (1, ()), (5, (1,)), (4, ())]
    tasks = [Task(label="", call=print, size=size, after=after) for size, after in sizes]
    agenda = Agenda(tasks)
    assert [agenda.next() for _ in range(4)] == [1, 3, 0, None]
    agenda.finish(1)
    assert agenda.next() == 2


def test_tasks_in_a_circle_are_refused():
    tasks = [Task(label="", call=print, after=(other,)) for other in (1, 0)]
    with pytest.raises(ValueError, match="expected tasks in some order, got a circle"):
        Agenda(tasks)


def blocks():
    page = Path(__file__).parents[2] / "docs" / "cluster.md"
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_first_example_of_the_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    known = {"__name__": "__main__"}
    exec(blocks()[0].replace("workers=2", "workers=1").replace("6_400", "64"), known)
    assert len(list(tmp_path.glob("runs/lives/*/*.nc"))) == 8


def test_job_of_slurm_on_the_page():
    pytest.importorskip("dask_jobqueue")
    [block] = [block for block in blocks() if "SLURMCluster" in block]
    known = {}
    exec(block, known)
    try:
        script = known["cluster"].job_script()
    finally:
        known["cluster"].close()
    assert "#SBATCH --cpus-per-task=16" in script
    assert all(part in script for part in ("--nthreads 1 ", "--nworkers 16 ", "--lifetime 230m"))
    assert script.index("export ONTOGENY_DATA") < script.index("distributed.cli.dask_worker")
