"""Teaching a slider: direction, check, effects, and the file it is kept in."""

import contextlib
import dataclasses
import json

import numpy as np
import pytest

from explorer import caps, slider_file, teaching, trained_model
from explorer.errors import SliderError
from explorer.teaching import Mark
from tests import tiny_checkpoint


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    root = tmp_path_factory.mktemp("taught")
    return trained_model.load(tiny_checkpoint.write(root))


def marks(num, z_size=16, *, gap=4.0, seed=0):
    """So many liked phrases and so many others, apart in the first number."""
    generator = np.random.default_rng(seed)
    codes = generator.standard_normal((2 * num, z_size))
    codes[:num, 0] += gap
    return tuple(
        Mark(title=f"Tune {index}", z=tuple(z.tolist()), is_liked=index < num)
        for index, z in enumerate(codes)
    )


def test_the_direction_leads_from_the_disliked_to_the_liked():
    known = (
        Mark(title="a", z=(1.0, 0.0), is_liked=True),
        Mark(title="b", z=(3.0, 0.0), is_liked=True),
        Mark(title="c", z=(0.0, 4.0), is_liked=False),
    )
    np.testing.assert_allclose(teaching.direction(known), [2, -4])
    for one_kind in (known[:2], known[2:]):
        with pytest.raises(ValueError, match="marks of both kinds"):
            teaching.direction(one_kind)


def test_what_is_missing_is_counted_by_kind():
    assert teaching.missing(()) == (5, 5)
    assert teaching.missing(marks(3)) == (2, 2)
    assert teaching.missing(marks(9)[:12]) == (0, 2)
    assert teaching.missing(marks(5)) == (0, 0)


def test_a_clear_lesson_passes_its_check_and_a_coin_does_not():
    clear = teaching.check(marks(10, gap=8.0))
    assert (clear.right, clear.num) == (20, 20)
    assert clear.chance == pytest.approx(0.5**20)
    assert clear.says_something
    shares = [teaching.check(marks(10, gap=0.0, seed=seed)) for seed in range(20)]
    assert np.mean([found.share for found in shares]) < 0.6
    assert sum(found.says_something for found in shares) <= 2


def test_effects_are_those_of_the_decoder_and_turn_with_the_direction(model):
    vector = model.attribute_vectors.vector("note_density") * 4
    forth = teaching.effects(model, vector.astype(np.float32))
    back = teaching.effects(model, -vector.astype(np.float32))
    assert {e.name: round(e.change, 3) for e in forth} == {
        e.name: round(-e.change, 3) for e in back
    }
    for effect in forth:
        assert abs(effect.change) >= teaching.LEAST_CHANGE
        assert effect.agreement >= teaching.LEAST_AGREEMENT
    assert teaching.effects(model, np.zeros(model.z_size, np.float32)) == ()
    everything = [
        Mark(title=title, z=(0.0,), is_liked=True) for title in model.library.titles
    ]
    assert teaching.effects(model, vector.astype(np.float32), without=everything) == ()


def test_effects_are_tried_first_on_what_the_model_did_not_learn(model, monkeypatch):
    library, tried = model.library, []
    unseen, marked = 7, library.titles[0]
    splits = ["train"] * len(library)
    for row in (0, unseen):
        splits[row] = "test"
    changed = dataclasses.replace(
        model, library=dataclasses.replace(library, splits=tuple(splits))
    )
    decode = type(model).decode

    def watched(self, z):
        tried.append(z)
        return decode(self, z)

    monkeypatch.setattr(type(model), "decode", watched)
    monkeypatch.setattr(teaching, "NUM_HEARD", 2)
    vector = np.ones(model.z_size, np.float32)
    mark = Mark(title=marked, z=(0.0,), is_liked=True)
    teaching.effects(changed, vector, without=[mark])
    (z,) = tried
    middle = (z[:2] + z[2:]) / 2
    np.testing.assert_allclose(middle[0], library.mu[unseen], atol=1e-3)
    assert not np.allclose(middle[1], library.mu[0], atol=1e-3)


@pytest.fixture
def slider(model):
    return slider_file.make(" Shanty ", marks(5, model.z_size), model)


def test_a_slider_is_the_same_after_its_file(slider, model):
    again = slider_file.read(slider_file.write(slider))
    assert again.name == "Shanty"
    assert again.vector == pytest.approx(slider.vector, abs=2e-4)
    assert [(m.title, m.is_liked) for m in again.marks] == [
        (m.title, m.is_liked) for m in slider.marks
    ]
    assert slider_file.write(again) == slider_file.write(
        slider_file.read(slider_file.write(again))
    )
    slider_file.check_model(again, model)


def test_a_slider_needs_a_name_and_marks_that_differ(model):
    with pytest.raises(SliderError, match="has no name"):
        slider_file.make("  ", marks(5, model.z_size), model)
    with pytest.raises(SliderError, match="2 up and 2 down are missing"):
        slider_file.make("x", marks(3, model.z_size), model)
    same = tuple(
        dataclasses.replace(mark, z=(1.0,) * model.z_size)
        for mark in marks(5, model.z_size)
    )
    with pytest.raises(SliderError, match="are the same to the model"):
        slider_file.make("x", same, model)
    long = slider_file.make("x" * 200, marks(5, model.z_size), model)
    assert len(long.name) == caps.MAX_SLIDER_NAME


def test_a_slider_of_another_model_is_refused_by_name(slider, model):
    other = dataclasses.replace(slider, sha256="0" * 64, checkpoint="elsewhere")
    with pytest.raises(SliderError, match=r"another model \(elsewhere, 00000000\)"):
        slider_file.check_model(other, model)
    short = dataclasses.replace(slider, marks=marks(5, 3))
    with pytest.raises(SliderError, match="a code has not the"):
        slider_file.check_model(short, model)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.pop("slider"), "lacks “slider”"),
        (lambda f: f.update(slider=2), "version 2"),
        (lambda f: f.update(slider=True), "lacks “slider”"),
        (lambda f: f.pop("checkpoint"), "names no checkpoint"),
        (lambda f: f["checkpoint"].update(sha256="x"), "no hash"),
        (lambda f: f.update(name=""), "it has no name"),
        (lambda f: f.update(name=7), "“name” is missing"),
        (lambda f: f.update(marks={}), "“marks” is no list"),
        (lambda f: f.update(marks=f["marks"] * 100), "“marks” is no list"),
        (lambda f: f.update(marks=f["marks"][:6]), "0 up and 4 down are missing"),
        (lambda f: f["marks"][0].pop("liked"), "whether it is liked"),
        (lambda f: f["marks"][0].update(z=[]), "has no code"),
        (lambda f: f["marks"][0].update(z=[1e9] * 16), "what is no number"),
        (lambda f: f["marks"][0].update(z=[10**400] * 16), "what is no number"),
        (lambda f: f["marks"][0].update(z=[True] * 16), "what is no number"),
        (lambda f: f["marks"][0].update(z=[0.5]), "differ in length"),
    ],
)
def test_a_damaged_slider_is_a_sentence(slider, change, said):
    found = json.loads(slider_file.write(slider))
    change(found)
    with pytest.raises(SliderError, match=said):
        slider_file.read(json.dumps(found).encode())


@pytest.mark.parametrize("data", [b"", b"\xff", b"[" * 100_000, b"null", b"NaN"])
def test_what_is_no_slider_is_a_sentence(data):
    with pytest.raises(SliderError, match="not a slider"):
        slider_file.read(data)


def test_a_file_that_is_too_large_is_not_read():
    with pytest.raises(SliderError, match="at most"):
        slider_file.read(b" " * (caps.MAX_SLIDER_BYTES + 1))


def test_any_damaged_byte_ends_in_a_slider_or_in_a_sentence(slider):
    data = slider_file.write(slider)
    generator = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(data)
        for place in generator.integers(0, len(data), 3):
            damaged[place] = generator.integers(0, 256)
        with contextlib.suppress(SliderError):  # nothing else may be raised
            slider_file.read(bytes(damaged))
