import dataclasses

import numpy as np
import pytest

from explorer import checkpoint, library
from explorer.attributes import attributes_of
from explorer.errors import CheckpointError
from explorer.projection import MAPS
from tests import tiny_checkpoint
from tests.tiny import NUM_PHRASES, save_tiny_checkpoint, tiny_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_tiny_checkpoint(tmp_path_factory.mktemp("library") / "tiny")


@pytest.fixture(scope="module")
def shelf(folder):
    return library.read(checkpoint.load(folder))


def with_files(folder, target, files):
    """The same checkpoint with some files replaced."""
    old = checkpoint.load(folder)
    extra = {name: old.read(name) for name in old.files if name != "model.safetensors"}
    checkpoint.save(
        target,
        tiny_model(),
        name="tiny",
        preset="tiny",
        training={},
        data={},
        extra=extra | files,
    )
    return checkpoint.load(target)


def test_what_was_packed_is_read_back(folder, shelf, tmp_path):
    again = library.read(with_files(folder, tmp_path / "t", library.pack(shelf)))
    for field in dataclasses.fields(library.Library):
        if isinstance(getattr(shelf, field.name), tuple):
            assert getattr(again, field.name) == getattr(shelf, field.name)
    np.testing.assert_array_equal(again.mu, shelf.mu)
    np.testing.assert_array_equal(again.attributes, shelf.attributes)
    assert again.positions.keys() == shelf.positions.keys()
    for name in shelf.positions:
        np.testing.assert_array_equal(again.positions[name], shelf.positions[name])
    assert again.trust == shelf.trust


@pytest.fixture
def full(shelf):
    """A map with everything that may be there besides."""
    num = len(shelf)
    return dataclasses.replace(
        shelf,
        positions={name: shelf.positions["pca"] for name in MAPS},
        trust={name: {"trustworthiness": 0.5} for name in MAPS},
        accuracy=np.linspace(0, 1, num).astype(np.float32),
        certainty=np.linspace(0.5, 1, num).astype(np.float32),
        tokens=np.arange(num * 32, dtype=np.uint8).reshape(num, 32) % 90,
    )


def test_more_layouts_and_how_phrases_fare_are_read_back(folder, full, tmp_path):
    again = library.read(with_files(folder, tmp_path / "t", library.pack(full)))
    assert list(again.positions) == list(MAPS)
    for name in ("accuracy", "certainty", "tokens"):
        np.testing.assert_array_equal(getattr(again, name), getattr(full, name))


@pytest.mark.parametrize(
    ("name", "array", "match"),
    [
        ("tsne_near", np.zeros((60, 3), np.float32), "tsne_near of shape"),
        ("accuracy", np.zeros(59, np.float32), "accuracy of shape"),
        ("tokens", np.zeros((60, 32), np.int64), "phrases of int64, not"),
        ("secret", np.zeros(60, np.float32), "secret, which is no part of a map"),
    ],
)
def test_more_layouts_that_do_not_fit_are_refused(
    folder, full, tmp_path, name, array, match
):
    files = library.pack(full)
    arrays = {
        each: array if each == name else value
        for each, value in (("accuracy", full.accuracy), (name, array))
    }
    files[library.LAYOUTS] = checkpoint.to_safetensors(arrays)
    with pytest.raises(CheckpointError, match=match):
        library.read(with_files(folder, tmp_path / "t", files))


def test_a_layout_nobody_judged_is_refused(folder, full, shelf, tmp_path):
    files = library.pack(dataclasses.replace(full, trust=shelf.trust))
    with pytest.raises(CheckpointError, match="say how far to trust tsne_"):
        library.read(with_files(folder, tmp_path / "t", files))


@pytest.mark.parametrize("encoding", ["drums", "trio"])
def test_a_map_of_other_music_has_the_attributes_of_that_music(encoding, tmp_path):
    found = checkpoint.load(tiny_checkpoint.write(tmp_path, encoding=encoding))
    names = list(attributes_of(encoding))
    assert found.read_json(library.PHRASES)["attributes"] == names
    shelf = library.read(found)
    assert shelf.encoding == encoding
    assert shelf.attributes.shape == (60, len(names))


def test_attributes_of_other_music_than_the_models_are_refused(folder, tmp_path):
    phrases = checkpoint.load(folder).read_json(library.PHRASES)
    phrases["attributes"] = list(attributes_of("drums"))
    files = {library.PHRASES: checkpoint.to_json(phrases)}
    with pytest.raises(
        CheckpointError, match=r"measures .*hit_density.* knows .*c_dia"
    ):
        library.read(with_files(folder, tmp_path / "t", files))


def test_each_phrase_keeps_its_own_source_and_split(shelf):
    assert len(shelf) == NUM_PHRASES
    assert shelf.titles[3] == "Tune 3"
    assert (shelf.sources[3], shelf.licences[3], shelf.splits[3]) == (
        "B",
        "CC-BY-4.0",
        "test",
    )
    assert (shelf.sources[4], shelf.splits[4], shelf.bars[4]) == ("A", "train", 4)


def test_a_phrase_is_its_own_neighbour_and_lies_on_its_own_dots(shelf):
    assert shelf.neighbours(shelf.mu[7], 3)[0] == 7
    places = shelf.place(shelf.mu[:4], "pca")
    np.testing.assert_allclose(places, shelf.positions["pca"][:4], atol=1e-4)
    assert shelf.place(shelf.mu[:4], "tsne").shape == (4, 2)


def test_support_counts_the_phrases_near_a_code(shelf):
    """Two heaps of 30 codes around a place: none between them or far out."""
    heaps = np.zeros((2, 20))
    heaps[0, 0], heaps[1, 0] = 50, -50
    around = np.concatenate([np.eye(20)[1:16], -np.eye(20)[1:16]])
    codes = (heaps[:, None] + around).reshape(60, 20)  # the others are 1.41 or 2 away
    found = dataclasses.replace(shelf, mu=codes.astype(np.float32))
    z = np.stack([heaps[0], heaps.mean(axis=0), heaps[1], 9 * heaps[0]])
    np.testing.assert_array_equal(found.support(z), [30, 0, 30, 0])
    assert found.near_radius == pytest.approx(np.sqrt(2))


def test_half_of_the_phrases_have_the_typical_number_near(shelf):
    others = shelf.support(shelf.mu) - 1
    assert (others >= library.NEAR).sum() in (30, 31)
    assert shelf.near_radius is shelf.near_radius, "computed again"


@pytest.mark.parametrize(
    ("key", "value", "match"),
    [
        ("titles", ["one"], "shape"),
        ("keys", ["C major"], "1 keys for 60 titles"),
        ("source", [9] * NUM_PHRASES, "does not list"),
        ("split", [-1] * NUM_PHRASES, "does not list"),
        ("attributes", ["joy"], "this program knows"),
        ("bars", None, "lacks bars"),
        ("bars", ["first"] * NUM_PHRASES, "that is none"),
        ("titles", [None] * NUM_PHRASES, "that is none"),
        ("source", [0.0] * NUM_PHRASES, "that is none"),
        ("sources", ["A", "B"], "that is none"),
        ("keys", "C major", "where a list must be"),
    ],
)
def test_phrases_that_do_not_fit_are_refused(folder, tmp_path, key, value, match):
    phrases = checkpoint.load(folder).read_json(library.PHRASES)
    if value is None:
        del phrases[key]
    else:
        phrases[key] = value
    files = {library.PHRASES: checkpoint.to_json(phrases)}
    with pytest.raises(CheckpointError, match=match):
        library.read(with_files(folder, tmp_path / "t", files))


def test_arrays_that_do_not_fit_are_refused(folder, tmp_path):
    arrays = checkpoint.load(folder).read_arrays(library.LATENTS)
    for name, changed, match in (
        ("mu", arrays["mu"][:, :4], r"mu of shape \(60, 4\)"),
        ("tsne", None, "lacks tsne"),
    ):
        bad = {k: v for k, v in arrays.items() if k != name}
        if changed is not None:
            bad[name] = changed
        files = {library.LATENTS: checkpoint.to_safetensors(bad)}
        with pytest.raises(CheckpointError, match=match):
            library.read(with_files(folder, tmp_path / name, files))
