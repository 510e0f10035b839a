"""Readers: what a MIDI, MusicXML or ABC file gives, bar by bar."""

import io
import re
import zipfile
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from explorer.bar_phase import find_bar_phase
from explorer.converters import melody_to_sequence
from explorer.corpus import (
    Extract,
    Line,
    LineNote,
    Section,
    extract_from_json,
    extract_to_json,
    line_note,
    to_notes,
    top_line,
)
from explorer.corpus_bars import Bar, BarNote, cut_sections, play_order
from explorer.corpus_midi import mark_triplets, read_song
from explorer.corpus_scores import read_abc, read_score, split_abc
from explorer.corpus_sources import FOLDERS, folder_of, shown_title, source_of
from explorer.corpus_windows import line_phrases, longest_silence, window_fault
from explorer.errors import DataError
from explorer.extraction import extract_file
from explorer.midi import write_midi
from explorer.musical_key import guess_key
from explorer.notes import Note, sequence


def bar(quarters=4, meter="4/4", pitches=(), **marks):
    """A bar with one quarter note a pitch."""
    notes = tuple(
        BarNote(pitch=pitch, start=Fraction(i), end=Fraction(i + 1))
        for i, pitch in enumerate(pitches)
    )
    return Bar(meter=meter, quarters=Fraction(quarters), notes=notes, **marks)


def spell(section):
    """(pitch, start step) of every note."""
    return [(note.pitch, note.start_step) for note in section.notes]


def note(pitch, start, end, **marks):
    return LineNote(pitch=pitch, start_step=start, end_step=end, **marks)


def line(*sections, **fields):
    known = {
        "title": "Tune",
        "number": "",
        "part": 0,
        "part_name": "",
        "staff": "only",
    }
    return Line(sections=sections, **{**known, **fields})


def section(notes, bars=2, **fields):
    return Section(first_bar=0, num_steps=16 * bars, notes=tuple(notes), **fields)


# Times


def test_a_time_between_steps_moves_to_the_nearest_and_a_triplet_is_off_the_grid():
    third = line_note(60, Fraction(1, 3), Fraction(2, 3))
    assert (third.start_step, third.end_step, third.is_off_grid) == (1, 3, True)
    late = line_note(60, Fraction(1, 480), Fraction(1, 2))
    assert (late.start_step, late.end_step, late.is_off_grid) == (0, 2, False)


def test_a_note_shorter_than_a_step_gets_one():
    short = line_note(60, Fraction(1), Fraction(33, 32))
    assert (short.start_step, short.end_step) == (4, 5)


def test_the_top_line_has_no_note_under_a_sounding_higher_one():
    chord = [note(60, 0, 8), note(67, 0, 8), note(64, 4, 6), note(62, 8, 12)]
    assert [n.pitch for n in top_line(chord)] == [67, 62]


# Bars


def test_a_repeat_is_played_twice():
    bars = [bar(), bar(starts_repeat=True), bar(ends_repeat=True), bar()]
    assert play_order(bars) == [0, 1, 2, 1, 2, 3]


def test_a_repeat_without_a_start_goes_back_to_the_one_before():
    bars = [bar(), bar(ends_repeat=True), bar(), bar(ends_repeat=True)]
    assert play_order(bars) == [0, 1, 0, 1, 2, 3, 2, 3]


def test_each_ending_is_played_on_its_pass_only():
    first, second = frozenset({1}), frozenset({2})
    bars = [
        bar(starts_repeat=True),
        bar(endings=first, ends_repeat=True),
        bar(endings=second),
        bar(ends_repeat=True),
    ]
    assert play_order(bars) == [0, 1, 0, 2, 3, 3]


def test_a_second_ending_may_close_with_a_repeat_sign():
    first, second = frozenset({1}), frozenset({2})
    bars = [
        bar(),
        bar(endings=first, ends_repeat=True),
        bar(endings=second, ends_repeat=True),
        bar(),
    ]
    assert play_order(bars) == [0, 1, 0, 2, 3]


def test_an_ending_for_two_passes_is_played_twice_and_one_for_a_third_not_at_all():
    bars = [
        bar(starts_repeat=True),
        bar(endings=frozenset({1, 2}), ends_repeat=True),
        bar(endings=frozenset({3})),
        bar(),
    ]
    assert play_order(bars) == [0, 1, 0, 1, 3]


def test_a_pickup_is_dropped_and_bars_start_at_the_first_full_one():
    (found,), reason = cut_sections([bar(1, pitches=[59]), bar(pitches=[60, 62])])
    assert spell(found) == [(60, 0), (62, 4)]
    assert reason == ""


def test_two_parts_of_a_bar_around_a_repeat_make_one_bar():
    bars = [bar(pitches=[60]), bar(3, pitches=[62]), bar(1, pitches=[64]), bar()]
    (found,), _ = cut_sections(bars)
    assert spell(found) == [(60, 0), (62, 16), (64, 28)]
    assert found.num_steps == 48


def test_bars_that_do_not_add_up_begin_a_new_section():
    bars = [bar(pitches=[60]), bar(3, pitches=[62]), bar(pitches=[64])]
    first, second = cut_sections(bars)[0]
    assert spell(first) == [(60, 0), (62, 16)]
    assert (spell(second), second.first_bar) == ([(64, 0)], 2)


def test_a_stray_pickup_at_the_end_of_a_section_is_taken_back():
    bars = [bar(pitches=[60]), bar(1, pitches=[62]), bar(pitches=[64])]
    first, second = cut_sections(bars)[0]
    assert (spell(first), first.num_steps) == ([(60, 0)], 16)
    assert spell(second) == [(64, 0)]


def test_bars_in_two_four_are_paired():
    bars = [bar(2, "2/4", [60]), bar(2, "2/4", [62])]
    (found,), _ = cut_sections(bars)
    assert spell(found) == [(60, 0), (62, 8)]
    assert found.is_paired


def test_cut_time_counts_as_four_four_and_other_metres_are_left_out_with_their_name():
    bars = [bar(meter="2/2", pitches=[60]), bar(3, "3/4"), bar(pitches=[62])]
    sections, reason = cut_sections(bars)
    assert [spell(found) for found in sections] == [[(60, 0)], [(62, 0)]]
    assert reason == "metre other than 4/4, 2/2 or 2/4 (1 bars: 3/4)"


def test_a_tie_over_the_bar_line_is_one_note():
    held = BarNote(pitch=60, start=Fraction(3), end=Fraction(4))
    tied = BarNote(pitch=60, start=Fraction(0), end=Fraction(2), is_tied_on=True)
    bars = [replace(bar(), notes=(held,)), replace(bar(), notes=(tied,))]
    (found,), _ = cut_sections(bars)
    assert [(n.start_step, n.end_step) for n in found.notes] == [(12, 24)]


# ABC

HORNPIPE = """X:7
T:The Made-up Hornpipe
M:C|
L:1/8
K:G
D2|:G2 {a}(3ABc d2-|dBAB c4|1 G6 D2:|2 G4 z4|]
"""


def test_abc_plays_repeats_drops_graces_joins_ties_and_marks_triplets():
    (found,) = read_abc(HORNPIPE.replace("G2 {a}", "G2 G2 {a}").encode()).lines
    assert (found.number, found.title) == ("7", "The Made-up Hornpipe")
    (only,) = found.sections
    once = [(67, 0), (67, 4), (69, 8), (71, 9), (72, 11), (74, 12)]
    assert spell(only)[:6] == once
    assert [n.start_step for n in only.notes if n.is_off_grid][:2] == [9, 11]
    tied = next(n for n in only.notes if n.pitch == 74)
    assert (tied.start_step, tied.end_step) == (12, 18)
    second_time = [n for n in only.notes if 48 <= n.start_step < 64]
    assert [(n.pitch, n.start_step - 48) for n in second_time] == once
    assert only.num_steps == 96


def test_a_broken_tune_does_not_hide_its_neighbours():
    broken = HORNPIPE.replace("X:7", "X:8").replace("M:C|", "M:9/ban")
    extract = read_abc(f"{broken}\n{HORNPIPE}".encode("latin-1"))
    assert "7" in [found.number for found in extract.lines]


def test_a_jig_is_left_out_with_its_metre():
    jig = f"X:1\nT:Jig\nM:6/8\nL:1/8\nK:D\n{3 * 'ABc def|'}]\n"
    extract = read_abc(jig.encode())
    assert extract.lines == ()
    assert extract.left_out == (
        ("1 Jig", "metre other than 4/4, 2/2 or 2/4 (3 bars: 6/8)"),
    )


def test_tunes_of_an_abc_file_are_told_apart_by_number_and_title():
    text = "%abc\r\nX: 1\r\nT:One % why\r\nK:C\r\nC\r\nX:2\r\nK:C\r\nD\r\n"
    assert [(number, title) for number, title, _ in split_abc(text)] == [
        ("1", "One"),
        ("2", ""),
    ]


# MusicXML


def musicxml(*parts):
    """A score of parts, each (name, its measures)."""
    names = "".join(
        f'<score-part id="P{i}"><part-name>{name}</part-name></score-part>'
        for i, (name, _) in enumerate(parts)
    )
    music = "".join(
        f'<part id="P{i}">{measures}</part>' for i, (_, measures) in enumerate(parts)
    )
    return (
        '<score-partwise version="4.0"><work><work-title>Song</work-title></work>'
        f"<part-list>{names}</part-list>{music}</score-partwise>"
    ).encode()


def xml_note(step, quarters, *, octave=5, inside="", extra=""):
    return (
        f"<note>{inside}<pitch><step>{step}</step><octave>{octave}</octave></pitch>"
        f"<duration>{2 * quarters}</duration>{extra}</note>"
    )


def measure(number, notes, *, staves=1):
    attributes = (
        "<attributes><divisions>2</divisions><time><beats>4</beats>"
        f"<beat-type>4</beat-type></time><staves>{staves}</staves></attributes>"
    )
    return f'<measure number="{number}">{attributes * (number < 2)}{notes}</measure>'


def test_of_a_chord_the_top_note_is_kept_and_lyrics_do_not_matter():
    chord = xml_note("C", 2) + xml_note("E", 2, inside="<chord/>")
    word = "<lyric><text>la</text></lyric>"
    data = musicxml(("Voice", measure(1, chord + xml_note("D", 2, extra=word))))
    (found,) = read_score(data, ".xml").lines
    assert (found.title, found.part_name, found.staff) == ("Song", "Voice", "only")
    assert spell(found.sections[0]) == [(76, 0), (74, 8)]


def test_a_cue_note_and_a_chord_symbol_are_skipped():
    symbol = (
        "<harmony><root><root-step>C</root-step></root><kind>major</kind></harmony>"
    )
    cue = xml_note("G", 2, inside="<cue/>", extra='<type size="cue">half</type>')
    data = musicxml(("Voice", measure(1, symbol + xml_note("C", 2) + cue)))
    (found,) = read_score(data, ".xml").lines
    assert spell(found.sections[0]) == [(72, 0)]


def test_of_a_piano_only_the_upper_staff_is_read():
    upper = xml_note("C", 4, extra="<voice>1</voice><staff>1</staff>")
    lower = xml_note("C", 4, octave=3, extra="<voice>5</voice><staff>2</staff>")
    both = upper + "<backup><duration>8</duration></backup>" + lower
    data = musicxml(
        ("Voice", measure(1, xml_note("G", 4))), ("Piano", measure(1, both, staves=2))
    )
    voice, piano = read_score(data, ".xml").lines
    assert (voice.staff, piano.staff) == ("only", "upper")
    assert spell(piano.sections[0]) == [(72, 0)]


def test_a_zipped_score_reads_like_a_plain_one():
    data = musicxml(("Voice", measure(1, xml_note("C", 4))))
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("song.xml", data)
    assert read_score(zipped.getvalue(), ".mxl") == read_score(data, ".xml")


# MIDI


def midi(*tracks, step=0):
    """A MIDI file of tracks, each pitches of an eighth note."""
    notes = [
        Note(
            pitch=pitch,
            start_step=step + 2 * i,
            end_step=step + 2 * i + 2,
            program=program,
            instrument=track,
        )
        for track, (program, pitches) in enumerate(tracks)
        for i, pitch in enumerate(pitches)
    ]
    return write_midi(sequence(notes))


def test_tracks_that_cannot_carry_a_tune_are_left_out_with_their_reason():
    tune = [60, 62, 64, 65] * 4
    notes = [
        Note(pitch=p, start_step=4 * i, end_step=4 * i + 4, instrument=2)
        for i in range(8)
        for p in (60, 64, 67)
    ]
    chords = write_midi(sequence(notes))
    song = read_song(midi((0, tune), (33, tune), (0, tune[:3])))
    assert [found.part for found in song.lines] == [0]
    assert [reason for _, reason in song.left_out] == [
        "an instrument not for melodies: Electric Bass (finger)",
        "fewer than 8 notes",
    ]
    assert read_song(chords).left_out[0][1].startswith("more than 35% of the notes")


def test_drums_have_no_melody():
    hits = [
        Note(pitch=38, start_step=4 * i, end_step=4 * i + 1, is_drum=True)
        for i in range(16)
    ]
    extract = read_song(write_midi(sequence(hits)))
    assert (extract.lines, extract.left_out) == ((), (("Drum kit", "drums"),))


# Soldier's Joy, from the first bar line on; digits are eighths.
REEL = """AFDF AFDF|A2d2 d2cB|AFDF AFDF|G2E2 E2dB|
AFDF AFDF|A2d2 d2fg|afdf gece|d2d2 d2dB|"""
STEPS = (62, 64, 66, 67, 69, 71, 73, 74, 76, 78, 79, 81)
PITCHES = dict(zip("DEFGABcdefga", STEPS, strict=True))


def reel(shift):
    """The reel, all of it `shift` steps late."""
    notes = []
    step = shift
    for letter, digit in re.findall(r"([A-Ga-g])(\d?)", REEL):
        end = step + 2 * int(digit or 1)
        notes.append(Note(pitch=PITCHES[letter], start_step=step, end_step=end))
        step = end
    return notes


@pytest.mark.parametrize("shift", [0, 2, 4])
def test_the_bar_phase_of_a_reel_is_found(shift):
    assert find_bar_phase(reel(shift)) == shift


def test_notes_all_alike_have_no_bar_phase():
    same = [Note(pitch=60, start_step=i, end_step=i + 1) for i in range(64)]
    assert find_bar_phase(same) is None


def test_an_unpadded_dance_tune_starts_at_its_first_bar_line():
    pickup = [Note(pitch=62, start_step=0, end_step=2)]
    data = write_midi(sequence([*pickup, *reel(2)]))
    (found,) = read_song(data, is_unpadded=True).lines
    assert spell(found.sections[0])[:2] == [(69, 0), (66, 2)]
    assert spell(read_song(data).lines[0].sections[0])[0] == (62, 0)


def test_triplets_of_a_dance_tune_are_recognised_by_their_rounding():
    marked = mark_triplets(section([note(60, 4, 5), note(62, 5, 7), note(64, 7, 8)]))
    assert [n.is_off_grid for n in marked.notes] == [False, True, True]
    even = mark_triplets(section([note(60, 4, 5), note(62, 5, 6), note(64, 6, 8)]))
    assert not any(n.is_off_grid for n in even.notes)


# Windows


def test_windows_know_their_bar_across_a_long_rest():
    def bar_of_notes(index):
        steps = range(16 * index, 16 * index + 16, 4)
        return [note(60 + i, step, step + 4) for i, step in enumerate(steps)]

    notes = [n for index in (1, 2, 6, 7) for n in bar_of_notes(index)]
    phrases = line_phrases(line(section(notes, bars=8)), "x", 2)
    assert phrases.bars.tolist() == [1, 6]
    expected = [60, -2, -2, -2, 61, -2, -2, -2, 62, -2, -2, -2, 63, -2, -2, -2] * 2
    for tokens in phrases.tokens:
        tune = [event - 19 + 38 if event > 1 else -2 for event in tokens.tolist()]
        assert tune == expected


@pytest.mark.parametrize(
    ("onsets", "fault"),
    [
        ({0: 60, 4: 62, 8: 64}, ""),
        ({0: 60, 4: 62}, "too few notes"),
        ({0: 60, 4: 60, 8: 60}, "a single pitch"),
        ({0: 60, 1: 62, 2: 64, 3: -1, 20: 60}, "silent for more than a bar"),
        ({0: 60, 1: 62, 2: 64, 3: -1, 19: 60}, ""),
    ],
)
def test_windows_of_no_use_are_told_why(onsets, fault):
    window = np.full(32, -2, np.int16)
    for step, event in onsets.items():
        window[step] = event
    assert window_fault(window) == fault


def test_silence_counts_from_the_start_and_after_a_note_off():
    window = np.full(32, -2, np.int16)
    window[[5, 10, 30]] = 60, -1, 62
    assert longest_silence(window) == 20


def test_more_than_two_triplets_in_two_bars_leave_a_window_out():
    def phrases(num_off_grid):
        notes = [
            note(60 + i % 5, 2 * i, 2 * i + 2, is_off_grid=i < num_off_grid)
            for i in range(16)
        ]
        return line_phrases(line(section(notes)), "x", 2)

    assert len(phrases(4).tokens) == 1
    assert phrases(5).dropped == {"too many triplets": 1}


def test_the_key_of_a_scale_is_its_tonic():
    profile = np.zeros(12)
    profile[[7, 9, 11, 0, 2, 4, 6]] = 4, 1, 2, 1, 3, 1, 1
    assert guess_key(profile) == "G major"
    assert guess_key(np.roll(profile, 1)) == "A♭ major"
    assert guess_key(np.zeros(12)) == ""


# Extracts and sources


def test_an_extract_survives_json():
    extract = Extract(
        lines=(line(section([note(60, 0, 4, is_off_grid=True)], is_paired=True)),),
        left_out=(("tune", "reason"),),
    )
    assert extract_from_json(extract_to_json(extract)) == extract


def test_an_extract_does_not_depend_on_the_files_name(tmp_path):
    data = midi((0, [60, 62, 64, 65] * 4))
    for name in ("a.mid", "b.mid"):
        (tmp_path / name).write_bytes(data)
    first = extract_file(tmp_path / "a.mid", tmp_path / "cache")
    assert extract_file(tmp_path / "b.mid", tmp_path / "cache") == first
    assert len(list((tmp_path / "cache").rglob("*.gz"))) == 1


def test_a_damaged_kept_extract_is_read_again(tmp_path):
    path = tmp_path / "a.mid"
    path.write_bytes(midi((0, [60, 62, 64, 65] * 4)))
    first = extract_file(path, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").rglob("*.gz")
    kept.write_bytes(kept.read_bytes()[:40])
    assert extract_file(path, tmp_path / "cache") == first


@pytest.mark.parametrize("name", ["a.mid", "a.mxl", "a.xml"])
def test_a_broken_file_is_left_out_with_a_reason(tmp_path, name):
    (tmp_path / name).write_bytes(b"not music at all")
    extract = extract_file(tmp_path / name, tmp_path / "cache")
    assert extract.lines == ()
    assert extract.left_out[0][1].startswith("not readable: ")


def test_shares_of_the_published_sources_add_up():
    shares = [source.weight for f in FOLDERS.values() for source in f.sources]
    assert sum(shares) == pytest.approx(1)
    folk = sum(FOLDERS[name].sources[0].weight for name in ("folk-abc", "cre"))
    assert folk == pytest.approx(0.4)


def test_every_published_source_states_licence_and_citation():
    sources = [source for folder in FOLDERS.values() for source in folder.sources]
    assert all(s.licence != "not stated" and s.citation and s.url for s in sources)


def test_voice_and_piano_and_violins_go_to_their_own_sources():
    lieder, quartets = FOLDERS["openscore-lieder"], FOLDERS["openscore-quartets"]

    def name(folder, **fields):
        return source_of(folder, line(**fields), is_midi=False).name

    assert name(lieder, part=0, staff="only") == "lieder-voice"
    assert name(lieder, part=1, staff="upper") == "lieder-piano"
    assert name(quartets, part=0) == "quartet-violin-1"
    assert name(quartets, part=3) == "quartet-other"
    assert source_of(FOLDERS["openewld"], line(part=1), is_midi=False) is None


def test_a_folder_may_state_its_source(tmp_path):
    music = tmp_path / "mine" / "deep"
    music.mkdir(parents=True)
    (tmp_path / "mine" / "corpus.json").write_text(
        '{"licence": "CC0 1.0", "weight": 2}'
    )
    base, folder = folder_of(music / "a.mid", tmp_path)
    (source,) = folder.sources
    assert base == tmp_path / "mine"
    assert (source.name, source.licence, source.weight) == ("mine", "CC0 1.0", 2)


def test_a_folder_that_states_nothing_is_not_stated(tmp_path):
    _, folder = folder_of(tmp_path / "a.mid", tmp_path)
    assert folder.sources[0].licence == "not stated"
    assert folder.sources[0].name == tmp_path.name


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"weight": -1}', '{"weight": NaN}', '{"colour": "red"}']
)
def test_a_wrong_corpus_json_says_what_it_takes(tmp_path, text):
    (tmp_path / "corpus.json").write_text(text)
    with pytest.raises(DataError, match="weight a number from 0"):
        folder_of(tmp_path / "a.mid", tmp_path)


@pytest.mark.parametrize(
    ("title", "source", "file", "shown"),
    [
        ("Lark (reel), The ", "cre", "Lark.mid", "The Lark (reel)"),
        ("Niel Gow.", "folk-abc", "a/b.abc#1", "Niel Gow"),
        (
            "Reflets",
            "lieder-voice",
            "Boulanger__Lili/x.mxl",
            "Reflets (Lili Boulanger)",
        ),
        ("Tea_for_two", "openewld", "A__B/x.mxl", "Tea for two"),
    ],
)
def test_titles_are_shown_as_people_read_them(title, source, file, shown):
    assert shown_title(title, source=source, file=file) == shown


def test_the_rest_of_the_package_can_read_a_sections_notes():
    notes = to_notes(section([note(60, 0, 4), note(130, 4, 8)]))
    melody = np.array([60, -2, -2, -2, -1, *[-2] * 11], np.int16)
    (same,) = melody_to_sequence(melody).notes
    assert notes == [same]
