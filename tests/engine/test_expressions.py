"""Which expressions become matrix products."""

import pytest

from ontogeny.engine.expressions import correlate_product, names, propagate_product


@pytest.mark.parametrize(
    ("expression", "into", "expected"),
    [
        ("w*r_pre", "drive_post", ("w", "r_pre")),
        ("r_pre*w", "drive_post", ("w", "r_pre")),
        ("w*delta_post", "feedback_pre", ("w", "delta_post")),
        ("2*w*r_pre", "drive_post", ("w", "(2)*r_pre")),
        ("w*tanh(r_pre)", "drive_post", ("w", "(tanh(r_pre))")),
        ("-w*r_pre", "drive_post", ("w", "(-1)*r_pre")),
        ("w*(r_pre - s_pre)*gain", "drive_post", ("w", "(r_pre - s_pre)*gain")),
        # No products: two weights, wrong sides, mixed factors, a function of the weight, one side
        ("w*v*r_pre", "drive_post", None),
        ("w*r_post", "drive_post", None),
        ("w*r_pre*r_post", "drive_post", None),
        ("w*(r_pre - r_post)", "drive_post", None),
        ("abs(w)*r_pre", "drive_post", None),
        ("w", "drive_post", None),
        ("r_pre", "drive_post", None),
        ("w*r_pre + b_pre", "drive_post", None),
    ],
)
def test_propagate_product(expression, into, expected):
    assert propagate_product(expression, into, ["w", "v"]) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("r_pre*delta_post", ("r_pre", "delta_post")),
        ("delta_post*r_pre", ("r_pre", "delta_post")),
        ("rate*r_pre*delta_post", ("r_pre", "rate*delta_post")),
        ("(r_pre - m_pre)*delta_post", ("(r_pre - m_pre)", "delta_post")),
        ("w*r_pre*delta_post", None),
        ("r_pre - delta_post", None),
        ("delta_post", None),
        ("r_pre*s_pre", None),
    ],
)
def test_correlate_product(expression, expected):
    assert correlate_product(expression, ["w", "g"]) == expected


def test_names_of_statements():
    assert names("m = beta*m + g\nw -= sqrt(m)") == {"m", "beta", "g", "w", "sqrt"}
