"""Drum beats to tokens and back, and the beats of corpus files."""

import csv
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from explorer.corpus_drums import drum_fault, drum_phrases, drum_sections, read_takes
from explorer.corpus_sources import FOLDERS, Folder, Source
from explorer.corpus_windows import Job
from explorer.drums import (
    CLASS_MAPS,
    EXEMPLARS,
    DrumsConverter,
    extract_beats,
    hits_to_tokens,
    roll,
    roll_to_tokens,
    tokens_to_notes,
)
from explorer.encodings import ENCODINGS
from explorer.errors import ConversionError, DataError
from explorer.midi import Meter, Song, Track, read_midi, write_midi
from explorer.notes import Note, sequence

KICK, SNARE = 1, 2
CORPUS = Path(
    os.environ.get("CORPUS", Path(__file__).parent.parent / "../shared/corpus")
)


def hit(pitch, step, **fields):
    note = {"pitch": pitch, "start_step": step, "end_step": step + 1, "is_drum": True}
    return Note(**{**note, **fields})


def beat(num_bars, *, pitches=(36, 42, 38, 42)):
    """Quarters, a drum each."""
    quarters = range(4 * num_bars)
    return sequence([hit(pitches[i % len(pitches)], 4 * i) for i in quarters])


def tokens_of(num_bars, *steps):
    """A track in which the kick is hit at `steps`."""
    tokens = np.zeros(16 * num_bars, np.int16)
    tokens[list(steps)] = KICK
    return tokens


# Classes


def test_each_exemplar_is_of_its_own_class_in_both_tables():
    for table in CLASS_MAPS.values():
        assert [table[pitch] for pitch in EXEMPLARS] == list(range(9))


@pytest.mark.parametrize(
    ("pitch", "today", "older"),
    [(43, 4, 6), (52, 7, 8), (22, 2, None), (26, 3, None), (58, 7, 7), (40, 1, 1)],
)
def test_the_two_tables_differ_where_magenta_changed_its_mind(pitch, today, older):
    assert CLASS_MAPS["today"].get(pitch) == today
    assert CLASS_MAPS["older"].get(pitch) == older


def test_a_token_is_the_sum_of_the_drums_that_are_hit():
    tokens = hits_to_tokens([hit(36, 0), hit(51, 0), hit(49, 3)], 4)
    assert tokens.tolist() == [1 + 256, 0, 0, 128]
    assert tokens.dtype == ENCODINGS["drums"].dtype


def test_unknown_percussion_pitched_notes_and_later_hits_count_not():
    pitched = Note(pitch=36, start_step=0, end_step=1)
    notes = [hit(100, 0), pitched, hit(36, 16), hit(38, 1)]
    assert hits_to_tokens(notes, 16).tolist() == [0, SNARE] + [0] * 14


def test_two_hits_of_one_class_on_a_step_are_one():
    assert hits_to_tokens([hit(36, 0), hit(35, 0)], 1).tolist() == [KICK]


def test_a_roll_has_the_bits_of_its_tokens_and_gives_them_back():
    tokens = np.arange(512, dtype=np.int16).reshape(2, 256)
    assert roll(tokens).shape == (2, 256, 9)
    assert roll(np.array([5])).tolist() == [[True, False, True] + [False] * 6]
    assert np.array_equal(roll_to_tokens(roll(tokens)), tokens)


# The facts of this test and the next were computed with magenta.js 1.23.1.
MAGENTA_HITS = [
    (36, 0),
    (49, 0),
    (36, 2),
    (45, 2),
    (50, 2),
    (36, 3),
    (42, 3),
    (46, 3),
    (36, 4),
    (38, 4),
    (45, 5),
    (38, 6),
    (50, 7),
]
MAGENTA_CLASSES = [[0, 7], [], [0, 4, 6], [0, 2, 3], [0, 1], [4], [1], [6]]


def test_hits_fall_into_the_classes_that_magenta_puts_them_in():
    converter = DrumsConverter(num_bars=1, class_map="older")
    tokens = converter.to_tokens(sequence([hit(*pair) for pair in MAGENTA_HITS]))
    found = [np.flatnonzero(step).tolist() for step in roll(tokens)[:8]]
    assert found == MAGENTA_CLASSES


def test_tokens_sound_as_magentas_exemplars():
    notes = tokens_to_notes(np.array([345, 35, 236], np.int16))
    assert [(note.pitch, note.start_step) for note in notes] == [
        *((pitch, 0) for pitch in (36, 46, 45, 50, 51)),
        *((pitch, 1) for pitch in (36, 38, 48)),
        *((pitch, 2) for pitch in (42, 46, 48, 50, 49)),
    ]


# Converting


def test_a_beat_survives_the_way_to_tokens_and_back():
    converter = DrumsConverter(num_bars=2)
    tokens = converter.to_tokens(beat(2))
    tune = converter.from_tokens(tokens, qpm=90.0, title="Beat")
    assert (tune.qpm, tune.title, tune.total_steps) == (90.0, "Beat", 32)
    assert all(n.is_drum and n.instrument == 9 for n in tune.notes)
    assert [(n.pitch, n.start_step) for n in tune.notes] == [
        (n.pitch, n.start_step) for n in beat(2).notes
    ]
    assert np.array_equal(converter.to_tokens(tune), tokens)


def test_a_short_beat_is_padded_and_a_long_one_cut():
    converter = DrumsConverter(num_bars=2)
    assert converter.to_tokens(beat(1)).nonzero()[0].tolist() == [0, 4, 8, 12]
    assert len(converter.to_tokens(beat(5))) == converter.num_steps == 32


def test_a_tune_without_a_drum_is_refused_with_what_is_missing():
    tune = sequence([Note(pitch=60, start_step=0, end_step=4), hit(38, 40)])
    with pytest.raises(ConversionError, match="No drum is hit in the first 2 bars"):
        DrumsConverter(num_bars=2).to_tokens(tune)


# Beats


def test_a_beat_starts_on_its_bar_line_and_a_bar_of_silence_ends_it():
    tokens = tokens_of(6, 20, 24, 40, 42)
    ((first_bar, found),) = extract_beats(tokens)
    assert first_bar == 1
    assert np.array_equal(found, tokens[16:48])
    parted = extract_beats(tokens_of(6, 20, 24, 40, 42 + 17))
    assert [(bar, len(found)) for bar, found in parted] == [(1, 32), (3, 16)]


def test_silence_of_a_step_less_than_a_bar_does_not_end_a_beat():
    assert len(extract_beats(tokens_of(3, 0, 16))) == 1
    assert len(extract_beats(tokens_of(3, 0, 17))) == 2


def test_a_track_that_ends_inside_a_bar_is_filled_up_and_an_empty_one_has_no_beat():
    ((_, found),) = extract_beats(tokens_of(2, 0, 16)[:20])
    assert len(found) == 32
    assert extract_beats(tokens_of(2)) == []


def test_a_window_of_few_hits_or_of_one_drum_is_of_no_use():
    full = DrumsConverter(num_bars=2).to_tokens(beat(2))
    assert drum_fault(full) == ""
    assert drum_fault(full * (np.arange(32) < 12)) == "too few hits"
    assert drum_fault((full > 0).astype(np.int16)) == "a single drum"


def test_drums_of_all_tracks_play_together_and_other_metres_are_left_out():
    def track(*notes):
        return Track(
            name="", program=0, instrument="Drum kit", is_drum=True, notes=notes
        )

    song = Song(
        title="",
        tracks=(track(hit(36, 0), hit(36, 60)), track(hit(38, 0), hit(38, 20))),
        qpm=120.0,
        meters=(
            Meter(start_step=0, numerator=4, denominator=4),
            Meter(start_step=16, numerator=3, denominator=4),
            Meter(start_step=52, numerator=2, denominator=2),
        ),
        total_steps=84,
        duration_seconds=10.0,
        warnings=(),
    )
    (bar, first), (later_bar, second) = drum_sections(song)
    assert (bar, first.tolist()) == (0, [KICK + SNARE] + [0] * 15)
    assert (later_bar, second.nonzero()[0].tolist()) == (4, [8])


# Groove

COLUMNS = (
    "drummer",
    "style",
    "bpm",
    "beat_type",
    "time_signature",
    "midi_filename",
    "split",
)


def write_groove(folder, *rows, num_bars=3):
    """A folder like Groove's: a table and a beat of each take."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "info.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in rows:
            known = {
                "drummer": "drummer1",
                "style": "latin/brazilian-bossa",
                "bpm": "120",
                "beat_type": "beat",
                "time_signature": "4-4",
                "split": "train",
            }
            writer.writerow({**known, **row})
            path = folder / row["midi_filename"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(write_midi(beat(num_bars, pitches=row_pitches(row))))
    return folder


def row_pitches(row):
    """Drums that differ from take to take."""
    rng = np.random.default_rng(sum(row["midi_filename"].encode()))
    return (36, *rng.permutation(EXEMPLARS[1:])[:3].tolist())


def job(folder, name, *, rule=FOLDERS["groove"], num_bars=2):
    return Job(
        path=folder / name,
        name=name,
        folder=rule,
        num_bars=num_bars,
        cache=Path("unused"),
    )


def test_a_take_has_the_split_and_title_of_its_row(tmp_path):
    folder = write_groove(
        tmp_path / "groove", {"midi_filename": "d/1.mid", "split": "test"}
    )
    (found,) = drum_phrases(job(folder, "d/1.mid")).lines
    assert (found.split, found.source) == ("test", "groove")
    assert found.title == "Latin brazilian bossa beat, 120 bpm (drummer 1)"
    assert found.tokens.shape == (2, 32)
    assert found.bars.tolist() == [0, 1]


def test_takes_in_other_metres_and_files_without_a_row_are_left_out(tmp_path):
    folder = write_groove(
        tmp_path / "groove", {"midi_filename": "1.mid", "time_signature": "6-8"}
    )
    (folder / "2.mid").write_bytes(write_midi(beat(3)))
    reasons = [drum_phrases(job(folder, name)).left_out for name in ("1.mid", "2.mid")]
    assert reasons == [
        (("", "metre other than 4/4"),),
        (("", "not in info.csv"),),
    ]


def test_the_pitches_of_grooves_own_kit_are_moved_first(tmp_path):
    data = write_midi(sequence([hit(22, 0), hit(26, 4), hit(58, 8)]))
    song = read_midi(data, name="x")
    ((_, roland),) = drum_sections(song, is_roland=True)
    ((_, plain),) = drum_sections(song)
    hats, tom, crash = [4, 8], 16, 128
    assert roland[[0, 4, 8]].tolist() == [*hats, tom]
    assert plain[[0, 4, 8]].tolist() == [*hats, crash]


def test_groove_without_its_table_is_refused(tmp_path):
    (tmp_path / "1.mid").write_bytes(write_midi(beat(3)))
    with pytest.raises(DataError, match=r"info\.csv does not say .* Groove MIDI"):
        drum_phrases(job(tmp_path, "1.mid"))


def test_a_split_that_nobody_knows_is_refused(tmp_path):
    folder = write_groove(tmp_path, {"midi_filename": "1.mid", "split": "dev"})
    with pytest.raises(DataError, match="which takes are for training"):
        read_takes(folder)


def test_a_song_of_another_source_is_split_by_its_name(tmp_path):
    (tmp_path / "1.mid").write_bytes(write_midi(beat(4)))
    (tmp_path / "2.mid").write_bytes(
        write_midi(sequence([Note(pitch=60, start_step=0, end_step=4)]))
    )
    rule = Folder(sources=(Source(name="songs"),))
    (found,) = drum_phrases(job(tmp_path, "1.mid", rule=rule)).lines
    assert (found.split, found.title, len(found.tokens)) == ("", "", 3)
    nothing = drum_phrases(job(tmp_path, "2.mid", rule=rule))
    assert nothing.left_out == (("", "no drums"),)


def test_a_broken_file_is_left_out(tmp_path):
    (tmp_path / "1.mid").write_bytes(b"MThd, and then nothing that makes sense")
    rule = Folder(sources=(Source(name="songs"),))
    ((_, reason),) = drum_phrases(job(tmp_path, "1.mid", rule=rule)).left_out
    assert reason.startswith("not readable")


@pytest.mark.skipif(not (CORPUS / "groove").is_dir(), reason="Groove is not there")
def test_grooves_own_splits_are_kept_and_its_beats_lie_on_the_bar():
    takes = read_takes(CORPUS / "groove")
    splits = Counter(take.split for take in takes.values() if take.is_four_four)
    assert splits == {"train": 887, "validation": 122, "test": 129}
    rock = [n for n, take in takes.items() if take.is_beat and take.genre == "rock"]
    beats = [drum_phrases(job(CORPUS / "groove", name)) for name in rock]
    tokens = np.concatenate([f.lines[0].tokens for f in beats if f.lines])
    share = roll(tokens).reshape(-1, 16, 9).mean(axis=0)
    assert share[:, 0].argmax() == 0  # the kick, on the first beat
    assert set(np.argsort(share[:, 1])[-2:]) == {4, 12}  # the snare, second and fourth
