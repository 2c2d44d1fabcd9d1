import dataclasses
import json

import pytest
import xarray as xr

from ontogeny.data import check_trajectory, load_images, open_trajectory
from ontogeny.plasticity import Backpropagation, FeedbackAlignment
from ontogeny.studies import FirstLife, find_noise, find_rule, run_first_life
from ontogeny.studies.noises import _NOISES


def test_joined_trajectory_keeps_the_contract(lives):
    check_trajectory(lives)
    weights = lives["weights"].to_dataset()
    assert weights["forward_1"].dims[:2] == ("condition", "network")
    assert weights["condition"].values.tolist() == [
        "backpropagation",
        "feedback alignment",
        "noise, then feedback alignment",
    ]
    assert weights["network"].values.tolist() == [0, 1]


def test_joined_values_are_those_of_the_lives(lives, run_with_two_workers):
    path = run_with_two_workers.folder / "feedback-alignment-1.nc"
    with open_trajectory(path) as life:
        assert life.attrs["seed"] == 1 and life.attrs["trials"] == 16
        own = life["tests"]["accuracy"].values
    joined = lives["tests"]["accuracy"].sel(condition="feedback alignment", network=1)
    assert joined.values[: len(own)].tolist() == own.tolist()


def test_conditions_are_paired(lives):
    birth = lives["weights"].to_dataset().isel(checkpoint=0)
    for name in ("forward_1", "forward_2", "feedback_2"):
        first = birth[name].isel(condition=0)
        for other in (1, 2):
            assert (birth[name].isel(condition=other).values == first.values).all()
        assert (first.isel(network=0).values != first.isel(network=1).values).any()


def test_every_epoch_is_tested(lives):
    tests = lives["tests"].to_dataset().isel(condition=0, network=0)
    assert tests["epoch"].values.tolist() == [0, 1, 2]
    assert set(tests["size"].values.ravel().tolist()) == {1000}


def test_results_do_not_depend_on_the_number_of_workers(run_with_one_worker, run_with_two_workers):
    assert run_with_one_worker.result.returncode == 0, run_with_one_worker.result.stderr
    files = sorted(file.name for file in run_with_one_worker.folder.glob("*.nc"))
    assert len(files) == 7
    for name in files:
        one, two = (
            xr.open_datatree(run.folder / name)
            for run in (run_with_one_worker, run_with_two_workers)
        )
        with one, two:
            assert [node.path for node in one.subtree] == [node.path for node in two.subtree]
            for node in one.subtree:
                xr.testing.assert_identical(
                    node.to_dataset().drop_attrs(), two[node.path].to_dataset().drop_attrs()
                )
    said = [run.result.stdout for run in (run_with_one_worker, run_with_two_workers)]
    assert said[0] == said[1]


def test_conditions_follow_the_description():
    study = FirstLife(hidden=(9, 8), rate=0.01, noise_presentations=640, epochs=4, training_size=50)
    conditions = study.conditions(load_images("mnist-5k"))
    reference, baseline, treated = conditions.values()
    assert [network.sizes for network, _ in conditions.values()] == [[784, 9, 8, 10]] * 3
    assert reference[0].rule == Backpropagation()
    assert baseline[0] == treated[0]
    assert baseline[0].rule == FeedbackAlignment() and baseline[0].optimiser.rate == 0.01
    noise, learning = treated[1].phases
    assert noise.presentations == 640 and learning == baseline[1].phases[0]
    assert learning.epochs == 4 and len(learning.stimuli) == 50 and len(learning.test) == 1000
    labels = learning.stimuli.labels.values.tolist()
    assert {labels.count(label) for label in range(10)} == {5}


def test_backpropagation_as_the_rule_has_two_conditions():
    conditions = FirstLife(rule=Backpropagation()).conditions(load_images("mnist-5k"))
    assert list(conditions) == ["backpropagation", "noise, then backpropagation"]


def test_defaults(tmp_path):
    jobs = FirstLife().jobs(tmp_path)
    assert len(jobs) == 9
    job = jobs["noise, then feedback alignment", 2]
    assert job.seed == 2 and job.trials == 64 and job.device == "numpy"
    assert job.store == tmp_path / "noise-then-feedback-alignment-2.nc"
    assert job.presentations == 512_000 + 30 * 4000
    assert job.network.optimiser.rate == 1e-4
    assert not list(tmp_path.iterdir())


def test_rules_go_by_name():
    assert find_rule("feedback-alignment") == FeedbackAlignment()
    assert find_rule("backpropagation") == Backpropagation()
    with pytest.raises(ValueError, match="rule: expected one of backpropagation, direct-feedb"):
        find_rule("magic")


@pytest.mark.parametrize("name", [*_NOISES])
def test_noises_go_by_name_and_fit_digits(name, tmp_path):
    study = FirstLife(noise=find_noise(name))
    treated = study.jobs(tmp_path)["noise, then feedback alignment", 0]
    assert treated.schedule.phases[0].noise == study.noise
    assert find_noise(name) == _NOISES[name]()


def test_unknown_noise():
    with pytest.raises(ValueError, match="noise: expected one of gaussian, uniform, correlated"):
        find_noise("pink")


def test_description_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        FirstLife().seed = 3


@pytest.mark.parametrize(
    ("fields", "kind", "words"),
    [
        ({"rule": "feedback"}, TypeError, "FirstLife.rule: expected a rule such as"),
        ({"hidden": ()}, ValueError, "FirstLife.hidden: expected at least one size"),
        ({"hidden": [100]}, ValueError, "FirstLife.hidden: expected at least one size"),
        ({"networks": 1.5}, ValueError, "FirstLife.networks: expected an integer from 1 on"),
        ({"seed": True}, ValueError, "FirstLife.seed: expected an integer from 0 on, got True"),
        ({"device": "abacus"}, ValueError, "device: expected one of"),
    ],
)
def test_wrong_fields_are_refused(fields, kind, words):
    with pytest.raises(kind, match=words):
        FirstLife(**fields)


def test_only_a_study_is_run(tmp_path):
    with pytest.raises(TypeError, match="run_first_life.study: expected a FirstLife, got 'first'"):
        run_first_life("first", tmp_path / "run")
    assert not list(tmp_path.iterdir())


def test_lives_are_told_apart_in_the_joined_attributes(lives):
    listed = json.loads(lives.attrs["lives"])
    assert len(listed) == 6
    assert listed[0]["labels"] == {"condition": "backpropagation", "network": 0}


def test_a_run_is_resumed_with_its_own_lives_only(tmp_path):
    (tmp_path / "feedback-alignment-7.nc.parts").mkdir()
    with pytest.raises(ValueError, match="lives of this run only, got feedback-alignment-7.nc"):
        run_first_life(FirstLife(networks=1), tmp_path, workers=1, resume=True)
