"""Evaluation: the figures of a card, and that they mean what they say."""

import json

import numpy as np
import pytest
import torch

from explorer.attributes import attributes_of
from explorer.errors import DataError
from explorer.evaluate import NUM_SAMPLES, WAYS, evaluate, reconstruct, share_weights
from explorer.initialisation import initialise
from explorer.model import MusicVAE
from explorer.vectors import find_vectors
from tests.helpers import TINY_MODEL, TINY_MODELS, tiny_dataset, tiny_tokens


def make(config):
    made = MusicVAE(config)
    initialise(made, "chrono", torch.Generator().manual_seed(0))
    return made.eval()


@pytest.fixture
def model():
    return make(TINY_MODEL)


@pytest.fixture(scope="module")
def trio_metrics():
    return evaluate(make(TINY_MODELS["trio"]), tiny_dataset(encoding="trio"))


def test_figures_have_the_documented_names_and_survive_json(model):
    found = json.loads(json.dumps(evaluate(model, tiny_dataset(), seed=3)))
    assert tuple(found["reconstruction"]) == WAYS
    for score in found["reconstruction"].values():
        assert 0 <= score["accuracy"] <= 1
        assert 0 <= score["weighted_accuracy"] <= 1
    assert found["kl_bits"] == pytest.approx(
        sum(found["kl_bits_by_dimension"]), abs=1e-2
    )
    assert 0 <= found["active_units"] <= 8
    assert found["eval"]["num_windows"] == found["eval"]["num_tunes"] == 24
    assert found["eval"]["temperature"] == 1.0
    assert found["eval"]["seed"] == 3
    assert sum(s["num_windows"] for s in found["by_source"].values()) == 24


def test_melodies_have_the_figures_they_always_had(model):
    found = evaluate(model, tiny_dataset(), limit=4)
    assert list(found) == [
        "reconstruction",
        "by_source",
        "kl_bits",
        "kl_bits_by_dimension",
        "active_units",
        "posterior",
        "interpolation",
        "attribute_changes",
        "attribute_success",
        "samples",
        "eval",
    ]
    assert list(found["reconstruction"]["sampled"]) == [
        "accuracy",
        "onset_f1",
        "exact_bars",
        "exact_phrases",
        "accuracy_by_step",
        "weighted_accuracy",
    ]
    assert list(found["by_source"]["source-0"]) == [
        "num_windows",
        "teacher_forced",
        "sampled",
    ]


def test_drums_are_measured_as_drums():
    data = tiny_dataset(encoding="drums")
    found = json.loads(json.dumps(evaluate(make(TINY_MODELS["drums"]), data)))
    assert found["encoding"] == "drums"
    score = found["reconstruction"]["sampled"]
    assert 0 <= score["onset_f1"] <= score["hit_f1"] <= 1
    assert "by_part" not in score
    assert found["attribute_changes"]["names"] == list(attributes_of("drums"))
    assert "transposed" not in found["samples"]["copies"]["samples"]
    assert 0 <= found["samples"]["near"]["backbeat"] <= 1
    assert "in_one_scale" not in found["samples"]["data"]


def test_a_trio_is_scored_by_part_and_the_parts_make_the_whole(trio_metrics):
    found = json.loads(json.dumps(trio_metrics))
    assert found["encoding"] == "trio"
    for score in found["reconstruction"].values():
        parts = [part["accuracy"] for part in score["by_part"].values()]
        assert score["accuracy"] == pytest.approx(sum(parts) / 3)
    assert found["attribute_changes"]["names"] == list(attributes_of("trio"))
    assert "transposed" in found["samples"]["copies"]["samples"]
    assert found["samples"]["data"].keys() >= {"in_one_scale", "backbeat"}


def test_each_source_of_trios_has_its_parts(trio_metrics):
    sources = trio_metrics["by_source"]
    forced = trio_metrics["reconstruction"]["teacher_forced"]["by_part"]
    assert set(sources) == {"source-0", "source-1"}
    for name in ("melody", "bass", "drums"):
        of_sources = [
            source["by_part"][name]["teacher_forced"] for source in sources.values()
        ]
        assert sum(of_sources) / 2 == pytest.approx(forced[name]["accuracy"])
    for source in sources.values():
        parts = [part["sampled"] for part in source["by_part"].values()]
        assert source["sampled"] == pytest.approx(sum(parts) / 3)


def test_data_of_other_music_is_refused_with_the_flag_to_use(model):
    with pytest.raises(
        DataError, match=r"holds drums .* writes melody.*--music melody"
    ):
        evaluate(model, tiny_dataset(encoding="drums"))


def test_same_seed_same_figures_and_another_seed_other_draws(model):
    data = tiny_dataset()
    assert evaluate(model, data, seed=1) == evaluate(model, data, seed=1)
    one = reconstruct(model, data.split("test").tokens, seed=1)
    two = reconstruct(model, data.split("test").tokens, seed=2)
    assert not (one.sampled == two.sampled).all()
    assert (one.argmax_from_mu == two.argmax_from_mu).all()


def test_all_is_validation_and_test_together_and_never_train(model):
    data = tiny_dataset()
    found = evaluate(model, data, split="all")
    assert found["eval"]["num_windows"] == 48
    with pytest.raises(ValueError, match="train"):
        evaluate(model, data, split="train")


def test_limit_takes_that_many_phrases_pairs_and_new_phrases(model):
    found = evaluate(model, tiny_dataset(), limit=5)
    assert found["eval"]["num_windows"] == 5
    assert found["interpolation"]["num_pairs"] == 5
    assert found["samples"]["num"] == 5 < NUM_SAMPLES
    assert found["attribute_changes"]["held_out"]["num"] == 5


def test_sources_count_by_their_share_however_many_phrases_they_have():
    sources = tiny_dataset(weights=(0.75, 0.25)).sources
    weights = share_weights(np.array([0, 1, 1, 1, 1], np.uint8), sources)
    assert weights.tolist() == [0.75, *[0.0625] * 4]
    only_one = share_weights(np.array([1, 1], np.uint8), sources)
    assert only_one.tolist() == [0.5, 0.5]


def test_sources_without_a_share_count_by_their_phrases():
    sources = tiny_dataset(weights=(0.0, 0.0)).sources
    weights = share_weights(np.array([0, 1, 1, 1], np.uint8), sources)
    assert weights.tolist() == [0.25] * 4


def test_weighted_accuracy_is_that_of_the_sources_by_share(model):
    data = tiny_dataset(weights=(0.75, 0.25))
    found = evaluate(model, data)
    one, two = (found["by_source"][f"source-{i}"]["sampled"] for i in range(2))
    weighted = found["reconstruction"]["sampled"]["weighted_accuracy"]
    assert weighted == pytest.approx(0.75 * one + 0.25 * two)


def test_a_model_that_ignores_its_code_has_collapsed(model):
    model.encoder.mu.weight.data.zero_()
    model.encoder.mu.bias.data.zero_()
    found = evaluate(model, tiny_dataset())
    assert found["active_units"] == 0
    assert found["posterior"]["collapsed"]


def test_each_phrase_is_drawn_once_for_each_purpose(model, monkeypatch):
    vectors = find_vectors(model, tiny_dataset(), seed=0)
    decoded = []
    decode = model.decode

    def counted(z, **options):
        decoded.append(len(z))
        return decode(z, **options)

    monkeypatch.setattr(model, "decode", counted)
    monkeypatch.setattr("explorer.evaluate.find_vectors", lambda *_, **__: vectors)
    monkeypatch.setattr("explorer.evaluate.attribute_success", lambda *_: {})
    num = evaluate(model, tiny_dataset())["eval"]["num_windows"]
    blends, new = 9, 2  # the ends of blends are there already
    moved = 2 * (1 + 2 * len(vectors.names))  # before, added and subtracted
    assert sum(decoded) == num * (3 + blends + new + moved)


def test_stages_are_told(model):
    told = []
    evaluate(model, tiny_dataset(), limit=4, on_stage=told.append)
    assert told[0] == "writing 4 phrases back"
    assert len(set(told)) == len(told) > 5


def test_data_of_another_length_is_refused_with_the_flag_to_use(model):
    data = tiny_dataset()
    data.splits["test"] = type(data.splits["test"])(
        tokens=np.zeros((2, 64), np.uint8),
        tune=np.zeros(2, np.int32),
        bar=np.zeros(2, np.int32),
        source=np.zeros(2, np.uint8),
    )
    with pytest.raises(DataError, match=r"64 steps and the model reads 32.*--bars 2"):
        evaluate(model, data)


def test_teacher_forced_reads_the_truth_and_sampled_does_not(model):
    # An untrained decoder is unsure, so drawing is worse than taking the likeliest.
    tokens = tiny_tokens(200)
    written = reconstruct(model, tokens, seed=0)
    assert written.teacher_forced.shape == written.sampled.shape == tokens.shape
    model.decoder.output.bias.data[0] = 50.0  # now it always says "goes on"
    sure = reconstruct(model, tokens, seed=0)
    assert (sure.sampled == 0).all()
    assert (sure.teacher_forced == 0).all()
