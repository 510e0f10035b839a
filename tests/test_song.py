"""Which tracks of a song play which part, and the tune they make together."""

import pytest

from explorer.drums import DRUM_INSTRUMENT
from explorer.notes import Note
from explorer.song import (
    Meter,
    Song,
    Track,
    bass_track,
    guess_tracks,
    lacks,
    parts_tune,
    track_tune,
    tracks_for,
)
from explorer.trio import TrioConverter, part_of

TRIO = ("melody", "bass", "drums")


def track(pitches, *, name="", program=0, is_drum=False, pace=4, instrument=0):
    """One note after the other, from the start on."""
    notes = tuple(
        Note(
            pitch=pitch,
            start_step=index * pace,
            end_step=(index + 1) * pace,
            program=program,
            instrument=instrument,
            is_drum=is_drum,
        )
        for index, pitch in enumerate(pitches)
    )
    return Track(
        name=name, program=program, instrument="", is_drum=is_drum, notes=notes
    )


def song(*tracks, num_bars=2):
    return Song(
        title="Song",
        tracks=tracks,
        qpm=100.0,
        meters=(Meter(start_step=0, numerator=4, denominator=4),),
        total_steps=16 * num_bars,
        duration_seconds=1.0,
        warnings=(),
    )


TUNE = track([72, 74, 76, 77] * 2, program=73)
BASS = track([36, 43] * 4, program=33)
BEAT = track([36, 38] * 4, is_drum=True)
HATS = track([42] * 16, is_drum=True, pace=2)


def test_drums_play_the_drums_and_all_else_can_play_the_rest():
    found = song(BEAT, TUNE, HATS, BASS)
    assert tracks_for(found, "drums") == (0, 2)
    assert tracks_for(found, "melody") == tracks_for(found, "bass") == (1, 3)


def test_each_part_of_a_band_is_found_and_all_drums_go_together():
    found = song(BEAT, BASS, HATS, TUNE)
    assert guess_tracks(found, TRIO) == {"melody": (3,), "bass": (1,), "drums": (0, 2)}
    assert guess_tracks(found, ["drums"]) == {"drums": (0, 2)}


@pytest.mark.parametrize(
    "bass",
    [
        pytest.param({"program": 38, "name": "Synth"}, id="its program"),
        pytest.param({"program": 0, "name": "Bass line"}, id="its name"),
    ],
)
def test_of_equal_lines_the_bass_is_known_by(bass):
    low = [40, 43] * 4
    found = song(TUNE, track(low, name="Left"), track(low, **bass))
    assert bass_track(found, melody=0) == 2


def test_the_bass_is_the_lower_line_and_never_the_melody():
    cello, viola = track([40, 43] * 4), track([55, 58] * 4)
    assert bass_track(song(TUNE, viola, cello), melody=0) == 2
    assert bass_track(song(TUNE, viola, cello), melody=2) == 1
    assert bass_track(song(TUNE), melody=0) is None


def test_a_bass_plays_one_note_at_a_time():
    chords = Track(
        name="",
        program=0,
        instrument="",
        is_drum=False,
        notes=tuple(
            Note(pitch=pitch, start_step=4 * beat, end_step=4 * beat + 4)
            for beat in range(8)
            for pitch in (45, 41, 38)
        ),
    )
    assert bass_track(song(TUNE, chords, track([40, 43] * 4)), melody=0) == 2


@pytest.mark.parametrize(
    ("tracks", "parts", "lack"),
    [
        ((TUNE, BASS, BEAT), TRIO, ""),
        ((TUNE, BEAT), TRIO, "no bass track"),
        ((TUNE,), TRIO, "no bass track and no drum track"),
        ((TUNE,), ("drums",), "no drum track"),
        ((BEAT,), ("melody",), "no melody track"),
    ],
)
def test_what_a_song_lacks_is_said(tracks, parts, lack):
    assert lacks(song(*tracks), parts) == lack


def test_parts_side_by_side_get_the_instruments_that_tell_them_apart():
    fretless = track([36, 43] * 4, program=35)  # the melody here, as somebody chose
    found = song(fretless, BASS, BEAT)
    tune = parts_tune(found, {"melody": (0,), "bass": (1,), "drums": (2,)})
    kinds = {
        part: {(n.program, n.instrument) for n in tune.notes if part_of(n) == part}
        for part in TRIO
    }
    assert kinds == {
        "melody": {(0, 0)},
        "bass": {(33, 1)},
        "drums": {(0, DRUM_INSTRUMENT)},
    }
    tokens = TrioConverter(num_bars=2).to_tokens(tune)
    assert [(column != 0).sum() for column in tokens.T] == [8, 8, 8]


def test_a_part_alone_keeps_its_instrument():
    found = song(TUNE, BASS)
    assert parts_tune(found, {"melody": (0,)}) == track_tune(found, 0)
    assert {note.program for note in parts_tune(found, {"melody": (1,)}).notes} == {33}


def test_drum_tracks_are_put_together_and_a_drum_hit_twice_at_once_is_hit_once():
    loud = Note(pitch=36, start_step=0, end_step=9, velocity=120, is_drum=True)
    soft = Note(pitch=36, start_step=0, end_step=2, velocity=30, is_drum=True)
    doubled = Track(name="", program=0, instrument="", is_drum=True, notes=(loud, soft))
    tune = parts_tune(song(doubled, HATS, BEAT), {"drums": (0, 1, 2)})
    assert len(tune.notes) == 16 + 8
    assert {note.velocity for note in tune.notes if note.start_step == 0} == {120, 80}
    assert {note.end_step - note.start_step for note in tune.notes} == {1}


def test_a_drum_that_the_file_holds_on_to_is_not_hit_again_in_the_next_bar():
    held = Note(pitch=49, start_step=12, end_step=20, is_drum=True)
    crash = Track(name="", program=0, instrument="", is_drum=True, notes=(held,))
    assert parts_tune(song(crash), {"drums": (0,)}, 1, 1).notes == ()


def test_bars_of_all_parts_are_taken_together():
    tune = parts_tune(
        song(TUNE, BASS, BEAT), {"melody": (0,), "bass": (1,), "drums": (2,)}, 1, 2
    )
    starts = {
        part: [n.start_step for n in tune.notes if part_of(n) == part] for part in TRIO
    }
    assert starts == {part: [0, 4, 8, 12] for part in TRIO}
    assert (tune.total_steps, tune.qpm, tune.title) == (32, 100.0, "Song")


@pytest.mark.parametrize(
    ("tracks", "match"),
    [
        ({"drums": (0,)}, "cannot play the part drums"),
        ({"melody": (2,)}, "cannot play the part melody"),
        ({"melody": (3,)}, "no track 3; the song has 3"),
    ],
)
def test_a_track_that_cannot_play_its_part_is_refused(tracks, match):
    with pytest.raises(ValueError, match=match):
        parts_tune(song(TUNE, BASS, BEAT), tracks)
