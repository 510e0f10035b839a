"""MIDI in and out: what is read, what is refused and with which words."""

import io
import os
import struct
from pathlib import Path

import mido
import pytest
import symusic

from explorer import caps
from explorer.errors import MidiError
from explorer.midi import (
    INSTRUMENT_NAMES,
    clean_text,
    file_bytes,
    inspect,
    instrument_name,
    melody_track,
    read_midi,
    track_tune,
    write_midi,
)
from explorer.notes import Note, sequence
from tests.damage import (
    DAMAGED,
    GOOD,
    TWO,
    UNUSUAL,
    file,
    header,
    meta,
    mutation,
    note,
    tempo,
    track,
    vlq,
)

CORPUS = Path(
    os.environ.get("CORPUS", Path(__file__).parent.parent / "../shared/corpus")
)
SLOW = {"100,000 ons, then 100,000 offs"}
REFUSED = {
    "200,000 tempos": "larger than 1 MB",
    "130,000 tempos below 1 MB": "130,000 tempo marks; at most 100,000",
    "division 0": "a quarter note has 0 ticks",
    "SMPTE with no ticks": "SMPTE time unit",
    "SMPTE 99 frames": "SMPTE time unit",
    "40 deltas of 2^28 - 1": "times beyond what MIDI can count",
    "five years in 44 bytes": "at most 3 hours",
    "16 MB name": "larger than 1 MB",
    "32,767 empty tracks": "has no notes",
    "track of no bytes": "has no notes",
    "no tracks": "has no notes",
    "only an end of track": "has no notes",
    "cut in the header": "not a MIDI file",
    "1,000,000 note events": "larger than 1 MB",
    "over 100,000 notes": "110,001 notes; at most 100,000",
    "300,000 open notes": "has no notes",
    "40,960 programs, channels, tracks": "40,960 tracks; at most 256",
    "nothing": "not a MIDI file",
    "a web page": "not a MIDI file",
    "zeros": "not a MIDI file",
}


@pytest.mark.parametrize(
    "kind",
    [pytest.param(k, marks=pytest.mark.slow) if k in SLOW else k for k in DAMAGED],
)
def test_every_kind_of_damage_has_one_of_three_outcomes(kind):
    report = inspect(DAMAGED[kind](), "file.mid")
    assert report["outcome"] == ("refused" if kind in REFUSED else report["outcome"])
    if report["outcome"] == "refused":
        assert REFUSED[kind] in report["message"]
        assert report["message"].startswith("“file.mid” ")
        assert (report["num_notes"], report["tracks"]) == (0, [])
    else:
        assert report["outcome"] in ("loaded", "warned")
        assert report["num_notes"] > 0
    assert "\n" not in report["message"]


@pytest.mark.parametrize("kind", UNUSUAL)
def test_legal_but_unusual_files_load_with_every_note(kind):
    make, num_notes = UNUSUAL[kind]
    song = read_midi(make(), name="file.mid")
    assert song.num_notes == num_notes


@pytest.mark.parametrize("start", range(0, 400, 50))
def test_random_damage_never_raises_anything_but_midi_error(start):
    for number in range(start, start + 50):
        report = inspect(mutation(number), "file.mid")
        assert (report["num_notes"] > 0) == (report["outcome"] != "refused"), number
        assert "\n" not in report["message"], number


def test_a_file_cut_short_keeps_what_came_before_the_cut():
    whole = file(note(60) + note(62) + note(64) + note(65))
    cut = whole[: whole.index(note(65)) + 5]  # in the last note, after its note-on
    song = read_midi(cut, name="cut.mid")
    assert [n.pitch for n in song.tracks[0].notes] == [60, 62, 64, 65]
    assert any("breaks off" in warning for warning in song.warnings)


def test_a_wrong_track_length_does_not_lose_the_next_track():
    data = header(num_tracks=2) + track(TWO, length=9) + track(note(72))
    song = read_midi(data, name="file.mid")
    assert [len(t.notes) for t in song.tracks] == [2, 1]


def test_values_out_of_range_are_corrected_with_a_warning():
    report = inspect(DAMAGED["pitch 255"](), "file.mid")
    assert report["outcome"] == "warned"
    assert "out of MIDI's range" in report["message"]
    assert report["tracks"][0]["highest_pitch"] == 127


def test_smpte_time_is_read_at_120():
    # 25 frames of 40 ticks: 1,000 ticks are a second, 2 quarters at 120.
    song = read_midi(file(note(60, 1000), division=0xE728), name="film.mid")
    assert (song.tracks[0].notes[0].end_step, song.qpm) == (8, 120)
    assert song.duration_seconds == 1


def test_times_are_quantised_in_ticks_with_halves_up():
    song = read_midi(file(note(60, 59, delay=60) + note(62, 61, delay=0)), name="f.mid")
    starts_and_ends = [(n.start_step, n.end_step) for n in song.tracks[0].notes]
    assert starts_and_ends == [(1, 2), (1, 2)]  # 60-119 and 119-180 of 120 a step


def test_a_tempo_change_moves_no_note_off_the_grid():
    song = read_midi(
        file(note(60) + tempo(317_123) + note(62) + tempo(911_000) + note(64)),
        name="f.mid",
    )
    assert [n.start_step for n in song.tracks[0].notes] == [0, 4, 8]


def test_the_tempo_is_the_one_that_holds_longest():
    song = read_midi(
        file(tempo(600_000) + note() + tempo(400_000) + note() + note()), name="f.mid"
    )
    assert song.qpm == 150
    assert song.duration_seconds == pytest.approx(0.6 + 0.8)
    assert (
        "Its tempo changes; here it keeps the one that holds longest." in song.warnings
    )


def test_a_file_without_tempo_and_meter_is_in_120_and_common_time():
    song = read_midi(GOOD, name="f.mid")
    (meter,) = song.meters
    assert song.qpm == 120
    assert (meter.start_step, meter.numerator, meter.denominator) == (0, 4, 4)
    assert song.warnings == ()


def test_meters_are_counted_in_steps_and_odd_ones_warned_about():
    song = read_midi(
        file(
            meta(0x58, b"\2\1\x18\x08") + note() + meta(0x58, b"\3\2\x18\x08") + note()
        ),
        name="f.mid",
    )
    meters = [(m.start_step, m.numerator, m.denominator) for m in song.meters]
    assert meters == [(0, 2, 2), (4, 3, 4)]
    assert any("isn't in 4/4" in warning for warning in song.warnings)


def test_cut_time_is_a_bar_of_sixteen_and_not_warned_about():
    song = read_midi(file(meta(0x58, b"\2\1\x18\x08") + TWO), name="f.mid")
    assert song.warnings == ()


def test_a_track_is_split_by_channel_and_program():
    data = file(
        meta(3, b"Band")
        + b"\0\xc0\x05"
        + note(60)
        + b"\0\xc0\x49"
        + note(62)
        + note(40, channel=1)
        + note(36, channel=9)
    )
    song = read_midi(data, name="f.mid")
    found = [(t.name, t.program, t.is_drum, len(t.notes)) for t in song.tracks]
    assert sorted(found) == [
        ("Band", 0, False, 1),
        ("Band", 0, True, 1),
        ("Band", 5, False, 1),
        ("Band", 73, False, 1),
    ]
    assert all(
        n.instrument == index for index, t in enumerate(song.tracks) for n in t.notes
    )


def test_overlapping_notes_of_one_pitch_end_in_the_order_they_start():
    data = file(
        b"\0\x90\x3c\x40"
        + vlq(480)
        + b"\x90\x3c\x41"
        + vlq(480)
        + b"\x80\x3c\0"
        + vlq(480)
        + b"\x80\x3c\0"
    )
    song = read_midi(data, name="f.mid")
    found = [(n.start_step, n.end_step, n.velocity) for n in song.tracks[0].notes]
    assert found == [(0, 8, 64), (4, 12, 65)]


def test_a_nameless_track_takes_its_instruments_name():
    song = read_midi(file(b"\0\xc0\x49" + TWO, note(36, channel=9)), name="f.mid")
    assert [t.name for t in song.tracks] == ["Flute", "Drum kit"]


def test_names_from_a_file_lose_control_characters_and_length():
    song = read_midi(DAMAGED["control characters in the name"](), name="f.mid")
    assert song.tracks[0].name.startswith("a [31m")
    song = read_midi(DAMAGED["half a MB of name"](), name="f.mid")
    assert len(song.tracks[0].name) == caps.MAX_TEXT_CHARS


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\0b", "a b"),
        ("  two  words\n", "two words"),
        ("\u202egnp.exe", "gnp.exe"),
        ("", ""),
    ],
)
def test_clean_text(text, clean):
    assert clean_text(text) == clean


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\nb", "", "x" * 300, "C:\\tunes\\a.mid"]
)
def test_a_hostile_file_name_stays_one_short_line(name):
    message = inspect(b"", name)["message"]
    assert "\n" not in message
    assert "/" not in message
    assert "\\" not in message
    assert len(message) < 300


def test_reading_stops_one_byte_after_the_limit(tmp_path):
    path = tmp_path / "large.mid"
    path.write_bytes(bytes(caps.MAX_FILE_BYTES + 99))
    assert len(file_bytes(path)) == caps.MAX_FILE_BYTES + 1


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MidiError, match=r"“gone\.mid” could not be read: No such file"):
        file_bytes(tmp_path / "gone.mid")


TUNE = sequence(
    [
        Note(pitch=60, start_step=0, end_step=3, velocity=1),
        Note(pitch=64, start_step=3, end_step=4, velocity=127),
        Note(pitch=64, start_step=4, end_step=31),
        Note(pitch=40, start_step=2, end_step=17, program=33, instrument=1),
        Note(pitch=36, start_step=0, end_step=1, is_drum=True, instrument=2),
        Note(pitch=36, start_step=1, end_step=2, is_drum=True, instrument=2),
    ],
    qpm=97.3,
)


@pytest.mark.parametrize("qpm", [33.3, 97.3, 120, 181.818, 300])
def test_writing_then_reading_gives_the_same_notes(qpm):
    tune = sequence(TUNE.notes, qpm=qpm)
    song = read_midi(write_midi(tune), name="t.mid")
    back = [n for t in song.tracks for n in t.notes]
    assert sorted(back, key=repr) == sorted(tune.notes, key=repr)
    assert song.qpm == pytest.approx(qpm, rel=1e-5)
    assert song.total_steps == tune.total_steps
    assert song.warnings == ()


def test_writing_is_deterministic_and_other_readers_agree():
    data = write_midi(TUNE)
    assert data == write_midi(TUNE)
    assert symusic.Score.from_midi(data).note_num() == len(TUNE.notes)
    read = mido.MidiFile(file=io.BytesIO(data))
    messages = [message for part in read.tracks for message in part]
    (meter,) = [m for m in messages if m.type == "time_signature"]
    assert (read.ticks_per_beat, meter.numerator, meter.denominator) == (480, 4, 4)
    assert [m.name for m in messages if m.type == "track_name"] == [
        "Acoustic Grand Piano",
        "Electric Bass (finger)",
        "Drum kit",
    ]
    assert {m.channel for m in messages if m.type == "note_on" and m.note == 36} == {9}


def test_an_empty_tune_gives_a_readable_file_without_notes():
    data = write_midi(sequence([]))
    assert symusic.Score.from_midi(data).note_num() == 0
    with pytest.raises(MidiError, match="has no notes"):
        read_midi(data, name="empty.mid")


def melody_song(*parts):
    tracks = [
        meta(3, name) + bytes([0, 0xC0 | channel, program]) + events
        for channel, (name, program, events) in enumerate(parts)
    ]
    return read_midi(file(*tracks), name="song.mid")


CHORDS = b"".join(
    b"".join(b"\0" + bytes([0x92, pitch, 64]) for pitch in (48, 52, 55))
    + vlq(480)
    + bytes([0x82, 48, 0])
    + b"\0"
    + bytes([0x82, 52, 0])
    + b"\0"
    + bytes([0x82, 55, 0])
    for _ in range(8)
)


def line(base, channel):
    return b"".join(note(base + step, 480, channel=channel) for step in range(8))


def test_the_melody_is_the_high_single_line():
    song = melody_song((b"", 33, line(33, 0)), (b"", 73, line(72, 1)), (b"", 0, CHORDS))
    assert melody_track(song) == 1


def test_a_name_decides_between_equal_lines():
    parts = [(b"Harmony", 0, line(67, 0)), (b"Lead vocal", 0, line(67, 1))]
    assert melody_track(melody_song(*parts)) == 1


def test_drums_alone_have_no_melody():
    song = read_midi(file(note(36, channel=9)), name="d.mid")
    assert melody_track(song) is None
    assert inspect(file(note(36, channel=9)), "d.mid")["melody_track"] is None


def test_a_tune_is_taken_from_a_track_by_bars():
    song = read_midi(
        file(note(60, 1920) + note(62, 1920) + note(64, 960)), name="Air.mid"
    )
    tune = track_tune(song, 0, start_bar=1, num_bars=2)
    found = [(n.pitch, n.start_step, n.end_step) for n in tune.notes]
    assert found == [(62, 0, 16), (64, 16, 24)]
    assert (tune.total_steps, tune.title) == (32, "Air")
    assert track_tune(song, 0).total_steps == 48


@pytest.mark.parametrize(
    "place", [(1, 0, 1), (-1, 0, 1), (0, 3, 1), (0, -1, 1), (0, 0, 0)]
)
def test_a_place_that_is_not_in_the_song_is_refused(place):
    song = read_midi(file(note(60, 4800)), name="f.mid")
    with pytest.raises(ValueError, match="the song has"):
        track_tune(song, *place)


def test_instrument_names_are_general_midis():
    assert len(INSTRUMENT_NAMES) == 128
    assert instrument_name(0) == "Acoustic Grand Piano"
    assert instrument_name(73) == "Flute"
    assert instrument_name(0, is_drum=True) == "Drum kit"


def test_inspect_reports_a_good_file():
    report = inspect(GOOD, "good.mid")
    assert report["outcome"] == "loaded"
    assert report["message"] == "“good.mid”: 2 notes in 1 track, 1 bar."
    assert report["num_notes"] == 2
    (found,) = report["tracks"]
    assert found == {
        "name": "Acoustic Grand Piano",
        "program": 0,
        "instrument": "Acoustic Grand Piano",
        "is_drum": False,
        "num_notes": 2,
        "lowest_pitch": 60,
        "highest_pitch": 64,
    }


def test_too_many_events_are_refused_while_repairing(monkeypatch):
    # Bytes before the header send the file to the repair, which counts as it goes.
    monkeypatch.setattr("explorer.midi_repair.MAX_EVENTS", 200)
    fits, over = (b"junk" + file(TWO + b"\0\xb0\x07\x40" * n) for n in (195, 196))
    assert read_midi(fits, name="f.mid").num_notes == 2
    with pytest.raises(MidiError, match="more than 200 events"):
        read_midi(over, name="f.mid")


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus; set CORPUS to its folder")
@pytest.mark.parametrize("source", ["cre", "freedoom", "groove"])
def test_real_files_load_with_as_many_notes_as_symusic_finds(source):
    paths = sorted((CORPUS / source).rglob("*.mid"))
    assert len(paths) > 100
    for path in paths[:: max(len(paths) // 40, 1)]:
        data = file_bytes(path)
        song = read_midi(data, name=path.name)
        expected = symusic.Score.from_midi(data, sanitize_data=True).note_num()
        assert song.num_notes == expected, path.name
        assert struct.unpack_from(">H", data, 12)[0] > 0
