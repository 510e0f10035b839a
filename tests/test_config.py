"""Presets and the JSON of model configs."""

import pytest

from explorer.config import (
    ModelConfig,
    model_config_from_json,
    model_config_to_json,
)
from explorer.errors import CheckpointError
from explorer.presets import CONFIGS


@pytest.mark.parametrize("name", CONFIGS)
def test_every_preset_survives_json(name):
    config = CONFIGS[name].model
    assert model_config_from_json(model_config_to_json(config)) == config


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layers": 3}, "unknown fields: layers"),
        ({"z_size": None}, "z_size is None"),
        ({"z_size": True}, "z_size is True"),
        ({"num_bars": 0}, "num_bars is 0"),
        ({"enc_rnn_size": 512}, "enc_rnn_size is 512"),
        ({"dec_rnn_size": [256, 128]}, "differ in size"),
        ({"conductor_output_size": 5}, "no conductor"),
        ({"encoding": "chords"}, "encoding is 'chords'; known are melody, drums"),
    ],
)
def test_bad_config_is_refused_by_field(change, message):
    good = model_config_to_json(CONFIGS["cat-mel_2bar_small"].model)
    with pytest.raises(CheckpointError, match=message):
        model_config_from_json(good | change)


def test_missing_field_is_named():
    values = model_config_to_json(CONFIGS["cat-mel_2bar_small"].model)
    del values["z_size"]
    with pytest.raises(CheckpointError, match="lacks z_size"):
        model_config_from_json(values)


def test_sizes_that_contradict_are_refused():
    with pytest.raises(ValueError, match="differ in size"):
        ModelConfig(num_bars=2, enc_rnn_size=(4, 8), dec_rnn_size=(4,), z_size=2)


def test_older_melody_files_state_their_depth():
    values = model_config_to_json(CONFIGS["cat-mel_2bar_small"].model)
    del values["encoding"]
    found = model_config_from_json(values | {"depth": 90})
    assert found == CONFIGS["cat-mel_2bar_small"].model
    with pytest.raises(CheckpointError, match="depth is 512"):
        model_config_from_json(values | {"depth": 512})
