"""Single numbers of a code: a sweep moves one of them, and what it did is measured."""

import math

import numpy as np
import pytest

from explorer import knobs


def test_a_sweep_moves_one_number_by_standard_deviations_and_no_other():
    z = np.array([1.0, 2.0, 3.0], np.float32)
    codes = knobs.sweep(z, 1, 0.5)
    assert codes[:, 1].tolist() == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]
    assert (codes[:, [0, 2]] == [1.0, 3.0]).all()
    assert knobs.stops() == [-3, -2, -1, 0, 1, 2, 3]
    assert (codes[knobs.stops().index(0)] == z).all()


def test_what_changes_most_is_judged_by_how_much_it_varies_in_music():
    values = np.array([[0.0, 10.0], [0.5, 11.0], [0.25, 10.5]])
    assert knobs.most_changed(values, np.array([0.25, 2.0])) == (0, 2.0)
    assert knobs.most_changed(values, np.array([5.0, 2.0])) == (1, 0.5)


def test_active_is_told_in_bits_where_it_was_measured():
    metrics = {"kl_bits_by_dimension": [0.5, 2], "posterior": {"carrying_nats": 0.01}}
    assert knobs.bits(metrics).tolist() == [0.5, 2.0]
    assert knobs.least_bits(metrics) == pytest.approx(0.01 / math.log(2))
    assert knobs.least_bits({"kl_bits_by_dimension": [0.5]}) is None
