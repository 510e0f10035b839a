import threading

import numpy as np
import pytest
import torch

from explorer import checkpoint, drums, trained_model
from explorer.converters import melody_to_sequence
from explorer.errors import CheckpointError, ConversionError
from explorer.notes import sequence
from explorer.trained_model import encode_tokens, pack_vectors, read_vectors
from explorer.trio import part_of
from tests import tiny_checkpoint
from tests.tiny import phrases, save_tiny_checkpoint, save_tiny_run, tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_tiny_checkpoint(tmp_path_factory.mktemp("trained") / "tiny")


@pytest.fixture(scope="module")
def model(folder):
    return trained_model.load(folder)


@pytest.fixture(scope="module")
def tunes():
    return [melody_to_sequence(melody) for melody in phrases(5, seed=1)]


def test_a_model_says_what_it_reads(model):
    assert (model.name, model.num_bars, model.num_steps) == ("tiny", 2, 32)
    assert (model.z_size, model.converter.num_steps) == (20, 32)


def test_tunes_encoded_together_have_the_codes_they_have_alone(model, tunes):
    together = model.encode(tunes)
    for row, tune in enumerate(tunes):
        alone = model.encode([tune])
        np.testing.assert_allclose(alone.mu[0], together.mu[row], atol=1e-6)
        np.testing.assert_allclose(alone.sigma[0], together.sigma[row], atol=1e-6)
    assert (together.sigma > 0).all()
    assert together.mu.dtype == np.float32
    assert model.encode([]).mu.shape == (0, 20)


def test_encoding_is_the_networks_own_posterior(model, tunes):
    tokens = np.stack([model.converter.to_tokens(tune) for tune in tunes])
    codes = encode_tokens(model.checkpoint, tokens)
    np.testing.assert_array_equal(codes.mu, model.encode(tunes).mu)
    with torch.inference_mode():
        posterior = model.checkpoint.model.encode(torch.from_numpy(tokens))
    np.testing.assert_allclose(codes.mu, posterior.mu, atol=1e-6)


def test_a_tune_without_a_melody_is_refused(model):
    with pytest.raises(ConversionError, match="No melody note"):
        model.encode([sequence([])])


@pytest.mark.parametrize("temperature", [None, 0.8])
def test_tunes_decoded_together_are_the_tunes_decoded_alone(model, temperature):
    z = 3 * model.sample(4, seed=0, near_real=False)
    together = model.decode(z, temperature=temperature, seed=5)
    for row in range(4):
        (alone,) = model.decode(z[row : row + 1], temperature=temperature, seed=5)
        assert alone.tune == together[row].tune
        np.testing.assert_allclose(alone.certainty, together[row].certainty, atol=1e-5)


def test_a_seed_repeats_and_another_differs(model):
    z = model.sample(2, seed=0)
    first = model.decode(z, temperature=1.0, seed=1)
    assert model.decode(z, temperature=1.0, seed=1)[0].tune == first[0].tune
    assert model.decode(z, temperature=1.0, seed=2)[0].tune != first[0].tune


def test_decoded_parts_agree_with_each_other(model):
    for decoded in model.decode(model.sample(3, seed=0), temperature=1.0, qpm=90):
        assert decoded.tokens.shape == decoded.certainty.shape == (32,)
        assert decoded.tune == model.converter.from_tokens(decoded.tokens, qpm=90)
        assert decoded.tune.total_steps == 32


def test_certainty_is_the_probability_of_the_chosen_event(model):
    z = model.sample(2, seed=0)
    with torch.inference_mode():
        logits = model.checkpoint.model.decode(torch.from_numpy(z)).logits
    likeliest = torch.softmax(logits, dim=2).max(dim=2).values.numpy()
    certainty = np.stack([decoded.certainty for decoded in model.decode(z)])
    np.testing.assert_allclose(certainty, likeliest, atol=1e-6)
    adventurous = model.decode(z, temperature=5.0)
    assert np.mean([d.certainty for d in adventurous]) < certainty.mean()


def test_ghosts_are_likely_but_not_written(tmp_path):
    found = trained_model.load(tiny_checkpoint.write(tmp_path, encoding="drums"))
    z = found.sample(3, seed=0)
    with torch.inference_mode():
        logits = found.checkpoint.model.decode(torch.from_numpy(z)).logits
    likely = torch.softmax(logits, dim=2).numpy() @ drums.roll(np.arange(512))
    for row, decoded in enumerate(found.decode(z)):
        assert decoded.ghosts
        for ghost in decoded.ghosts:
            drum = drums.EXEMPLARS.index(ghost.pitch)
            assert not drums.roll(decoded.tokens)[ghost.start_step, drum]
            assert ghost.probability == pytest.approx(
                likely[row, ghost.start_step, drum], abs=1e-5
            )


def test_a_tune_has_the_ghosts_it_has_alone(tmp_path):
    found = trained_model.load(tiny_checkpoint.write(tmp_path, encoding="trio"))
    z = 3 * found.sample(3, seed=0, near_real=False)
    together = found.decode(z)
    for row in range(3):
        (alone,) = found.decode(z[row : row + 1])
        likely = {(g.part, g.pitch, g.start_step): g.probability for g in alone.ghosts}
        again = together[row].ghosts
        assert likely == pytest.approx(
            {(g.part, g.pitch, g.start_step): g.probability for g in again}, abs=1e-5
        )
        assert {g.part for g in again} <= {part.name for part in found.music.parts}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"temperature": 0.0}, "temperature 0.0 must be positive"),
        ({"temperature": -1.0}, "temperature -1.0 must be positive"),
        ({"qpm": 0.0}, "qpm 0.0 must be positive"),
    ],
)
def test_wrong_settings_are_refused(model, change, match):
    with pytest.raises(ValueError, match=match):
        model.decode(model.sample(1, seed=0), **change)


def test_a_code_that_is_not_a_number_is_refused(model):
    with pytest.raises(ValueError, match="not numbers"):
        model.decode(np.full((1, 20), np.nan, np.float32))


def test_no_codes_give_no_tunes(model):
    assert model.decode(np.empty((0, 20), np.float32)) == ()


def test_samples_are_near_real_phrases_or_from_the_prior(model):
    near = model.sample(50, seed=0)
    prior = model.sample(2000, seed=0, near_real=False, spread=2.0)
    assert prior.std() == pytest.approx(2, rel=0.05)
    low, high = model.library.mu.min(axis=0), model.library.mu.max(axis=0)
    assert ((near >= low - 1e-5) & (near <= high + 1e-5)).all()
    np.testing.assert_array_equal(model.sample(50, seed=0), near)


def test_interpolation_is_spherical_unless_straight(model):
    a, b = model.sample(2, seed=0, near_real=False)
    straight = model.interpolate(a, b, 3, spherical=False)
    np.testing.assert_allclose(straight[1], (a + b) / 2, atol=1e-6)
    curved = model.interpolate(a, b, 3)
    assert np.linalg.norm(curved[1]) > np.linalg.norm(straight[1])


def test_a_square_lies_between_its_corners(model):
    corners = model.sample(4, seed=0, near_real=False)
    grid = model.square(corners, 3)
    np.testing.assert_array_equal(grid[[0, 2, 6, 8]], corners)
    np.testing.assert_array_equal(grid[:3], model.interpolate(*corners[:2], 3))
    straight = model.square(corners, 3, spherical=False)
    np.testing.assert_allclose(straight[4], corners.mean(axis=0), atol=1e-6)


def test_threads_that_share_a_model_get_the_same_answers(model, tunes):
    expected = model.decode(model.encode(tunes).mu, temperature=1.0, seed=3)
    found = {}

    def work(name):
        found[name] = model.decode(model.encode(tunes).mu, temperature=1.0, seed=3)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in range(4):
        assert [d.tune for d in found[name]] == [d.tune for d in expected]


def test_attribute_vectors_are_read_back(folder, model):
    packed = pack_vectors(model.attribute_vectors)
    again = read_vectors(checkpoint.load(folder))
    assert pack_vectors(again) == packed
    assert again.names == model.attribute_vectors.names
    assert (again.top >= again.bottom).all()


def test_vectors_of_another_size_are_refused(folder, tmp_path):
    checkpoint.save(
        tmp_path / "small",
        tiny_model(z_size=4),
        name="small",
        preset="tiny",
        training={},
        data={},
        extra=pack_vectors(trained_model.load(folder).attribute_vectors),
    )
    with pytest.raises(CheckpointError, match="one vector of 4 numbers"):
        read_vectors(checkpoint.load(tmp_path / "small"))


def test_a_run_that_was_not_promoted_says_so(tmp_path):
    with pytest.raises(CheckpointError, match="Promote the run"):
        trained_model.load(save_tiny_run(tmp_path / "run"))


@pytest.mark.parametrize(
    ("encoding", "parts"), [("drums", {"drums"}), ("trio", {"melody", "bass", "drums"})]
)
def test_drums_and_trios_go_in_and_come_out(tmp_path, encoding, parts):
    found = trained_model.load(tiny_checkpoint.write(tmp_path, encoding=encoding))
    shape = (found.num_steps, *found.music.part_shape)
    decoded = found.decode(found.library.mu[:2], temperature=1.0, qpm=90)
    for each in decoded:
        assert each.tokens.shape == each.certainty.shape == shape
        assert (each.certainty > 0).all()
        assert (each.certainty <= 1).all()
        assert {ghost.part for ghost in each.ghosts} <= parts
        assert each.tune == found.converter.from_tokens(each.tokens, qpm=90)
    heard = [each.tune for each in decoded if {*map(part_of, each.tune.notes)} == parts]
    assert heard, "random weights wrote no note for some part"
    codes = found.encode(heard)
    tokens = np.stack([found.converter.to_tokens(tune) for tune in heard])
    with torch.inference_mode():
        posterior = found.checkpoint.model.encode(torch.from_numpy(tokens))
    np.testing.assert_allclose(codes.mu, posterior.mu, atol=1e-6)
