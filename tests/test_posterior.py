"""Signs of collapse, on posteriors made to have them or not."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import MultivariateNormal, kl_divergence

from explorer.posterior import aggregate_kl_bits, posterior_figures


def figures(mu, sigma, own=0.9, other=0.5):
    return posterior_figures(mu, sigma, own_accuracy=own, other_accuracy=other)


def test_a_posterior_that_is_the_prior_has_collapsed():
    found = figures(np.zeros((50, 4)), np.ones((50, 4)))
    assert found["collapsed"]
    assert found["num_carrying"] == 0
    assert found["carrying_dimensions"] == []
    assert found["aggregate_kl_bits"] == pytest.approx(0)


def test_codes_nobody_reads_are_a_collapse_too(rng):
    mu, sigma = rng.normal(size=(50, 4)), np.full((50, 4), 0.1)
    assert figures(mu, sigma, own=0.8, other=0.795)["collapsed"]
    assert not figures(mu, sigma, own=0.8, other=0.6)["collapsed"]


def test_carrying_dimensions_are_listed_the_most_used_first(rng):
    mu = rng.normal(size=(500, 4)) * [0.3, 0.0, 3.0, 1.0]
    found = figures(mu, np.ones((500, 4)))
    assert found["carrying_dimensions"] == [2, 3, 0]
    assert found["num_carrying"] == 3
    assert found["share_carrying"] == 0.75
    assert found["dimensions_for_90_percent"] == 2


def test_aggregate_divergence_equals_that_of_the_fitted_gaussian(rng):
    mu = rng.normal(size=(300, 3)) @ rng.normal(size=(3, 3)) + 1
    sigma = rng.uniform(0.2, 1, size=(300, 3))
    covariance = np.cov(mu.T, bias=True) + np.diag((sigma**2).mean(axis=0))
    fitted = MultivariateNormal(torch.tensor(mu.mean(axis=0)), torch.tensor(covariance))
    prior = MultivariateNormal(torch.zeros(3).double(), torch.eye(3).double())
    expected = float(kl_divergence(fitted, prior)) / math.log(2)
    assert aggregate_kl_bits(mu, sigma) == pytest.approx(expected)


def test_codes_that_fill_the_prior_tell_phrases_apart_at_no_aggregate_cost(rng):
    mu = rng.normal(size=(20_000, 2)) * math.sqrt(1 - 0.1**2)
    found = figures(mu, np.full((20_000, 2), 0.1))
    assert found["aggregate_kl_bits"] == pytest.approx(0, abs=0.01)
    assert found["information_bits_at_most"] == pytest.approx(
        2 * math.log2(10), rel=0.02
    )


def test_lengths_stand_beside_the_prior(rng):
    mu = np.zeros((10, 16))
    mu[:, 0] = 2
    found = figures(mu, np.full((10, 16), 0.5))
    assert found["mean_norm_of_mu"] == 2
    assert found["norm_of_prior"] == 4
    assert found["mean_sigma"] == 0.5
