"""The network: sizes, the ELBO, both decoders, schedules."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from explorer.config import ModelConfig, TrainConfig
from explorer.encodings import ENCODINGS
from explorer.initialisation import initialise
from explorer.model import (
    MusicVAE,
    Posterior,
    beta_at,
    drum_roll,
    encoder_input,
    likeliest,
    negative_elbo,
    one_hot,
    sampling_probability_at,
)
from explorer.presets import CONFIGS

MELODY = ENCODINGS["melody"]
FLAT = ModelConfig(num_bars=2, enc_rnn_size=(12,), dec_rnn_size=(8, 8), z_size=6)
HIERARCHICAL = ModelConfig(
    num_bars=3,
    enc_rnn_size=(12, 12),
    conductor_rnn_size=(10, 10),
    dec_rnn_size=(8, 8),
    z_size=6,
)
PROJECTED = ModelConfig(
    num_bars=3,
    enc_rnn_size=(12, 12),
    conductor_rnn_size=(10, 10),
    conductor_output_size=5,
    dec_rnn_size=(8, 8),
    z_size=6,
)
DRUMS = ModelConfig(
    num_bars=2, encoding="drums", enc_rnn_size=(12,), dec_rnn_size=(8, 8), z_size=6
)
TRIO = ModelConfig(
    num_bars=3,
    encoding="trio",
    bar_enc_rnn_size=(9,),
    enc_rnn_size=(12,),
    conductor_rnn_size=(10, 10),
    dec_rnn_size=(8, 8),
    z_size=6,
)
BOTH_HIERARCHICAL = ModelConfig(
    num_bars=3,
    bar_enc_rnn_size=(9,),
    enc_rnn_size=(12, 12),
    conductor_rnn_size=(10, 10),
    conductor_output_size=5,
    dec_rnn_size=(8, 8),
    z_size=6,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def make(config, scheme="chrono"):
    model = MusicVAE(config)
    initialise(model, scheme, generator())
    return model.eval()


def phrases(config, num=5):
    parts = [
        torch.randint(0, depth, (num, config.num_steps), generator=generator(1 + i))
        for i, depth in enumerate(config.music.depths)
    ]
    tokens = parts[0] if len(parts) == 1 else torch.stack(parts, dim=2)
    return tokens.to(torch.from_numpy(np.zeros(0, config.music.dtype)).dtype)


@pytest.fixture(
    params=[FLAT, HIERARCHICAL, PROJECTED, BOTH_HIERARCHICAL, DRUMS, TRIO],
    ids=["flat", "hier", "projected", "both", "drums", "trio"],
)
def config(request):
    return request.param


@pytest.mark.parametrize(
    ("preset", "count"),
    [
        ("cat-mel_2bar_small", 4_423_770),
        ("cat-mel_2bar_big", 134_571_098),
        ("flat-mel_16bar", 235_250_778),
        ("hierdec-mel_16bar", 176_061_530),
        ("hier-mel_16bar", 72_547_418),
        ("cat-drums_2bar_small", 4_636_672),
        ("cat-drums_2bar_big", 137_582_080),
        ("hierdec-trio_16bar", 230_975_156),
        ("hier-trio_16bar", 122_529_460),
    ],
)
def test_presets_have_magentas_number_of_parameters(preset, count):
    with torch.device("meta"):
        assert MusicVAE(CONFIGS[preset].model).num_parameters() == count


def test_kl_equals_torch_distributions():
    mu, sigma = torch.randn(4, 6, generator=generator()), torch.rand(4, 6) + 0.1
    expected = kl_divergence(Normal(mu, sigma), Normal(0.0, 1.0))
    torch.testing.assert_close(Posterior(mu, sigma).kl_divergence(), expected)


def test_posterior_sample_is_mu_plus_sigma_noise():
    mu, sigma = torch.full((20_000, 1), 3.0), torch.full((20_000, 1), 0.5)
    z = Posterior(mu, sigma).sample(generator())
    assert abs(z.mean() - 3.0) < 0.02
    assert abs(z.std() - 0.5) < 0.02


def test_reconstruction_is_summed_over_time_and_averaged_over_phrases():
    logits = torch.zeros(3, 32, 90)
    tokens = torch.zeros(3, 32, dtype=torch.uint8)
    prior = Posterior(torch.zeros(3, 6), torch.ones(3, 6))
    terms = negative_elbo(logits, tokens, prior, MELODY, beta=1.0, free_bits=0)
    assert terms.loss.item() == pytest.approx(32 * math.log(90), rel=1e-5)


def test_free_bits_are_taken_off_the_sum_of_each_example():
    logits = torch.zeros(2, 32, 90)
    tokens = torch.zeros(2, 32, dtype=torch.uint8)
    posterior = Posterior(torch.tensor([[2.0, 2.0], [0.0, 0.0]]), torch.ones(2, 2))
    kl = 4.0  # of the first phrase, nats; the second has none
    for free_bits in (0.0, 2.0, 100.0):
        terms = negative_elbo(
            logits, tokens, posterior, MELODY, beta=0.5, free_bits=free_bits
        )
        cost = 0.5 * max(kl - free_bits * math.log(2), 0) / 2
        assert (terms.loss - terms.reconstruction).item() == pytest.approx(
            cost, abs=1e-3
        )
        assert terms.kl.item() == pytest.approx(kl / 2)


def test_beta_follows_magentas_schedule():
    config = TrainConfig(max_beta=0.2, beta_rate=0.99999)
    assert beta_at(0, config) == 0
    assert beta_at(10_000, config) == pytest.approx(0.019, abs=1e-3)
    assert beta_at(200_000, config) == pytest.approx(0.173, abs=1e-3)
    assert beta_at(1, TrainConfig(max_beta=0.2, beta_rate=0.0)) == 0.2


def test_scheduled_sampling_follows_magentas_schedule():
    config = TrainConfig(sampling_schedule="inverse_sigmoid", sampling_rate=1000)
    assert sampling_probability_at(0, config) == pytest.approx(0.001, abs=1e-4)
    assert sampling_probability_at(6_908, config) == pytest.approx(0.5, abs=1e-3)
    assert sampling_probability_at(10_000_000, config) == 1.0
    assert sampling_probability_at(99, TrainConfig()) == 0.0


def test_steps_of_the_free_decoder_equal_the_teacher_forced_pass(config):
    model, tokens = make(config), phrases(config)
    z = model.encode(tokens).mu
    stepped = model.decode(z, truth=tokens, sampling_probability=0.0)
    torch.testing.assert_close(stepped.logits, model.teacher_forced(tokens, z))


def test_free_decoding_reads_its_own_events(config):
    model = make(config)
    z = torch.randn(4, config.z_size, generator=generator(2))
    decoded = model.decode(z)
    again = model.teacher_forced(decoded.tokens, z)
    torch.testing.assert_close(decoded.logits, again)
    assert decoded.tokens.equal(likeliest(again, config.music))


def test_decoding_in_a_batch_equals_one_by_one(config):
    model = make(config)
    z = torch.randn(4, config.z_size, generator=generator(2))
    singly = torch.cat([model.decode(row[None]).tokens for row in z])
    assert model.decode(z).tokens.equal(singly)


def test_same_seed_draws_the_same_tune_and_another_seed_another():
    model = make(FLAT)
    z = torch.zeros(2, FLAT.z_size)
    draws = [
        model.decode(z, temperature=1.0, generator=generator(s)).tokens
        for s in (3, 3, 4)
    ]
    assert draws[0].equal(draws[1])
    assert not draws[0].equal(draws[2])


def test_low_temperature_comes_to_the_likeliest_events():
    model = make(FLAT)
    z = torch.randn(3, FLAT.z_size, generator=generator(2))
    cold = model.decode(z, temperature=1e-6, generator=generator())
    assert cold.tokens.equal(model.decode(z).tokens)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan])
def test_temperature_must_be_positive(temperature):
    with pytest.raises(ValueError, match="must be positive"):
        make(FLAT).decode(torch.zeros(1, FLAT.z_size), temperature=temperature)


def test_bars_of_the_hierarchical_decoder_hear_each_other_only_through_one_event():
    model, tokens = make(HIERARCHICAL), phrases(HIERARCHICAL, 1)
    z = torch.zeros(1, HIERARCHICAL.z_size)
    changed = tokens.clone()
    changed[0, 3] = (changed[0, 3] + 1) % 90  # an event in the middle of bar 1
    before = model.teacher_forced(tokens, z)
    after = model.teacher_forced(changed, z)
    assert not before[:, 4:16].equal(after[:, 4:16])
    torch.testing.assert_close(before[:, 16:], after[:, 16:])


def test_a_hierarchical_encoder_reads_every_bar_alike_and_minds_their_order():
    model = make(BOTH_HIERARCHICAL)
    bars = torch.randint(0, 90, (3, 16), generator=generator(2)).to(torch.uint8)
    phrase = bars.flatten()[None]
    _, (h, _) = model.encoder.bar_lstm(one_hot(bars, 90))
    embeddings = torch.cat([h[0], h[1]], dim=1)[None]
    torch.testing.assert_close(
        model.encoder.read_bars(embeddings).mu, model.encode(phrase).mu
    )
    turned = model.encoder.read_bars(embeddings.flip(1)).mu
    assert not torch.allclose(turned, model.encode(phrase).mu, atol=1e-4)


def test_flat_decoder_remembers_across_bars():
    model, tokens = make(FLAT), phrases(FLAT, 1)
    changed = tokens.clone()
    changed[0, 3] = (changed[0, 3] + 1) % 90
    z = torch.zeros(1, FLAT.z_size)
    before = model.teacher_forced(tokens, z)
    after = model.teacher_forced(changed, z)
    assert not before[:, 16:].equal(after[:, 16:])


def test_word_dropout_blanks_the_previous_event():
    model, tokens = make(FLAT), phrases(FLAT, 1)
    z = torch.zeros(1, FLAT.z_size)
    keep = torch.ones(1, 32, dtype=torch.bool)
    torch.testing.assert_close(
        model.teacher_forced(tokens, z, keep=keep), model.teacher_forced(tokens, z)
    )
    keep[0, 5] = False
    changed = model.teacher_forced(tokens, z, keep=keep)
    torch.testing.assert_close(changed[:, :5], model.teacher_forced(tokens, z)[:, :5])
    assert not changed[:, 5].equal(model.teacher_forced(tokens, z)[:, 5])


def test_gradient_reaches_every_weight(config):
    model, tokens = make(config), phrases(config)
    posterior = model.encode(tokens)
    logits = model.teacher_forced(tokens, posterior.sample(generator()))
    music = config.music
    negative_elbo(
        logits, tokens, posterior, music, beta=1.0, free_bits=0
    ).loss.backward()
    for name, parameter in model.named_parameters():
        if parameter.requires_grad and name != "conductor.lstm.weight_ih_l0":  # reads 0
            assert parameter.grad is not None, name
            assert parameter.grad.abs().sum() > 0, name


def test_chrono_forget_gates_stay_open_for_a_phrase():
    model = make(FLAT, "chrono")
    i, f, _, _ = model.encoder.lstm.bias_ih_l0.chunk(4)
    assert f.min() >= 0
    assert f.max() <= math.log(FLAT.num_steps)
    assert i.equal(-f)
    recurrent = model.encoder.lstm.weight_hh_l0.chunk(4)[0]
    torch.testing.assert_close(
        recurrent @ recurrent.T, torch.eye(12), atol=1e-5, rtol=0
    )


def test_magenta_start_has_forget_bias_one_and_tiny_latent_layers():
    model = make(FLAT, "magenta")
    assert (model.decoder.lstm.bias_ih_l1.chunk(4)[1] == 1).all()
    assert model.encoder.mu.weight.abs().max() < 0.01
    assert model.decoder.initial_state.dense.weight.abs().max() < 0.01


def test_z_reaches_the_first_state_cell_before_hidden():
    model = make(FLAT)
    z = torch.randn(1, FLAT.z_size, generator=generator(2))
    flat = torch.tanh(model.decoder.initial_state.dense(z))
    (h0, c0), (h1, c1) = model.decoder.initial_state(z)
    torch.testing.assert_close(torch.cat([c0, h0, c1, h1], dim=1), flat)


def test_the_encoder_of_drums_reads_a_bit_a_drum_and_one_for_silence():
    tokens = torch.tensor([[0, 0b000000101, 0b100000000]], dtype=torch.int16)
    expected = torch.zeros(1, 3, 10)
    expected[0, 0, 9] = expected[0, 1, 0] = expected[0, 1, 2] = expected[0, 2, 8] = 1
    assert drum_roll(tokens).equal(expected)
    assert encoder_input(tokens, ENCODINGS["drums"]).equal(expected)


def test_the_encoder_of_trios_reads_the_parts_side_by_side():
    tokens = torch.tensor([[[3, 7, 511]]], dtype=torch.int16)
    read = encoder_input(tokens, ENCODINGS["trio"])
    assert read.shape == (1, 1, 692)
    assert read.nonzero()[:, 2].tolist() == [3, 90 + 7, 180 + 511]


def test_the_loss_of_a_trio_is_the_sum_of_its_parts():
    logits = torch.zeros(2, 48, 692)
    tokens = torch.zeros(2, 48, 3, dtype=torch.int16)
    prior = Posterior(torch.zeros(2, 6), torch.ones(2, 6))
    terms = negative_elbo(
        logits, tokens, prior, ENCODINGS["trio"], beta=1.0, free_bits=0
    )
    expected = 48 * (2 * math.log(90) + math.log(512))
    assert terms.loss.item() == pytest.approx(expected, rel=1e-5)


def test_parts_of_a_trio_hear_each_other_only_through_the_code():
    model, tokens = make(TRIO), phrases(TRIO, 1)
    changed = tokens.clone()
    changed[0, :, 1] = (changed[0, :, 1] + 1) % 90  # another bass line
    z = torch.zeros(1, TRIO.z_size)
    before, after = model.teacher_forced(tokens, z), model.teacher_forced(changed, z)
    assert before[..., :90].equal(after[..., :90])
    assert before[..., 180:].equal(after[..., 180:])
    assert not before[..., 90:180].equal(after[..., 90:180])


def test_likeliest_picks_each_part_among_its_own_classes():
    logits = torch.zeros(1, 1, 692)
    logits[0, 0, 5], logits[0, 0, 90 + 6], logits[0, 0, 180 + 300] = 1.0, 9.0, 2.0
    assert likeliest(logits, ENCODINGS["trio"]).tolist() == [[[5, 6, 300]]]
