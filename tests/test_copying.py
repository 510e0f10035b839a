"""Copies of training tunes: what counts as one."""

import numpy as np
import pytest

from explorer.copying import copied, known_windows
from explorer.dataset import Split
from explorer.encodings import ENCODINGS
from tests.helpers import tiny_tokens

MELODY, DRUMS, TRIO = (ENCODINGS[name] for name in ("melody", "drums", "trio"))


def split(tokens, tune=None, bar=None):
    zeros = np.zeros(len(tokens), np.int32)
    return Split(
        tokens=tokens,
        tune=np.arange(len(tokens), dtype=np.int32) if tune is None else tune,
        bar=zeros if bar is None else bar,
        source=zeros.astype(np.uint8),
    )


def moved(tokens, semitones):
    return np.where(tokens >= 2, tokens + semitones, tokens).astype(np.uint8)


def test_a_training_phrase_is_a_copy_and_another_is_not():
    known = known_windows(split(tiny_tokens(10)), MELODY)
    assert copied(tiny_tokens(10), known)["exact"] == 1
    assert copied(tiny_tokens(10, seed=1), known)["transposed"] == 0


def test_in_another_key_it_is_a_copy_only_up_to_transposition():
    tokens = tiny_tokens(10)
    found = copied(moved(tokens, 3), known_windows(split(tokens), MELODY))
    assert (found["exact"], found["transposed"]) == (0, 1)


def test_one_note_changed_is_no_copy():
    tokens = tiny_tokens(10)
    known = known_windows(split(tokens), MELODY)
    tokens[:, 0] = 47
    assert copied(tokens, known)["transposed"] == 0


def test_long_phrases_are_compared_two_bars_at_a_time():
    known = known_windows(split(tiny_tokens(1)), MELODY)
    long = np.concatenate([tiny_tokens(1), tiny_tokens(1, seed=1)], axis=1)
    found = copied(long, known)
    assert found["num_windows"] == 3
    assert found["exact"] == pytest.approx(1 / 3, abs=1e-4)


def test_what_sounds_before_the_first_note_does_not_count():
    tokens = tiny_tokens(1)
    tokens[0, :4] = [0, 1, 0, 40]
    cleared = tokens.copy()
    cleared[0, 1] = 0
    assert copied(tokens, known_windows(split(cleared), MELODY))["exact"] == 1


def test_windows_of_few_notes_are_not_counted():
    tokens = np.zeros((2, 32), np.uint8)
    tokens[:, [0, 8]] = 40
    tokens[1, 16] = 41
    found = copied(tokens, known_windows(split(tokens), MELODY))
    assert found["num_windows"] == 1
    silent = copied(tokens[:1], known_windows(split(tokens), MELODY))
    assert silent == {"num_windows": 0, "exact": 0, "transposed": 0}


def test_windows_of_overlapping_phrases_are_known_though_looked_at_once():
    tune = tiny_tokens(2).reshape(1, 64)
    starts = (0, 16)
    phrases = np.concatenate([tune[:, s : s + 48] for s in starts])
    places = {"tune": np.zeros(2, np.int32), "bar": np.array([0, 1], np.int32)}
    known = known_windows(split(phrases, **places), MELODY)
    assert len(known.exact) == 3
    assert copied(tune, known)["exact"] == 1


def test_beats_are_compared_as_they_are_and_have_no_key():
    tokens = tiny_tokens(10, encoding="drums")
    known = known_windows(split(tokens), DRUMS)
    assert known.transposed is None
    assert copied(tokens, known) == {"num_windows": 10, "exact": 1}
    tokens[:, 16] ^= 1  # a kick more or less
    assert copied(tokens, known) == {"num_windows": 10, "exact": 0}


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ((0, 0, 0), (1, 1)),
        ((3, 3, 0), (0, 1)),  # the band in another key
        ((3, 0, 0), (0, 0)),  # the melody in another key than the bass
        ((0, 0, 1), (0, 0)),  # with other drums
    ],
)
def test_a_trio_is_a_copy_only_as_a_whole(moves, expected):
    tokens = tiny_tokens(10, encoding="trio")
    known = known_windows(split(tokens), TRIO)
    other = np.where(TRIO.onsets(tokens), tokens + np.array(moves), tokens)
    found = copied(other.astype(np.int16), known)
    assert (found["exact"], found["transposed"]) == expected


def test_each_part_of_a_trio_is_also_looked_for_alone():
    tokens = tiny_tokens(10, encoding="trio")
    known = known_windows(split(tokens), TRIO)
    mixed = tokens.copy()
    mixed[:, :, 0] = np.roll(tokens[:, :, 0], 1, axis=0)  # melodies change places
    mixed[:, 16, 2] ^= 1
    found = copied(mixed, known)
    assert found["exact"] == 0
    melody, bass, drums = found["by_part"].values()
    assert (melody["exact"], bass["exact"], drums["exact"]) == (1, 1, 0)
    assert "transposed" in bass
    assert "transposed" not in drums


def test_a_bass_that_begins_alone_says_in_which_key_the_band_plays():
    tokens = tiny_tokens(5, encoding="trio")
    tokens[:, :4, 0] = 0
    moved = np.where(tokens >= 2, tokens + np.array([2, 2, 0]), tokens)
    known = known_windows(split(tokens), TRIO)
    assert copied(moved.astype(np.int16), known)["transposed"] == 1


def test_phrases_count_by_their_weight():
    tokens = np.concatenate([tiny_tokens(1), tiny_tokens(1, seed=1)])
    known = known_windows(split(tokens[:1]), MELODY)
    assert copied(tokens, known)["exact"] == 0.5
    assert copied(tokens, known, np.array([0.9, 0.1]))["exact"] == 0.9
