"""Attribute vectors are chosen by what they do, on training phrases."""

import dataclasses

import numpy as np
import pytest
import torch

from explorer import codes, latent, vectors
from explorer.attributes import attributes_of
from explorer.config import ModelConfig
from explorer.errors import DataError
from explorer.initialisation import initialise
from explorer.model import MusicVAE
from explorer.vectors import Effort, find_vectors
from tests.helpers import TINY_MODEL, tiny_dataset

NAMES = list(attributes_of("melody"))
DENSITY = NAMES.index("note_density")
EFFORT = Effort(slopes=400, trials=64, climbers=64, steps=3)


@pytest.fixture
def model():
    made = MusicVAE(TINY_MODEL)
    initialise(made, "chrono", torch.Generator().manual_seed(0))
    return made.eval().requires_grad_(False)


@pytest.fixture
def data():
    return tiny_dataset(num=80)


@pytest.fixture
def known(monkeypatch):
    """Encodes phrases to their density at number 0; writes as many notes as 1 says.

    Number 1 goes with number 0 in what is encoded, only more weakly; so the difference
    of means points along 0, where nothing is heard.
    """

    def encode(model, tokens):
        rng = np.random.default_rng(0)
        mu = rng.standard_normal((len(tokens), 8)).astype(np.float32)
        share = (tokens > 1).mean(axis=1)
        mu[:, 0] += 12 * (share - share.mean())
        return codes.Codes(mu=mu, sigma=np.ones_like(mu))

    def write(model, z, **_):
        steps = np.arange(32)
        return np.where(steps < 16 + 2 * z[:, 1:2], 41, 0).astype(np.uint8)

    monkeypatch.setattr(codes, "encode", encode)
    monkeypatch.setattr(codes, "write", write)


def test_the_vector_points_where_the_decoder_listens(model, data, known):
    found = find_vectors(model, data, seed=0, effort=EFFORT)
    vector = found.vectors[DENSITY] / np.linalg.norm(found.vectors[DENSITY])
    assert abs(vector[1]) > 0.8, "not along number 0, where the means differ"
    assert vector[1] > 0
    assert found.ways[DENSITY] != latent.MEAN_DIFFERENCE


def test_it_is_long_enough_to_be_heard(model, data, known):
    found = find_vectors(model, data, seed=0, effort=EFFORT)
    assert np.linalg.norm(found.vectors[DENSITY]) > 0.8 * min(vectors.LENGTHS)


def test_the_same_seed_finds_the_same_vectors(model, data):
    first, second = (find_vectors(model, data, seed=1, effort=EFFORT) for _ in range(2))
    np.testing.assert_array_equal(first.vectors, second.vectors)
    assert first.ways == second.ways


def test_a_decoder_that_ignores_its_code_gives_vectors_all_the_same(
    model, data, monkeypatch
):
    monkeypatch.setattr(
        codes, "write", lambda model, z, **_: np.full((len(z), 32), 41, np.uint8)
    )
    found = find_vectors(model, data, seed=0, effort=EFFORT)
    assert found.vectors.shape == (len(NAMES), TINY_MODEL.z_size)
    assert np.isfinite(found.vectors).all()


def test_too_few_training_phrases_are_refused(model):
    with pytest.raises(DataError, match="take 4 or more"):
        find_vectors(model, tiny_dataset(num=3), seed=0)


@pytest.mark.parametrize(("num_bars", "climbs"), [(2, True), (16, False)])
def test_only_models_of_short_phrases_are_climbed_with(num_bars, climbs):
    config = dataclasses.replace(TINY_MODEL, num_bars=num_bars)
    assert isinstance(config, ModelConfig)
    assert bool(Effort.of(MusicVAE(config)).steps) == climbs
