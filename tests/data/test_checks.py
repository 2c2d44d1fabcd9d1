import json

import numpy as np
import pytest
import xarray as xr

from ontogeny.data import check_trajectory, join_trajectories


def edit(tree, group, change):
    """Return the tree with one of its groups changed."""
    groups = {node.path: node.to_dataset(inherit=False) for node in tree.subtree}
    groups[f"/{group}"] = change(groups[f"/{group}"])
    return xr.DataTree.from_dict(groups)


def violates(tree, match):
    with pytest.raises(ValueError, match=match):
        check_trajectory(tree)


def test_accepted(make_life):
    assert check_trajectory(make_life()) is None
    assert check_trajectory(make_life(tested=False)) is None
    assert check_trajectory(make_life(active=True)) is None
    assert check_trajectory(make_life(status="diverged", checkpoints=1, tested=False)) is None


def test_not_a_tree():
    with pytest.raises(TypeError, match=r"expected an xarray\.DataTree, got str; .*open_traj"):
        check_trajectory("life.nc")


def test_foreign_tree():
    violates(xr.DataTree(), r"Trajectory\.schema: expected 'ontogeny\.trajectory', got no such")


@pytest.mark.parametrize(
    ("attrs", "match"),
    [
        ({"schema": "other"}, r"Trajectory\.schema: expected 'ontogeny\.trajectory', got 'other'"),
        ({"schema_version": 2}, r"schema_version: expected 1, got 2; update ontogeny"),
        ({"schema_version": 0}, r"schema_version: expected 1, got 0; write it again"),
        ({"seed": "0"}, r"Trajectory\.seed: expected a value of type int, got '0'"),
        ({"trials": True}, r"Trajectory\.trials: expected a value of type int, got True"),
        ({"device": 3}, r"Trajectory\.device: expected a value of type str, got 3"),
        ({"network": "{'a': 1}"}, r"Trajectory\.network: expected a JSON string, got"),
        ({"versions": ""}, r"Trajectory\.versions: expected a JSON string, got ''"),
        ({"status": "running"}, r"Trajectory\.status: expected one of \('complete', 'diverged'\)"),
        ({"created": "yesterday"}, r"Trajectory\.created: expected a time in UTC, .* 'yesterday'"),
        ({"created": "2026-01-31T12:00:00"}, r"Trajectory\.created: expected a time in UTC"),
        ({"lives": "{}"}, r"Trajectory\.lives: expected a JSON list of"),
        ({"lives": '[{"labels": 1}]'}, r"Trajectory\.lives\[0\]: expected a JSON list of"),
    ],
)
def test_root(make_life, attrs, match):
    life = make_life()
    life.attrs.update(attrs)
    violates(life, match)


@pytest.mark.parametrize("name", ["network", "seed", "created", "dtype", "status"])
def test_missing_root_attribute(life, name):
    del life.attrs[name]
    violates(life, rf"Trajectory\.{name}: expected this attribute, got only")


@pytest.mark.parametrize("group", ["progress", "weights"])
def test_missing_group(life, group):
    del life[group]
    violates(life, rf"Trajectory\.{group}: expected this group, got only \('")


@pytest.mark.parametrize("group", ["progress", "tests"])
@pytest.mark.parametrize("name", ["loss", "phase", "presentation", "epoch"])
def test_missing_variable(life, group, name):
    tree = edit(life, group, lambda dataset: dataset.drop_vars(name))
    violates(tree, rf"Trajectory\.{group}\.{name}: expected this variable, got only")


def test_missing_forward(life):
    tree = edit(life, "weights", lambda dataset: dataset.drop_vars("forward_1"))
    violates(tree, r"Trajectory\.weights\.forward_1: expected this variable")


@pytest.mark.parametrize("attribute", ["units", "long_name"])
@pytest.mark.parametrize(
    ("group", "name"), [("progress", "loss"), ("weights", "forward_2"), ("weights", "inputs")]
)
def test_unlabelled(life, group, name, attribute):
    def change(dataset):
        dataset = dataset.copy()
        del dataset[name].attrs[attribute]
        return dataset

    violates(
        edit(life, group, change),
        rf"Trajectory\.{group}\.{name}\.{attribute}: expected a string, got None",
    )


@pytest.mark.parametrize(
    ("name", "attribute", "value", "match"),
    [
        (
            "loss",
            "units",
            "bit",
            r"progress\.loss\.units: expected one of \('nat', '1'\), got 'b",
        ),
        ("accuracy", "units", "percent", r"accuracy\.units: expected one of \('1',\)"),
        ("phase", "flag_values", [1, 2], r"phase\.flag_values: expected \[0, 1, 2\], got \[1, 2\]"),
        ("phase", "flag_meanings", "a b", r"phase\.flag_meanings: expected 'spontaneous learning"),
    ],
)
def test_progress_attributes(life, name, attribute, value, match):
    tree = edit(
        life,
        "progress",
        lambda dataset: dataset.assign(
            {name: dataset[name].copy().assign_attrs({attribute: value})}
        ),
    )
    violates(tree, match)


@pytest.mark.parametrize(
    ("name", "values", "match"),
    [
        (
            "phase",
            [0, 1, 3, 1],
            r"progress\.phase: expected val.* \[0, 1, 2\], got \[0, 1, 3\]",
        ),
        ("epoch", [0.0, 0.5, 1, 2], r"progress\.epoch: expected type int32, got float64"),
        ("presentation", [0, 64, 6, 640], r"progress\.presentation: expected counts that never"),
        ("presentation", [1, 2, 3, 4], r"expected checkpoint 0 at presentation 0, got present.* 1"),
        ("checkpoint", [1, 2, 3, 4], r"progress\.checkpoint: expected 0, 1, 2, \.\.\., got \[1 2"),
    ],
)
def test_progress_values(life, name, values, match):
    def change(dataset):
        attrs = dataset[name].attrs
        return dataset.assign({name: (("checkpoint",), np.array(values), attrs)})

    violates(edit(life, "progress", change), match)


def test_presentation_must_be_a_coordinate(life):
    tree = edit(life, "progress", lambda dataset: dataset.reset_coords("presentation"))
    violates(tree, r"progress\.presentation: expected a coordinate, got a data variable")


def test_dims(life):
    tree = edit(
        life,
        "weights",
        lambda dataset: dataset.assign(
            forward_2=dataset.forward_2.transpose("checkpoint", "hidden_1", "outputs")
        ),
    )
    violates(
        tree,
        r"weights\.forward_2: expected dims \('checkpoint', 'outputs', 'hidden_1'\), got \('check",
    )


def test_index_coordinate(life):
    tree = edit(life, "weights", lambda dataset: dataset.drop_vars("hidden_1"))
    violates(tree, r"weights\.hidden_1: expected an index coordinate, got none")


def test_weights_of_other_checkpoints(life):
    shorter = edit(life, "weights", lambda dataset: dataset.isel(checkpoint=slice(3)))
    violates(shorter, r"weights\.checkpoint: expected as many .* in progress \(4\), got 3")

    def later(dataset):
        presentation = dataset.presentation.copy(data=[0, 1, 2, 3])
        return dataset.assign_coords(presentation=presentation)

    violates(edit(life, "weights", later), r"weights\.presentation: expected the presentations")


@pytest.mark.parametrize(
    ("name", "attribute", "value", "match"),
    [
        ("forward_1", "kind", "feedback", r"forward_1\.kind: expected 'forward', got 'feedback'"),
        ("forward_1", "layer", 2, r"forward_1\.layer: expected 1, got 2"),
        ("forward_1", "plastic", 2, r"forward_1\.plastic: expected 0 or 1, got 2"),
        ("forward_1", "source", "retina", r"forward_1\.source: expected 'inputs', 'hidden_1'"),
        ("forward_1", "partner", "feedback_1", r"partner: expected '' or one of \['feedback_2'\]"),
        ("forward_1", "partner", "feedback_2", r"expected a variable whose partner is 'forward_1'"),
        ("forward_2", "partner", "", r"feedback_2\.partner: expected a variable whose partner is"),
        ("bias_1", "target", "outputs", r"bias_1: expected dims \('checkpoint', 'outputs'\)"),
    ],
)
def test_synapses(life, name, attribute, value, match):
    def change(dataset):
        return dataset.assign({name: dataset[name].copy().assign_attrs({attribute: value})})

    violates(edit(life, "weights", change), match)


@pytest.mark.parametrize(
    ("name", "attribute"),
    [("forward_2", "layer"), ("feedback_2", "partner"), ("bias_1", "target")],
)
def test_missing_synapse_attribute(life, name, attribute):
    def change(dataset):
        dataset = dataset.copy()
        del dataset[name].attrs[attribute]
        return dataset

    violates(edit(life, "weights", change), rf"{name}\.{attribute}: expected this attribute")


def test_partner_must_run_the_other_way(life):
    def change(dataset):
        feedback = dataset.feedback_2.rename(hidden_1="hidden_2").assign_coords(
            hidden_2=dataset.hidden_1.rename(hidden_1="hidden_2").variable
        )
        return dataset.assign(feedback_2=feedback.assign_attrs(target="hidden_2"))

    violates(
        edit(life, "weights", change),
        r"partner: expected synapses from hidden_1 to outputs|"
        r"partner: expected synapses from outputs to hidden_1",
    )


def test_feedback_without_partner(life):
    def change(dataset):
        forward = dataset.forward_2.copy().assign_attrs(partner="")
        return dataset.assign(
            forward_2=forward, feedback_2=dataset.feedback_2.copy().assign_attrs(partner="")
        )

    assert check_trajectory(edit(life, "weights", change)) is None


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_must_be_finite(life, value):
    life["weights/forward_2"].values[3, 1, 2] = value
    violates(life, r"weights\.forward_2: expected finite weights, got 1 NaN or Inf at checkpoint 3")
    assert check_trajectory(life, values=False) is None


def test_activity(make_life):
    life = make_life(active=True)
    tree = edit(life, "activity", lambda dataset: dataset.drop_vars("target"))
    violates(tree, r"Trajectory\.activity\.target: expected this variable")


def test_joined_and_cut_out_again(make_life):
    joined = join_trajectories({seed: make_life(seed, 3 + seed) for seed in range(2)}, "network")
    assert check_trajectory(joined) is None
    assert check_trajectory(joined.sel(network=0)) is None
    assert check_trajectory(joined.sel(network=[1])) is None


def test_joined_by_hand(make_life):
    groups = {"/": make_life().to_dataset()}
    for group in ("progress", "weights"):
        parts = [make_life(seed)[group].to_dataset() for seed in range(3)]
        dim = xr.Variable("network", range(3), {"units": "1", "long_name": "network"})
        groups[group] = xr.concat(
            parts,
            xr.DataArray(dim, name="network"),
            data_vars="all",
            coords="minimal",
            compat="override",
            join="outer",
        )
    assert check_trajectory(xr.DataTree.from_dict(groups)) is None


def test_joined_dims_lead(make_life):
    joined = join_trajectories({seed: make_life(seed) for seed in range(2)}, "network")
    tree = edit(
        joined,
        "weights",
        lambda dataset: dataset.assign(forward_1=dataset.forward_1.transpose("checkpoint", ...)),
    )
    violates(tree, r"forward_1: expected dims .* after dims of \('network',\), got \('checkpoint'")


def test_gap_in_a_joined_life(make_life):
    joined = join_trajectories({seed: make_life(seed, 3 + seed) for seed in range(2)}, "network")
    joined["progress/presentation"].values[0, 1] = np.nan
    violates(joined, r"progress\.presentation: expected NaN only after the end of a joined life")


def test_joined_life_must_be_described(make_life):
    joined = join_trajectories({seed: make_life(seed) for seed in range(2)}, "network")
    lives = json.loads(joined.attrs["lives"])
    del lives[1]["attributes"]["seed"]
    joined.attrs["lives"] = json.dumps(lives)
    violates(joined, r"Trajectory\.lives\[1\]\.seed: expected this attribute")
