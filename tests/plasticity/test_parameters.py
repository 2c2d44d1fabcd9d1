from dataclasses import dataclass, field, fields

import numpy as np
import pytest

from ontogeny.plasticity import SGD, Adam, Gaussian, He, check_parameters, parameter
from ontogeny.plasticity.parameters import parameters_of


@dataclass(frozen=True, kw_only=True)
class Example:
    closed: float = parameter(0.5, "a share", low=0, high=1)
    opened: float = parameter(0.5, "an open share", low=0, high=1, strict=True)
    free: float = parameter(0.0, "any number")
    label: str = field(default="not a parameter")

    def __post_init__(self):
        check_parameters(self)


def test_declaration_keeps_default_doc_and_bounds():
    declared = {item.name: item for item in fields(Example)}
    assert declared["closed"].default == 0.5
    assert dict(declared["opened"].metadata) == {
        "doc": "an open share",
        "low": 0,
        "high": 1,
        "strict": True,
        "paced": False,
        "unit": "1",
    }
    assert (declared["free"].metadata["low"], declared["free"].metadata["high"]) == (
        -np.inf,
        np.inf,
    )


def test_parameters_are_the_declared_fields_as_floats():
    found = parameters_of(Example(closed=1, free=np.float64(-3)))
    assert found == {"closed": 1.0, "opened": 0.5, "free": -3.0}
    assert all(type(value) is float for value in found.values())


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0, 5e-324, 0.999])
def test_bounds_belong_to_the_range(value):
    assert Example(closed=value).closed == value


@pytest.mark.parametrize("value", [np.nextafter(0, 1), np.nextafter(1, 0)])
def test_strict_bounds_are_approached(value):
    assert Example(opened=value).opened == value


@pytest.mark.parametrize("value", [-1e300, 0, 1e300])
def test_unbounded_parameters_take_any_finite_number(value):
    assert Example(free=value).free == value


@pytest.mark.parametrize("value", [-5e-324, np.nextafter(1, 2), -1, 2])
def test_values_out_of_bounds_are_refused(value):
    with pytest.raises(ValueError, match=r"^Example\.closed: expected a number between 0 and 1 "):
        Example(closed=value)


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0, -1, 2])
def test_strict_bounds_are_excluded(value):
    with pytest.raises(
        ValueError, match=r"^Example\.opened: expected a number strictly between 0 and 1 "
    ):
        Example(opened=value)


@pytest.mark.parametrize(
    "value",
    [np.nan, np.inf, -np.inf, True, False, "0.5", None, 0.5 + 0j, [0.5], np.array([0.5])],
)
@pytest.mark.parametrize("name", ["closed", "opened", "free"])
def test_what_is_no_finite_number_is_refused(name, value):
    with pytest.raises(ValueError, match=rf"^Example\.{name}: expected a number .*, got "):
        Example(**{name: value})


@pytest.mark.parametrize("value", [np.float64(0.25), np.float32(0.25), np.int64(1), np.uint8(1)])
def test_numbers_of_numpy_are_numbers(value):
    assert Example(closed=value).closed == value


def test_wording_names_range_meaning_and_value():
    with pytest.raises(
        ValueError,
        match=r"^Example\.closed: expected a number between 0 and 1 \(a share\), got '0\.5'$",
    ):
        Example(closed="0.5")


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (
            lambda: Adam(rate=0),
            r"^Adam\.rate: expected a number strictly between 0 and inf \(learning rate\), got 0$",
        ),
        (lambda: He(gain=-1), r"^He\.gain: expected a number strictly between 0 and inf"),
        (lambda: Gaussian(std=-0.1), r"^Gaussian\.std: expected a number between 0 and inf"),
        (lambda: Gaussian(mean=np.nan), r"^Gaussian\.mean: expected a number .*, got nan$"),
    ],
)
def test_descriptions_check_their_parameters(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def test_paces_are_divided_among_the_updates_of_a_presentation():
    optimiser = SGD(rate=0.3, momentum=0.5)
    assert parameters_of(optimiser, updates=3) == {
        "rate": pytest.approx(0.1),
        "momentum": 0.5,
        "weight_decay": 0.0,
    }
