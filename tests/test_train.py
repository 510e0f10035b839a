"""Training: batches, schedules, resuming, learning."""

import dataclasses
import json
import os
import signal

import numpy as np
import pytest
import torch

from explorer import checkpoint, run_state
from explorer.batches import Batches
from explorer.config import ModelConfig
from explorer.errors import DataError
from explorer.initialisation import initialise
from explorer.model import MusicVAE
from explorer.objectives import start_from
from explorer.train import Pace, stop_on_signals, train
from explorer.trainer import learning_rate_at
from tests.helpers import (
    TINY_BAR,
    TINY_HIERARCHY,
    TINY_MODELS,
    tiny_config,
    tiny_dataset,
    tiny_tokens,
)

ALWAYS = Pace(log_steps=1)


def weights(trainer):
    return [*trainer.model.state_dict().values(), *trainer.average.values()]


def equal(ours, theirs):
    return all(
        torch.equal(a, b) for a, b in zip(weights(ours), weights(theirs), strict=True)
    )


def run(folder, config=None, **options):
    config = config or tiny_config()
    return train(config, tiny_dataset(), folder, minutes=5, bf16=False, **options)


class StopAfter:
    def __init__(self, steps):
        self.left = steps

    def __call__(self):
        self.left -= 1
        return self.left == 0


@pytest.mark.parametrize("steps", [1, 3])
def test_a_resumed_run_equals_an_unbroken_one(tmp_path, steps):
    unbroken = run(tmp_path / "unbroken")
    run(tmp_path / "broken", should_stop=StopAfter(steps))
    resumed = run(tmp_path / "broken")
    assert resumed.step == unbroken.step == 6
    assert resumed.examples == unbroken.examples == 48
    assert equal(resumed, unbroken)


def test_a_resumed_run_with_scheduled_sampling_equals_an_unbroken_one(tmp_path):
    config = tiny_config(sampling_schedule="inverse_sigmoid", sampling_rate=3.0)
    unbroken = run(tmp_path / "unbroken", config)
    run(tmp_path / "broken", config, should_stop=StopAfter(2))
    assert equal(run(tmp_path / "broken", config), unbroken)


def test_a_run_goes_back_to_its_last_whole_state(tmp_path):
    unbroken = run(tmp_path / "a")
    run(tmp_path / "b", should_stop=StopAfter(2))
    run(tmp_path / "b", should_stop=StopAfter(2))
    newest = sorted((tmp_path / "b").glob("step_*"))[-1]
    (newest / "state.safetensors").write_bytes(b"torn")
    assert equal(run(tmp_path / "b"), unbroken)


def test_another_seed_trains_another_model(tmp_path):
    one, two = run(tmp_path / "a"), run(tmp_path / "b", tiny_config(seed=1))
    assert not equal(one, two)


def bar_checkpoint(folder, **settings):
    run(folder, tiny_config(TINY_BAR, **settings))
    return checkpoint.load(folder / "export")


def test_bar_codes_train_the_levels_above_the_bars_alone(tmp_path):
    start = bar_checkpoint(tmp_path / "bar")
    config = tiny_config(TINY_HIERARCHY, objective="bar_codes")
    trainer = run(tmp_path / "codes", config, start=start)
    ours, bars = trainer.averaged_model().state_dict(), start.model.state_dict()
    for name, tensor in bars.items():
        if name.startswith("encoder.lstm."):
            name = name.replace("encoder.lstm.", "encoder.bar_lstm.")
        elif not name.startswith("decoder."):
            continue  # the bar's own mu and sigma
        assert torch.equal(ours[name], tensor), name
    fresh = run(tmp_path / "no", config, start=start, should_stop=StopAfter(1))
    before = fresh.averaged_model().state_dict()
    assert not torch.equal(
        ours["conductor.lstm.weight_hh_l0"], before["conductor.lstm.weight_hh_l0"]
    )
    assert not torch.equal(ours["encoder.mu.weight"], before["encoder.mu.weight"])


def test_a_resumed_run_on_bar_codes_equals_an_unbroken_one(tmp_path):
    start = bar_checkpoint(tmp_path / "bar")
    config = tiny_config(TINY_HIERARCHY, objective="bar_codes")
    unbroken = run(tmp_path / "unbroken", config, start=start)
    run(tmp_path / "broken", config, start=start, should_stop=StopAfter(2))
    assert equal(run(tmp_path / "broken", config, start=start), unbroken)


@pytest.mark.slow
def test_bar_codes_are_learnt(tmp_path):
    settings = {"learning_rate": 1e-2, "max_beta": 1e-3, "max_transpose": 0}
    start = bar_checkpoint(tmp_path / "bar", num_steps=120, **settings)
    wide = dataclasses.replace(
        TINY_HIERARCHY, enc_rnn_size=(48,), conductor_rnn_size=(48,), z_size=24
    )
    config = tiny_config(wide, objective="bar_codes", num_steps=250, **settings)
    seen = []
    run(tmp_path / "codes", config, start=start, on_progress=seen.append)
    assert seen[0].accuracy < 0.3 < 0.5 < seen[-1].accuracy


def test_a_run_that_finishes_another_starts_with_its_weights(tmp_path):
    first = run(tmp_path / "first")
    start = checkpoint.load(tmp_path / "first" / "export")
    second = run(
        tmp_path / "second",
        tiny_config(learning_rate=0.0, min_learning_rate=0.0),
        start=start,
    )
    for name, tensor in first.averaged_model().state_dict().items():
        assert torch.equal(second.model.state_dict()[name], tensor), name
    facts = checkpoint.load(tmp_path / "second" / "export").training["start"]
    assert (facts["name"], facts["examples"]) == ("first", 48)


def test_a_flat_decoder_can_start_from_a_hierarchical_models_encoder(tmp_path):
    hierarchy = MusicVAE(TINY_HIERARCHY)
    initialise(hierarchy, "chrono", torch.Generator().manual_seed(0))
    flat = MusicVAE(
        dataclasses.replace(
            TINY_HIERARCHY, conductor_rnn_size=(), conductor_output_size=None
        )
    )
    names = start_from(flat, hierarchy)
    assert {name.partition(".")[0] for name in names} >= {"encoder"}
    tokens = torch.from_numpy(tiny_tokens(4))
    assert torch.equal(flat.encode(tokens).mu, hierarchy.encode(tokens).mu)


def test_a_start_that_does_not_fit_is_refused(tmp_path):
    start = bar_checkpoint(tmp_path / "bar")
    strange = dataclasses.replace(
        start,
        model=MusicVAE(
            ModelConfig(
                num_bars=2,
                encoding="drums",
                enc_rnn_size=(7,),
                dec_rnn_size=(5,),
                z_size=3,
            )
        ),
    )
    with pytest.raises(DataError, match="Nothing of the model to start from"):
        run(tmp_path / "a", start=strange)
    with pytest.raises(DataError, match="needs a model of single bars"):
        run(tmp_path / "b", tiny_config(TINY_HIERARCHY, objective="bar_codes"))
    with pytest.raises(DataError, match="this preset has none"):
        run(tmp_path / "c", tiny_config(objective="bar_codes"), start=start)
    config = tiny_config(TINY_HIERARCHY, objective="bar_codes")
    run(tmp_path / "d", config, start=start, should_stop=StopAfter(1))
    other = dataclasses.replace(start, sha256="f" * 64)
    with pytest.raises(DataError, match="started from another model"):
        run(tmp_path / "d", config, start=other)


def test_a_processor_without_bf16_trains_in_float32(tmp_path, monkeypatch):
    def fail(self, x):
        if torch.is_autocast_enabled("cpu"):
            raise RuntimeError("could not create a primitive descriptor")
        return encode(self, x)

    encode = MusicVAE.encode
    monkeypatch.setattr(MusicVAE, "encode", fail)
    trainer = train(tiny_config(), tiny_dataset(), tmp_path, minutes=5)
    assert trainer.bf16 is False
    assert trainer.step == 6


def test_other_data_or_another_model_is_refused(tmp_path):
    run(tmp_path, should_stop=StopAfter(1))
    other = dataclasses.replace(tiny_dataset(), sha256="f" * 64)
    with pytest.raises(DataError, match="was trained on other data"):
        train(tiny_config(), other, tmp_path, minutes=5, bf16=False)
    config = tiny_config()
    wider = dataclasses.replace(
        config, model=dataclasses.replace(config.model, z_size=9)
    )
    with pytest.raises(DataError, match="a run of another model"):
        train(wider, tiny_dataset(), tmp_path, minutes=5, bf16=False)


def test_no_minutes_left_still_saves_what_was_done(tmp_path):
    trainer = train(tiny_config(), tiny_dataset(), tmp_path, minutes=0, bf16=False)
    assert trainer.step == 1
    assert run_state.newest(tmp_path)[1]["step"] == 1


def test_the_log_has_a_line_a_step_with_every_figure(tmp_path):
    seen = []
    run(tmp_path, pace=ALWAYS, on_progress=seen.append)
    lines = [
        json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()
    ]
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert lines == [dataclasses.asdict(progress) for progress in seen]
    assert lines[-1]["validation"]["sampled"] >= 0
    assert lines[0]["validation"] is None
    assert 0 < lines[-1]["matrix_share"] < 1


def test_sigterm_asks_for_a_stop_and_gives_the_signal_back():
    before = signal.getsignal(signal.SIGTERM)
    with stop_on_signals() as asked:
        assert not asked()
        os.kill(os.getpid(), signal.SIGTERM)
        assert asked()
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_loss_that_is_not_a_number_stops_the_run_with_its_weights_kept(tmp_path):
    run(tmp_path, should_stop=StopAfter(1))
    broken = tiny_config(max_beta=float("inf"))
    with pytest.raises(DataError, match="no finite gradient"):
        run(tmp_path, broken)
    tensors, facts = run_state.newest(tmp_path)
    assert facts["step"] == 1
    assert all(torch.isfinite(t).all() for t in tensors.values())


def batches(data, config, num_bars=2):
    return Batches(data, config, num_bars=num_bars, device=torch.device("cpu"))


def test_batches_follow_the_source_weights_and_the_step_alone():
    data, config = (
        tiny_dataset(num=40),
        tiny_config(max_transpose=0, batch_size=400).train,
    )
    first, second = batches(data, config), batches(data, config)
    assert (first.draw(7) == second.draw(7)).all()
    assert not (first.draw(7) == first.draw(8)).all()
    rows = {
        row.tobytes(): index for index, row in enumerate(data.split("train").tokens)
    }
    drawn = [
        rows[row.tobytes()] for step in range(5) for row in first.draw(step).numpy()
    ]
    share = np.mean([row % 2 == 0 for row in drawn])  # source 0 has the even rows
    assert share == pytest.approx(0.75, abs=0.04)


def test_a_source_without_training_phrases_gets_no_draws():
    data = tiny_dataset(num=8, num_sources=1, weights=(1.0,))
    extra = dataclasses.replace(data.sources[0], name="empty", weight=5.0)
    data = dataclasses.replace(data, sources=(*data.sources, extra))
    assert batches(data, tiny_config().train).draw(0).shape == (8, 32)


def test_transposition_moves_notes_only_and_stays_on_the_keyboard():
    phrases = np.array([[2, 0, 1, 40], [89, 0, 1, 40], [0, 1, 0, 1]], np.uint8)
    tokens = np.tile(phrases, (8, 8))  # of 32 steps
    data, config = tiny_dataset(num=24), tiny_config(batch_size=3000).train
    split = dataclasses.replace(data.split("train"), tokens=tokens)
    data = dataclasses.replace(data, splits={**data.splits, "train": split})
    moved = batches(data, dataclasses.replace(config, max_transpose=5)).draw(0).numpy()
    silent, low = moved[:, 0] == 0, (moved[:, 0] > 0) & (moved[:, 0] < 40)
    assert (moved[:, 1:3] == np.where(silent[:, None], [1, 0], [0, 1])).all()
    assert (moved[silent] == tokens[2]).all()
    assert set(moved[low, 0]) == {2, 3, 4, 5, 6, 7}
    assert set(moved[~silent & ~low, 0]) == {84, 85, 86, 87, 88, 89}
    assert (moved[low, 3].astype(int) - moved[low, 0] == 38).all()


def test_long_phrases_are_cut_into_bars_that_keep_their_source():
    data = tiny_dataset(num=40)
    config = tiny_config(max_transpose=0, batch_size=400).train
    first = batches(data, config, num_bars=1)
    tokens = data.split("train").tokens
    known = {
        bar.tobytes(): row % 2
        for row, phrase in enumerate(tokens)
        for bar in np.split(phrase, 2)
    }
    assert len(known) == 80
    source = [
        known[bar.tobytes()] for step in range(5) for bar in first.draw(step).numpy()
    ]
    assert np.mean(source) == pytest.approx(0.25, abs=0.04)


def test_data_that_cannot_be_cut_to_the_models_length_is_refused():
    with pytest.raises(DataError, match="phrases of 2 bars and the model reads 3"):
        batches(tiny_dataset(), tiny_config().train, num_bars=3)


def test_learning_rate_schedules():
    cosine = tiny_config(
        lr_schedule="cosine", learning_rate=1.0, min_learning_rate=0.0, num_steps=100
    ).train
    rates = [learning_rate_at(step, cosine) for step in (0, 1, 50, 100, 200)]
    assert rates == pytest.approx([0.5, 0.99975, 0.5, 0, 0], abs=1e-3)
    level = dataclasses.replace(cosine, lr_schedule="trapezoid", warmup_steps=0)
    rates = [learning_rate_at(step, level) for step in (0, 66, 75, 90, 100, 200)]
    assert rates == pytest.approx([1, 1, 0.75, 0.3, 0, 0], abs=0.001)
    magenta = tiny_config(learning_rate=1e-3, warmup_steps=0).train
    assert learning_rate_at(10_000, magenta) == pytest.approx(3.7e-4, rel=0.02)


@pytest.mark.slow
def test_a_tiny_model_learns_eight_phrases_by_heart(tmp_path):
    config = tiny_config(
        num_steps=500,
        learning_rate=1e-2,
        max_transpose=0,
        word_dropout=0.0,
        max_beta=1e-4,
        ema_decay=0.0,
    )
    wide = dataclasses.replace(
        config.model, enc_rnn_size=(64,), dec_rnn_size=(64,), z_size=16
    )
    config = dataclasses.replace(config, model=wide)
    seen = []
    data = tiny_dataset(num=8)
    train(config, data, tmp_path, minutes=5, bf16=False, on_progress=seen.append)
    assert seen[-1].accuracy > 0.99
    assert seen[0].accuracy < 0.8
    assert seen[-1].validation["sampled"] < 0.7  # other phrases: heart, not music


def test_phrases_of_the_tests_are_not_trivial():
    assert len(np.unique(tiny_tokens(24), axis=0)) == 24


@pytest.mark.parametrize("encoding", ["drums", "trio"])
def test_drums_and_trios_are_trained_too(tmp_path, encoding):
    data = tiny_dataset(encoding=encoding)
    config = tiny_config(TINY_MODELS[encoding])
    trained = train(config, data, tmp_path / encoding, minutes=1, bf16=False)
    assert trained.step == config.train.num_steps
    found = checkpoint.load(tmp_path / encoding / "export")
    assert found.config.encoding == encoding
    assert 0 <= trained.validate()["sampled"] <= 1


def test_data_of_other_music_is_refused(tmp_path):
    data = tiny_dataset(encoding="drums")
    with pytest.raises(DataError, match="holds drums phrases and tiny writes melody"):
        train(tiny_config(), data, tmp_path / "run", minutes=1, bf16=False)
