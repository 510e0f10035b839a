"""Trios to tokens and back, and the trios of MIDI songs."""

from pathlib import Path

import numpy as np
import pytest

from explorer.corpus_sources import Folder, Source
from explorer.corpus_trios import TrioSection, trio_fault, trio_phrases, windows_of
from explorer.corpus_windows import Job
from explorer.encodings import ENCODINGS
from explorer.errors import ConversionError
from explorer.midi import write_midi
from explorer.notes import Note, sequence
from explorer.trio import (
    TrioConverter,
    part_of,
    plays_in_bar,
    trio_tokens,
    trio_windows,
)


def melody_note(pitch, start, end, **fields):
    return Note(pitch=pitch, start_step=start, end_step=end, **fields)


def bass_note(pitch, start, end):
    return melody_note(pitch, start, end, program=33, instrument=1)


def hit(pitch, step):
    return melody_note(pitch, step, step + 1, is_drum=True, instrument=9)


def band(num_bars=18, *, program=0):
    """Quarters of melody, a bass note a bar, and a kick and a snare a beat."""
    notes = []
    for bar in range(num_bars):
        start = 16 * bar
        for i, pitch in enumerate((60, 64, 67, 65 + bar % 3)):
            at = start + 4 * i
            notes.append(melody_note(pitch, at, at + 4, program=program))
            notes += [hit(36, at), hit(38, at + 2)]
        notes.append(bass_note(36 + bar % 5, start, start + 16))
    return sequence(notes)


def trio(num_bars, *, melody=(), bass=(), drums=()):
    """Tokens of a trio whose parts play a note in each of the bars named."""
    tokens = np.zeros((16 * num_bars, 3), np.int16)
    for part, (bars, token) in enumerate(((melody, 41), (bass, 17), (drums, 1))):
        tokens[[16 * bar for bar in bars], part] = token
        if part < 2:
            tokens[[16 * bar + 4 for bar in bars], part] = 1
    return tokens


# Parts


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"program": 0}, "melody"),
        ({"program": 31}, "melody"),
        ({"program": 32}, "bass"),
        ({"program": 39}, "bass"),
        ({"program": 40}, "melody"),
        ({"program": 33, "is_drum": True}, "drums"),
    ],
)
def test_the_part_of_a_note_follows_from_its_program(fields, part):
    assert part_of(melody_note(60, 0, 1, **fields)) == part


# The facts of this test were computed with magenta.js 1.23.1.
MAGENTA_MELODY = [(78, 1, 4), (88, 7, 11), (40, 11, 14), (66, 14, 15), (68, 15, 20)]
MAGENTA_BASS = [(38, 0, 4), (39, 4, 10), (28, 10, 15), (35, 15, 21)]
MAGENTA_HITS = "36 38 42 45 50|46|46||42 50||50||42 50|36 42|42 51|48 49|36|36||45 48"
MAGENTA_TOKENS = (
    [0, 59, 0, 0, 1, 0, 0, 69, 0, 0, 0, 21, 0, 0, 47, 49],
    [19, 0, 0, 0, 20, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 16],
    [87, 8, 8, 0, 68, 0, 64, 0, 68, 5, 260, 160, 1, 1, 0, 48],
)


def test_a_band_has_the_tokens_that_magenta_gives_it():
    notes = [melody_note(*note) for note in MAGENTA_MELODY]
    notes += [bass_note(*note) for note in MAGENTA_BASS]
    for step, pitches in enumerate(MAGENTA_HITS.split("|")):
        notes += [hit(int(pitch), step) for pitch in pitches.split()]
    tokens = TrioConverter(num_bars=1).to_tokens(sequence(notes))
    assert tokens.T.tolist() == list(MAGENTA_TOKENS)
    assert tokens.dtype == ENCODINGS["trio"].dtype


def test_a_band_survives_the_way_to_tokens_and_back():
    converter = TrioConverter(num_bars=16)
    tokens = converter.to_tokens(band())
    tune = converter.from_tokens(tokens, qpm=100.0, title="Band")
    assert tokens.shape == (256, 3)
    assert (tune.qpm, tune.title, tune.total_steps) == (100.0, "Band", 256)
    spelled = {
        (n.program, n.instrument, n.is_drum): [
            (m.pitch, m.start_step, m.end_step)
            for m in tune.notes
            if m.instrument == n.instrument
        ]
        for n in tune.notes
    }
    assert spelled.keys() == {(0, 0, False), (33, 1, False), (0, 9, True)}
    assert spelled[33, 1, False][:2] == [(36, 0, 16), (37, 16, 32)]
    assert np.array_equal(converter.to_tokens(tune), tokens)


def test_of_bass_notes_that_start_together_the_highest_is_kept():
    together = [bass_note(30, 0, 4), bass_note(42, 0, 4)]
    tokens = trio_tokens([], together, np.zeros(4, np.int16))
    assert tokens[:, 1].tolist() == [42 - 19, 0, 0, 0]


def test_a_missing_part_is_named():
    converter = TrioConverter(num_bars=2)
    notes = [n for n in band().notes if part_of(n) != "bass"]
    with pytest.raises(ConversionError, match="No bass in the first 2 bars"):
        converter.to_tokens(sequence(notes))
    with pytest.raises(ConversionError, match="No bass and no drums"):
        converter.to_tokens(sequence([melody_note(60, 0, 4)]))
    late = sequence([n for n in band().notes if n.is_drum or n.start_step >= 32])
    with pytest.raises(ConversionError, match="No melody and no bass"):
        converter.to_tokens(late)


# Windows


def test_a_part_plays_in_a_bar_in_which_a_note_sounds_on():
    tokens = np.zeros((48, 3), np.int16)
    tokens[4, 0], tokens[17, 0] = 41, 1
    tokens[20, 2] = 1
    assert plays_in_bar(tokens).T.tolist() == [
        [True, True, False],
        [False, False, False],
        [False, True, False],
    ]


def test_every_window_in_which_all_parts_play_is_found_bar_by_bar():
    tokens = trio(18, melody=range(18), bass=range(18), drums=range(18))
    found = list(trio_windows(tokens, 16))
    assert [bar for bar, _ in found] == [0, 1, 2]
    assert np.array_equal(found[1][1], tokens[16:272])


def test_a_part_may_rest_for_four_bars_and_not_for_five():
    def found(num_resting):
        bass = [bar for bar in range(16) if not 5 <= bar < 5 + num_resting]
        tokens = trio(16, melody=range(16), bass=bass, drums=range(16))
        return len(list(trio_windows(tokens, 16)))

    assert [found(4), found(5)] == [1, 0]


def test_in_the_first_two_bars_one_part_is_enough():
    def found(first_bass_bar):
        bass = range(first_bass_bar, 16)
        tokens = trio(16, melody=range(16), bass=bass, drums=range(16))
        return len(list(trio_windows(tokens, 16)))

    assert found(4) == 1  # two bars that any part covers, and two of rest
    assert found(5) == 0


def test_a_note_off_before_the_first_note_of_a_window_is_left_out():
    tokens = trio(17, melody=range(17), bass=range(17), drums=range(17))
    tokens[[0, 4], 1] = 0
    tokens[12, 1], tokens[18, 1], tokens[16, 1] = 17, 1, 0
    (_, first), (_, second) = trio_windows(tokens, 16)
    assert first[18, 1] == 1
    assert second[2, 1] == 0
    assert second[4, 1] == 0  # the same note, ended twice
    assert second[16, 1] == 17


def test_a_window_names_the_part_that_is_at_fault():
    tokens = TrioConverter(num_bars=16).to_tokens(band())
    assert trio_fault(tokens) == ""
    for part, reason in enumerate(
        ("melody: too few notes", "bass: too few notes", "drums: too few hits")
    ):
        silent = tokens.copy()
        silent[20:, part] = 0
        assert trio_fault(silent) == reason
    low = tokens.copy()
    low[:, 0][low[:, 0] > 1] -= 30
    assert trio_fault(low) == "melody: not above the bass"


def test_windows_with_many_triplets_are_left_out():
    tokens = TrioConverter(num_bars=17).to_tokens(band())

    def found(off_grid):
        section = TrioSection(first_bar=3, tokens=tokens, off_grid=off_grid)
        return windows_of(
            [section], 16, source="s", title="t", part_name="", split="train"
        )

    assert found(tuple(range(32))).bars.tolist() == [3, 4]
    crowded = found(tuple(range(33)))
    assert crowded.bars.tolist() == [4]
    assert crowded.dropped == {"melody: too many triplets": 1}


# Songs


def phrases(folder, tune, **options):
    (folder / "song.mid").write_bytes(write_midi(tune))
    job = Job(
        path=folder / "song.mid",
        name="song.mid",
        folder=Folder(sources=(Source(name="games"),)),
        num_bars=16,
        cache=Path("unused"),
    )
    return trio_phrases(job, **options)


def test_a_song_gives_a_window_a_bar_of_each_melody_with_each_bass(tmp_path):
    second = [
        Note(
            pitch=note.pitch + 12,
            start_step=note.start_step,
            end_step=note.end_step,
            instrument=2,
        )
        for note in band().notes
        if part_of(note) == "melody"
    ]
    lines = phrases(tmp_path, sequence([*band().notes, *second])).lines
    assert [line.tokens.shape for line in lines] == [(3, 256, 3)] * 2
    low, high = (line.tokens for line in lines)
    assert np.array_equal(high[..., 1:], low[..., 1:])
    assert (high[..., 0].max(), low[..., 0].max()) == (67 + 12 - 19, 67 - 19)
    assert {line.split for line in lines} <= {"train", "validation", "test"}


def test_a_melody_on_a_flute_counts_only_among_the_wide_programs(tmp_path):
    assert phrases(tmp_path, band(program=73)).lines
    narrow = phrases(tmp_path, band(program=73), wide_programs=False)
    assert narrow.left_out == (("", "no trio (no melody)"),)


def test_a_song_without_a_bass_is_left_out_with_the_reason(tmp_path):
    tune = sequence([n for n in band().notes if part_of(n) != "bass"])
    assert phrases(tmp_path, tune).left_out == (("", "no trio (no bass)"),)
