"""Arranged trios: chords of a lead sheet, bass lines, beats, and a whole folder."""

import dataclasses

import numpy as np
import pytest

from explorer.arrange import (
    ANY_STYLE,
    CENTRE,
    HIGHEST,
    LOWEST,
    STYLES,
    bass_line,
    draw_style,
    fit_beat,
    near,
)
from explorer.corpus import Extract, Line, LineNote, Section
from explorer.corpus_arranged import arranged_phrases, read_beats, trio_jobs
from explorer.corpus_chords import Chord, ChordSpan, read_chords
from explorer.corpus_scores import read_score
from explorer.errors import DataError
from explorer.prepare import list_jobs, prepare
from explorer.trio import part_of
from tests.test_corpus import measure, musicxml, xml_note
from tests.test_drums import write_groove

C = Chord(root=0, bass=0, third=4, fifth=7)
G = Chord(root=7, bass=7, third=4, fifth=7)


def symbol(root, kind="major", *, alter="", bass="", extra=""):
    alter = f"<root-alter>{alter}</root-alter>" if alter else ""
    bass = f"<bass><bass-step>{bass}</bass-step></bass>" if bass else ""
    return (
        f"<harmony><root><root-step>{root}</root-step>{alter}</root>"
        f"<kind>{kind}</kind>{bass}{extra}</harmony>"
    )


def chords_of(*measures):
    return read_chords(musicxml(("Voice", "".join(measures))), ".xml")


def spelled(section):
    """(root, start, end) of every chord."""
    return [(s.chord.root, s.start_step, s.end_step) for s in section.spans]


# Chords


def test_a_chord_holds_to_the_next_over_the_bar_line():
    (section,) = chords_of(
        measure(1, symbol("C") + xml_note("E", 2) + xml_note("E", 2)),
        measure(2, xml_note("D", 2) + symbol("G", "dominant") + xml_note("D", 2)),
    )
    assert (section.first_bar, section.num_steps) == (0, 32)
    assert spelled(section) == [(0, 0, 16), (0, 16, 24), (7, 24, 32)]


def test_no_chord_is_silent_and_so_is_what_comes_before_the_first():
    (section,) = chords_of(
        measure(1, xml_note("E", 2) + symbol("F") + xml_note("E", 2)),
        measure(2, symbol("C", "none") + xml_note("D", 4)),
    )
    assert spelled(section) == [(5, 8, 16)]


@pytest.mark.parametrize(
    ("xml", "chord"),
    [
        (symbol("A", "minor-seventh"), Chord(root=9, bass=9, third=3, fifth=7)),
        (symbol("B", "diminished", alter="-1"), (10, 10, 3, 6)),
        (symbol("C", bass="G"), (0, 7, 4, 7)),
        (symbol("D", "augmented-seventh"), (2, 2, 4, 8)),
        (symbol("D", "suspended-fourth"), (2, 2, 5, 7)),
        (
            symbol(
                "G",
                "dominant",
                extra="<degree><degree-value>5</degree-value><degree-alter>-1"
                "</degree-alter><degree-type>alter</degree-type></degree>",
            ),
            (7, 7, 4, 6),
        ),
    ],
)
def test_a_symbol_says_root_bass_third_and_fifth(xml, chord):
    (section,) = chords_of(measure(1, xml + xml_note("E", 4)))
    found = section.spans[0].chord
    wanted = chord if isinstance(chord, tuple) else dataclasses.astuple(chord)
    assert dataclasses.astuple(found) == wanted


def test_chords_are_played_out_on_the_bars_of_their_melody():
    def ending(number, kind):
        return f'<barline><ending number="{number}" type="{kind}"/></barline>'

    forward = '<barline location="left"><repeat direction="forward"/></barline>'
    back = '<barline location="right"><repeat direction="backward"/></barline>'
    bars = [
        '<measure number="0"><attributes><divisions>2</divisions><time><beats>4'
        "</beats><beat-type>4</beat-type></time></attributes>"
        + xml_note("G", 1)
        + "</measure>",
        measure(2, forward + symbol("C") + xml_note("E", 4)),
        measure(
            3,
            ending(1, "start") + symbol("F") + xml_note("F", 4) + ending(1, "stop"),
        ).replace("</measure>", back + "</measure>"),
        measure(
            4, ending(2, "start") + symbol("G") + xml_note("D", 4) + ending(2, "stop")
        ),
    ]
    data = musicxml(("Voice", "".join(bars)))
    (melody,) = read_score(data, ".xml").lines
    chords = read_chords(data, ".xml")
    places = [(s.first_bar, s.num_steps) for s in melody.sections]
    assert places == [(s.first_bar, s.num_steps) for s in chords]
    assert spelled(chords[0]) == [(0, 0, 16), (5, 16, 32), (0, 32, 48), (7, 48, 64)]


# Bass lines


def line(style, *chords, kicks=(), seed=0):
    """A bass line for chords of a bar each."""
    spans = [
        ChordSpan(chord=chord, start_step=16 * i, end_step=16 * i + 16)
        for i, chord in enumerate(chords)
    ]
    hits = np.zeros(16 * len(chords), bool)
    hits[list(kicks)] = True
    return bass_line(spans, style, hits, np.random.default_rng(seed))


@pytest.mark.parametrize("style", STYLES)
def test_every_style_plays_the_chords_lowest_note_where_a_chord_begins(style):
    slash = dataclasses.replace(C, bass=4)
    notes = line(style, C, G, slash, G, C, kicks=(3, 6, 11, 20, 40, 50))
    first = {n.start_step: n.pitch % 12 for n in notes}
    assert [first[16 * bar] for bar in range(5)] == [0, 7, 4, 7, 0]
    assert all(part_of(note) == "bass" for note in notes)
    assert all(LOWEST <= note.pitch <= HIGHEST for note in notes)
    ends = [note.end_step for note in notes]
    assert all(a <= n.start_step for a, n in zip(ends[:-1], notes[1:], strict=True))


def test_halves_and_root_fifth_play_on_the_first_and_third_beat():
    halves, fifths = line("halves", C, C), line("root-fifth", C, C)
    steps = [0, 8, 16, 24]
    assert [n.start_step for n in halves] == [n.start_step for n in fifths] == steps
    assert [n.pitch % 12 for n in halves] == [0, 0, 0, 0]
    assert [n.pitch % 12 for n in fifths] == [0, 7, 0, 7]


def test_a_walking_bass_steps_to_the_next_root():
    notes = line("walking", C, G)
    assert [n.start_step for n in notes] == list(range(0, 32, 4))
    assert abs(notes[3].pitch - notes[4].pitch) == 1
    assert {n.pitch % 12 for n in notes[:3]} <= {0, 4, 7}
    assert len({n.pitch for n in notes[:2]}) == 2


def test_a_bass_locked_to_the_kick_plays_with_it_and_on_every_bar():
    notes = line("kick", C, C, kicks=(0, 6, 10, 22))
    assert [(n.start_step, n.end_step) for n in notes] == [
        (0, 4),
        (6, 10),
        (10, 14),
        (16, 20),
        (22, 26),
    ]
    assert {n.pitch % 12 for n in notes} <= {0, 7}


def test_a_gap_between_chords_is_silent():
    spans = [
        ChordSpan(chord=C, start_step=0, end_step=8),
        ChordSpan(chord=G, start_step=24, end_step=32),
    ]
    notes = bass_line(spans, "eighths", np.zeros(32, bool), np.random.default_rng(0))
    assert [n.start_step for n in notes] == [0, 2, 4, 6, 24, 26, 28, 30]


def test_a_root_lies_near_the_note_before_and_not_far_from_the_centre():
    assert near(0, CENTRE) == 36
    assert near(7, 36) == 31
    assert near(7, 44) == 43
    assert near(3, LOWEST) == 39  # the one below is under the lowest string


def test_the_same_seed_draws_the_same_line():
    kicks = range(0, 32, 2)
    assert line("kick", C, G, kicks=kicks) == line("kick", C, G, kicks=kicks)
    assert line("kick", C, G, kicks=kicks) != line("kick", C, G, kicks=kicks, seed=1)


def test_jazz_walks_or_plays_halves_and_other_beats_take_any_style():
    rng = np.random.default_rng(0)
    assert {draw_style("jazz", rng) for _ in range(50)} == {"walking", "halves"}
    assert {draw_style("rock", rng) for _ in range(100)} == set(ANY_STYLE)


# Beats


def test_a_beat_too_short_starts_over_and_a_long_one_may_start_later():
    beat = np.arange(32, dtype=np.int16)
    assert fit_beat(beat, 48, 1).tolist() == [*range(32), *range(16)]
    assert fit_beat(beat, 16, 1).tolist() == list(range(16, 32))
    assert fit_beat(beat, 16, 2).tolist() == list(range(16))


def test_beats_are_kept_by_split_and_fills_short_and_odd_ones_left_out(tmp_path):
    folder = write_groove(
        tmp_path,
        {"midi_filename": "1.mid", "style": "jazz/fast"},
        {"midi_filename": "2.mid", "split": "test"},
        {"midi_filename": "3.mid", "beat_type": "fill"},
        {"midi_filename": "4.mid", "time_signature": "3-4"},
        num_bars=17,
    )
    found = read_beats(folder)
    counts = {split: len(beats) for split, beats in found.items()}
    assert counts == {"train": 1, "validation": 0, "test": 1}
    assert found["train"][0].genre == "jazz"
    assert len(found["train"][0].tokens) == 17 * 16
    short = write_groove(tmp_path / "short", {"midi_filename": "1.mid"}, num_bars=15)
    assert read_beats(short)["train"] == ()


# A folder


def lead_sheet(seed, num_bars=20):
    """A tune of quarters, with a chord symbol in every bar."""
    rng = np.random.default_rng(seed)
    bars = []
    for number in range(1, num_bars + 1):
        notes = "".join(xml_note(step, 1) for step in rng.choice(list("CDEFGAB"), 4))
        bars.append(measure(number, symbol(rng.choice(list("CFG"))) + notes))
    return musicxml(("Voice", "".join(bars))).replace(
        b"<work-title>Song",
        f"<work-title>Song {'abcdefghijklmnopqrstuvwxyz'[seed]}".encode(),
    )


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Lead sheets and a Groove with long beats in each split."""
    root = tmp_path_factory.mktemp("corpus")
    (root / "openewld").mkdir()
    for seed in range(26):
        (root / "openewld" / f"{seed:02}.xml").write_bytes(lead_sheet(seed))
    takes = [
        {"midi_filename": f"{split}{i}.mid", "split": split}
        for split in ("train", "validation", "test")
        for i in range(2)
    ]
    write_groove(root / "groove", *takes, num_bars=18)
    return root


def test_lead_sheets_are_arranged_with_beats_of_their_own_split(corpus, tmp_path):
    data = prepare([corpus], tmp_path / "data", num_bars=16, music="trio", arrange=True)
    assert (data.encoding, data.num_bars) == ("trio", 16)
    assert [source.name for source in data.sources] == ["arranged-songs"]
    assert "CC BY 4.0" in data.sources[0].licence
    assert "Gillick" in data.sources[0].citation
    assert "OpenEWLD" in data.sources[0].citation
    beats = read_beats(corpus / "groove")
    for name, split in data.splits.items():
        bars = {
            np.roll(beat.tokens, -16 * bar)[:64].tobytes()
            for beat in beats[name]
            for bar in range(18)
        }
        assert all(tokens[:64, 2].tobytes() in bars for tokens in split.tokens)
    train = data.split("train")
    numbers = {data.tunes[row].file.partition("#")[2] for row in train.tune}
    assert numbers == {"1", "2", "3"}
    held_out = [data.tunes[row].file for row in data.split("test").tune]
    assert held_out
    assert not any("#" in file for file in held_out)
    titles = {data.tunes[row].title for row in train.tune}
    melodies = train.tokens[train.bar == 0, :, 0]
    assert len(np.unique(melodies, axis=0)) == len(titles)


def test_an_arrangement_depends_on_the_tune_and_the_seed_alone(corpus, tmp_path):
    def of(seed, *folders):
        jobs = list_jobs(folders, num_bars=16, cache=tmp_path / "cache", seed=seed)
        lines = arranged_phrases(trio_jobs(jobs)[3]).lines
        return [line.tokens.tobytes() for line in lines]

    whole = of(0, corpus)
    assert of(0, corpus / "groove", corpus / "openewld") == whole
    assert any(of(seed, corpus) != whole for seed in range(1, 9))


def test_without_groove_nothing_is_arranged(corpus, tmp_path):
    with pytest.raises(DataError, match="Add its folder, named groove"):
        prepare([corpus / "openewld"], tmp_path / "data", music="trio", arrange=True)


def test_only_trios_are_arranged(corpus, tmp_path):
    with pytest.raises(DataError, match="Add --music trio"):
        prepare([corpus], tmp_path / "data", music="drums", arrange=True)


def quartet_job(corpus, tmp_path, monkeypatch, *parts):
    """A job whose score holds the parts given, each a list of sections."""
    lines = tuple(
        Line(
            title="Quartet",
            number="",
            part=part,
            part_name="",
            staff="only",
            sections=tuple(sections),
        )
        for part, sections in enumerate(parts)
    )
    folder = tmp_path / "openscore-quartets" / "work"
    folder.mkdir(parents=True)
    (folder / "quartet.mxl").write_bytes(b"")
    monkeypatch.setattr(
        "explorer.corpus_arranged.extract_file",
        lambda path, cache: Extract(lines=lines, left_out=()),
    )
    jobs = list_jobs(
        [folder.parent, corpus / "groove"], num_bars=16, cache=tmp_path / "cache"
    )
    (job,) = trio_jobs(jobs)
    return job


def quarters(pitches, *, bars=16, first_bar=0):
    notes = [
        LineNote(pitch=pitches[i % len(pitches)], start_step=4 * i, end_step=4 * i + 4)
        for i in range(4 * bars)
    ]
    return Section(first_bar=first_bar, num_steps=16 * bars, notes=tuple(notes))


def test_a_quartet_gives_violin_and_cello_an_octave_lower(
    corpus, tmp_path, monkeypatch
):
    violin, cello = quarters([72, 74]), quarters([48, 50, 52])
    middle = quarters([60])
    job = quartet_job(
        corpus, tmp_path, monkeypatch, [violin], [middle], [middle], [cello]
    )
    (found,) = arranged_phrases(job).lines
    assert (found.source, found.title) == ("arranged-quartets", "Quartet")
    (window,) = found.tokens
    assert (window[::4, 0][:3] + 19).tolist() == [72, 74, 72]
    assert (window[::4, 1][:3] + 19).tolist() == [36, 38, 40]
    assert window[:, 2].any()


def test_parts_that_do_not_share_their_bars_are_left_out(corpus, tmp_path, monkeypatch):
    violin, late = quarters([72, 74]), quarters([48, 50], first_bar=1)
    job = quartet_job(
        corpus, tmp_path, monkeypatch, [violin], [violin], [violin], [late]
    )
    result = arranged_phrases(job)
    assert result.lines == ()
    assert result.left_out == (("", "violin and cello do not share their bars"),)


def test_a_score_without_a_fourth_part_is_left_out(corpus, tmp_path, monkeypatch):
    job = quartet_job(corpus, tmp_path, monkeypatch, [quarters([72, 74])])
    assert arranged_phrases(job).left_out == (("", "no fourth part"),)
