import hashlib
import json
import pickle

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from explorer import checkpoint
from explorer.checkpoint import available, find, load, save
from explorer.errors import CheckpointError
from tests.tiny import save_tiny_checkpoint, save_tiny_run, tiny_model

FACTS = {"preset": "tiny", "training": {"steps": 3}, "data": {"sha256": "0" * 64}}


@pytest.fixture
def folder(tmp_path):
    return save_tiny_run(tmp_path / "tiny")


def edit_config(folder, change):
    """Change the config of a checkpoint in place."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    change(config)
    path.write_text(json.dumps(config))


def replace_weights(folder, tensors):
    """Other weights, with the hash that belongs to them."""
    save_file(tensors, folder / "model.safetensors")
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    edit_config(folder, lambda c: c["files"].update({"model.safetensors": digest}))


def tensors_of(folder):
    return {k: v.clone() for k, v in load(folder).model.state_dict().items()}


def test_a_loaded_model_gives_the_same_logits_bit_by_bit(folder):
    z = torch.randn(3, 20, generator=torch.Generator().manual_seed(0))
    before, found = tiny_model().decode(z), load(folder)
    assert torch.equal(found.model.decode(z).logits, before.logits)
    assert found.config == tiny_model().config
    assert not found.model.training
    assert found.name == "tiny"
    assert found.metrics == {}
    assert found.model.num_parameters() > 0


def test_half_precision_is_computed_in_float32(tmp_path):
    save(tmp_path / "half", tiny_model(), name="half", half=True, **FACTS)
    save(tmp_path / "full", tiny_model(), name="full", **FACTS)
    half, full = load(tmp_path / "half").model, load(tmp_path / "full").model
    for stored, exact in zip(half.parameters(), full.parameters(), strict=True):
        assert stored.dtype == torch.float32
        assert torch.equal(stored, exact.half().float())
    sizes = [
        (tmp_path / name / "model.safetensors").stat().st_size
        for name in ("half", "full")
    ]
    assert sizes[0] < 0.6 * sizes[1]


def test_saving_twice_gives_the_same_bytes_and_replaces_the_folder(tmp_path):
    folder = save_tiny_checkpoint(tmp_path / "tiny")
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "stale").touch()
    save_tiny_checkpoint(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_a_kill_before_the_last_step_leaves_the_old_checkpoint(folder, monkeypatch):
    before = load(folder).sha256

    def killed(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        save_tiny_run(folder, seed=1)
    assert load(folder).sha256 == before
    monkeypatch.undo()
    save_tiny_run(folder, seed=1)
    assert load(folder).sha256 != before
    assert [path.name for path in folder.parent.iterdir()] == ["tiny"]


def test_weights_that_are_not_finite_are_not_saved(tmp_path):
    model = tiny_model()
    model.encoder.mu.bias.data[0] = 1e6
    save(tmp_path / "full", model, name="full", **FACTS)
    with pytest.raises(CheckpointError, match=r"encoder\.mu\.bias .* half precision"):
        save(tmp_path / "half", model, name="half", half=True, **FACTS)
    assert not (tmp_path / "half").exists()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (
            lambda c: c.update(format_version=2),
            "format version 2; this program reads 1",
        ),
        (lambda c: c.pop("model"), "lacks model"),
        (lambda c: c.update(training=[]), "lacks training"),
        (lambda c: c["model"].update(layers=3), "unknown fields: layers"),
        (lambda c: c["model"].pop("z_size"), "lacks z_size"),
        (lambda c: c["model"].update(z_size=21), "the config asks for"),
        (lambda c: c["model"].update(z_size=10**9), "whole numbers"),
        (lambda c: c["model"].update(dec_rnn_size=[12] * 3), "lacks decoder"),
        (lambda c: c["model"].update(dec_rnn_size=[12]), "no place"),
        (lambda c: c["model"].update(dec_rnn_size=[12] * 999), "999 layers"),
        (lambda c: c["files"].pop("model.safetensors"), "does not list"),
        (lambda c: c["files"].update({"../x": "0"}), "plain names"),
        (lambda c: c.update(name="../x"), "cannot name a checkpoint"),
    ],
)
def test_a_wrong_config_is_refused_by_what_is_wrong(folder, change, match):
    edit_config(folder, change)
    with pytest.raises(CheckpointError, match=match):
        load(folder)


@pytest.mark.parametrize(
    ("content", "match"),
    [("{", "not JSON"), ("[1]", "not a JSON object"), ("", "JSON")],
)
def test_a_config_that_is_not_json_is_refused(folder, content, match):
    (folder / "config.json").write_text(content)
    with pytest.raises(CheckpointError, match=match):
        load(folder)


def test_a_flipped_bit_or_a_cut_anywhere_is_refused(folder, rng):
    path = folder / "model.safetensors"
    good = path.read_bytes()
    for position in rng.integers(len(good), size=20):
        bad = bytearray(good)
        bad[position] ^= 1 << int(rng.integers(8))
        for content in (bytes(bad), good[:position]):
            path.write_bytes(content)
            with pytest.raises(CheckpointError, match="damaged"):
                load(folder)


def test_a_pickle_is_refused_and_never_run(folder, tmp_path):
    marker = tmp_path / "ran"

    class Bomb:
        def __reduce__(self):
            return marker.touch, ()

    content = pickle.dumps(Bomb())
    (folder / "model.safetensors").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    edit_config(folder, lambda c: c["files"].update({"model.safetensors": digest}))
    with pytest.raises(CheckpointError, match="not a safetensors file"):
        load(folder)
    assert not marker.exists()


@pytest.mark.parametrize(
    "header", [b"\xff" * 8, b"\x10" + bytes(7) + b'{"a":{"x":1}}  ']
)
def test_a_bad_safetensors_header_is_refused(folder, header):
    (folder / "model.safetensors").write_bytes(header)
    digest = hashlib.sha256(header).hexdigest()
    edit_config(folder, lambda c: c["files"].update({"model.safetensors": digest}))
    with pytest.raises(CheckpointError, match="not a safetensors file"):
        load(folder)


def test_weights_of_another_model_are_refused_by_name(folder):
    tensors = tensors_of(folder)
    lost = tensors.pop("encoder.mu.bias")
    replace_weights(folder, tensors)
    with pytest.raises(CheckpointError, match=r"lacks encoder\.mu\.bias"):
        load(folder)
    replace_weights(folder, {**tensors, "encoder.mu.bias": lost, "extra": lost + 1})
    with pytest.raises(CheckpointError, match="holds extra"):
        load(folder)
    replace_weights(folder, {**tensors, "encoder.mu.bias": lost[:3].clone()})
    with pytest.raises(CheckpointError, match=r"shape \(3,\); .* \(20,\)"):
        load(folder)
    replace_weights(folder, {**tensors, "encoder.mu.bias": lost * torch.nan})
    with pytest.raises(CheckpointError, match=r"mu\.bias .* not numbers"):
        load(folder)


def test_a_missing_folder_says_what_a_checkpoint_is(tmp_path):
    with pytest.raises(CheckpointError, match=r"folder with config\.json"):
        load(tmp_path / "nowhere")


def test_available_lists_good_ones_and_says_what_is_wrong_with_the_others(tmp_path):
    save_tiny_run(tmp_path / "good")
    save_tiny_run(tmp_path / "empty")
    (tmp_path / "empty/config.json").unlink()
    save_tiny_run(tmp_path / "partial")
    (tmp_path / "partial/model.safetensors").unlink()
    (tmp_path / "link").symlink_to(tmp_path / "good")
    (tmp_path / "good.new.tmp").mkdir()
    (tmp_path / ".hidden").mkdir()
    found = dict(available(tmp_path))
    assert list(found) == ["empty", "good", "partial"]
    assert found["good"] is None
    assert "config.json cannot be read" in found["empty"]
    assert "lacks model.safetensors" in found["partial"]
    assert available(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    "name",
    [
        "../tiny",
        "/etc",
        "a/b",
        "",
        ".",
        "..",
        ".hidden",
        "x" * 65,
        "a\0b",
        "%2e%2e",
        "a\n",
    ],
)
def test_a_name_that_could_leave_the_root_is_refused(folder, name):
    with pytest.raises(CheckpointError, match="cannot name a checkpoint"):
        find(name, folder.parent)


def test_find_gives_the_folder_or_says_which_there_are(folder):
    assert find("tiny", folder.parent) == folder
    (folder.parent / "link").symlink_to(folder)
    with pytest.raises(CheckpointError, match="There: tiny"):
        find("link", folder.parent)


def test_other_files_are_checked_too(tmp_path):
    folder = save_tiny_checkpoint(tmp_path / "tiny")
    found = load(folder)
    assert found.read_json("metrics.json") == found.metrics == {"kl_bits": 1.0}
    (folder / "phrases.json").write_text("{}")
    with pytest.raises(CheckpointError, match=r"phrases\.json is damaged"):
        found.read_json("phrases.json")
    with pytest.raises(CheckpointError, match="does not list"):
        found.read("../secret")


def test_arrays_that_are_not_finite_are_refused(tmp_path):
    content = checkpoint.to_safetensors({"a": np.array([np.nan])})
    save(
        tmp_path / "x",
        tiny_model(),
        name="x",
        extra={"a.safetensors": content},
        **FACTS,
    )
    with pytest.raises(CheckpointError, match=r"a in .* not numbers"):
        load(tmp_path / "x").read_arrays("a.safetensors")
