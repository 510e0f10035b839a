"""Packed text gives back the same tune and the same code, and nothing else passes."""

import base64
import random
import zlib

import numpy as np
import pytest

from explorer import packing
from explorer.notes import Note, NoteSequence, sequence

CHARACTERS = "ABCXYZabcxyz0189-_"


def tune_of(rng, num, *, title="A tune", qpm=120.0, num_steps=256):
    notes = [
        Note(
            pitch=int(rng.integers(128)),
            start_step=int(start),
            end_step=int(start + rng.integers(1, num_steps - start + 1)),
            velocity=int(rng.integers(1, 128)),
            program=int(rng.integers(128)),
            instrument=int(rng.integers(300)),
            is_drum=bool(rng.integers(2)),
        )
        for start in rng.integers(0, num_steps, size=num)
    ]
    return sequence(notes, total_steps=num_steps, qpm=qpm, title=title)


def packed(content):
    return base64.urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")


def head(title=b"x", qpm=120.0, length=None):
    return packing._HEAD.pack(qpm, len(title) if length is None else length) + title


@pytest.mark.parametrize("num", [0, 1, 2, 33, 1000])
def test_a_tune_comes_back_as_it_was(rng, num):
    tune = tune_of(rng, num, title="Sakura — 桜", qpm=119.99976000048)
    assert packing.unpack_tune(packing.pack_tune(tune)) == tune


def test_notes_out_of_order_come_back_in_order():
    late = Note(pitch=60, start_step=4, end_step=6)
    early = Note(pitch=62, start_step=0, end_step=2)
    tune = NoteSequence(notes=(late, early), total_steps=16)
    assert packing.unpack_tune(packing.pack_tune(tune)).notes == (early, late)


def test_a_long_title_is_cut_and_what_is_no_text_is_replaced():
    tune = sequence([], total_steps=16, title="\ud800" + "é" * 100)
    assert packing.unpack_tune(packing.pack_tune(tune)).title == "?" + "é" * 79


@pytest.mark.parametrize("z_size", [1, 5, 256, 512])
@pytest.mark.parametrize("scale", [0.0, 0.001, 1.0, 9.0])
def test_a_rounded_code_comes_back_to_the_last_digit(rng, z_size, scale):
    z = tuple(round(float(v), 4) for v in rng.normal(size=z_size) * scale)
    text = packing.pack_code(z, title="Here", qpm=110.0)
    code = packing.unpack_code(text, z_size)
    assert (code.z, code.title, code.qpm) == (z, "Here", 110.0)


def test_every_unit_is_exact():
    z = tuple(round(unit / 10_000, 4) for unit in range(-60_000, 60_001, 31))
    text = packing.pack_code(z, title="", qpm=110.0)
    assert packing.unpack_code(text, len(z)).z == z


def test_a_code_that_is_not_rounded_is_kept_as_the_model_reads_it(rng):
    z = tuple(float(v) for v in rng.normal(size=7).astype(np.float32))
    text = packing.pack_code(z, title="", qpm=110.0)
    assert packing.unpack_code(text, 7).z == z
    far = tuple(1000.0 * value for value in z)
    kept = packing.unpack_code(packing.pack_code(far, title="", qpm=110.0), 7).z
    np.testing.assert_array_equal(np.float32(kept), np.float32(far))


def test_a_code_is_about_as_short_as_its_numbers(rng):
    z = tuple(round(float(v), 4) for v in rng.normal(size=256) * 0.9)
    assert len(packing.pack_code(z, title="x", qpm=110.0)) < 256 * 2 * 4 / 3 + 80


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "other characters"),
        ("a b", "other characters"),
        ("a+b/", "other characters"),
        ("eé", "other characters"),
        ("A", "base64|padding|characters"),
        ("AAAA", "no zlib stream"),
        (packed(b""), "head"),
        (packed(head()), "before its notes"),
        (packed(head(qpm=float("nan")) + b"\x10\0"), "a tempo of nan"),
        (packed(head(qpm=float("inf")) + b"\x10\0"), "a tempo of inf"),
        (packed(head(qpm=-1.0) + b"\x10\0"), "a tempo of -1"),
        (packed(head(b"\xff") + b"\x10\0"), "decode"),
        (packed(head(b"x" * 81) + b"\x10\0"), "a title of 81"),
        (packed(head(length=60_000) + b"\x10\0"), "before its notes"),
        (packed(head() + b"\0\0"), "0 notes in 0 steps"),
        (packed(head() + b"\xff\xff\x01\0"), "notes in"),
        (packed(head() + b"\x10\xff\x7f"), "16383 notes"),
        (packed(head() + b"\x10\x01"), "0 numbers for 1 notes"),
        (packed(head() + b"\x10\x80"), "breaks off"),
        (packed(head() + b"\xff\xff\xff\xff\xff"), "4 bytes"),
        (packed(head() + bytes([16, 1, 0, 0, 60, 80, 0, 0, 0])), "end after it starts"),
        (packed(head() + bytes([16, 1, 0, 1, 60, 0, 0, 0, 0])), "velocity 0"),
        (packed(head() + bytes([16, 1, 0, 17, 60, 80, 0, 0, 0])), "after the tune's"),
        (packed(head() + bytes([16, 1, 0, 1, 128, 1, 80, 0, 0, 0])), "pitch 128"),
        (packed(bytes(100_000_000)), "at most"),
        (packed(head() + b"\x10\0") + "AAAA", "one whole stream"),
    ],
)
def test_a_damaged_tune_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        packing.unpack_tune(text)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "0 bytes for 4 numbers"),
        (b"\x08\1\2\3", "3 bytes for 4 numbers"),
        (b"\x08\1\2\3\4\5", "5 bytes"),
        (b"\xff" + bytes(128), "of 255 bits"),
        (b"\0" + np.array([0, 1, np.nan, 2], "<f4").tobytes(), "not numbers"),
        (b"\0" + np.array([0, 1, np.inf, 2], "<f4").tobytes(), "not numbers"),
    ],
)
def test_a_damaged_code_is_refused(body, said):
    with pytest.raises(ValueError, match=said):
        packing.unpack_code(packed(head() + body), 4)


def test_a_code_of_another_model_is_refused(rng):
    text = packing.pack_code((0.5, 0.25), title="", qpm=110.0)
    with pytest.raises(ValueError, match="for 3 numbers"):
        packing.unpack_code(text, 3)


def test_one_wrong_or_missing_letter_never_gives_another_tune(rng):
    dice = random.Random(0)
    for text, unpack in (
        (packing.pack_tune(tune_of(rng, 20)), packing.unpack_tune),
        (
            packing.pack_code((0.5, -1.25, 2.0), title="", qpm=110.0),
            lambda text: packing.unpack_code(text, 3),
        ),
    ):
        whole = unpack(text)
        for _ in range(300):
            at = dice.randrange(len(text))
            other = dice.choice(CHARACTERS.replace(text[at], ""))
            with pytest.raises(ValueError, match=r"\w"):
                unpack(text[:at])
            try:
                found = unpack(text[:at] + other + text[at + 1 :])
            except ValueError:
                continue
            assert found == whole  # the letter has bits that nothing reads
