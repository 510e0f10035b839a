"""The arithmetic of a training step, counted."""

import dataclasses

import torch

from explorer.config import ModelConfig
from explorer.model import MusicVAE
from explorer.speed import SIZE, matrix_rate, training_work
from tests.helpers import TINY_HIERARCHY


def test_every_weight_counts_as_often_as_it_is_used():
    config = ModelConfig(num_bars=1, enc_rnn_size=(3,), dec_rnn_size=(4,), z_size=2)
    encoder = 2 * (4 * 3 * (90 + 3)) * 16 + 2 * (6 * 2)
    decoder = 2 * (2 * 4) + (4 * 4 * (92 + 4) + 4 * 90) * 16
    assert training_work(MusicVAE(config), "events") == 6 * (encoder + decoder)


def test_a_conductor_works_once_a_bar():
    wider = dataclasses.replace(TINY_HIERARCHY, conductor_rnn_size=(15,))
    one, other = (
        training_work(MusicVAE(config), "events") for config in (TINY_HIERARCHY, wider)
    )
    lstm = 4 * (15 * 15 - 14 * 14) + 4  # its recurrent matrix and its zero input
    assert other - one == 6 * (2 * (lstm + 5) + 2 * 6)


def test_bar_codes_take_less_work():
    model = MusicVAE(TINY_HIERARCHY)
    codes, events = (training_work(model, name) for name in ("bar_codes", "events"))
    bar_encoder = 2 * (4 * 10 * (90 + 10)) * 32
    decoder = (4 * 8 * (95 + 8) + 8 * 90) * 32 + 2 * 5 * 16
    assert events - codes == 4 * bar_encoder + 6 * decoder


def test_the_matrix_rate_is_that_of_the_fastest_product(monkeypatch):
    clock = iter([0.0, 4.0, 10.0, 12.0, 20.0, 28.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    rate = matrix_rate(torch.device("cpu"), bf16=False, runs=3)
    assert rate == 2 * SIZE**3 / 2.0
