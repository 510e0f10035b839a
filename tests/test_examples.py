"""The examples that ship: tunes, drum beats, and bands."""

import itertools
import json
import shutil

import numpy as np
import pytest

from explorer.converters import (
    MAX_PITCH,
    MIN_PITCH,
    MelodyConverter,
    extract_melodies,
    melody_to_sequence,
)
from explorer.drums import DrumsConverter, hits_to_tokens, roll
from explorer.errors import DataError
from explorer.examples import (
    ASSETS,
    beat_loops,
    load_examples,
    load_journey,
    load_pairs,
)
from explorer.notes import STEPS_PER_BAR, fill_bars, slice_bars
from explorer.trio import TrioConverter, part_of

EXAMPLES = load_examples()
BEATS = load_examples("drums")
BANDS = load_examples("trio")
KINDS = ("melody", "drums", "trio")
KICK, SNARE, CLOSED_HAT, OPEN_HAT = range(4)
MAJOR = {0, 2, 4, 5, 7, 9, 11}
TONICS = {"C": 0, "D": 2, "D-flat": 1, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
DISSONANT = {1, 2, 6, 10, 11}  # semitones above the bass, octaves left out
HARSH = {1, 11}


@pytest.fixture
def copied(tmp_path):
    """A copy of the files, to be damaged."""
    for name in ("tunes.json", "beats.json", "bands.json"):
        shutil.copy(ASSETS / name, tmp_path)
    return tmp_path


def change(path, edit):
    content = json.loads(path.read_text(encoding="utf-8"))
    edit(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_there_are_at_least_two_dozen_tunes_with_different_titles():
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES) >= 24


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
class TestEachTune:
    def test_has_four_to_sixteen_whole_bars_in_range(self, example):
        tune = example.tune
        assert tune.total_steps % STEPS_PER_BAR == 0
        assert 4 <= tune.num_bars <= 16
        assert all(MIN_PITCH <= note.pitch <= MAX_PITCH for note in tune.notes)
        assert 40 <= tune.qpm <= 200

    def test_is_one_melody_to_the_model(self, example):
        melodies = extract_melodies(example.tune.notes)
        assert len(melodies) == 1
        assert melody_to_sequence(melodies[0]).notes == example.tune.notes

    def test_its_first_two_bars_have_a_melody(self, example):
        melody = MelodyConverter(num_bars=2).to_melody(slice_bars(example.tune, 0, 2))
        assert np.count_nonzero(melody >= 0) >= 3

    def test_has_a_source_and_is_old_enough(self, example):
        assert example.origin
        assert example.year < 1928

    def test_mostly_stays_in_its_key(self, example):
        tonic, mode = example.key.split()
        shift = {"major": 0, "minor": 3, "dorian": 10}[mode]
        scale = {(TONICS[tonic] + shift + degree) % 12 for degree in MAJOR}
        inside = [note.pitch % 12 in scale for note in example.tune.notes]
        assert np.mean(inside) > 0.65


def hits(example):
    """Which drum is hit when, (steps, 9)."""
    return roll(hits_to_tokens(example.tune.notes, example.tune.total_steps))


def test_there_are_at_least_two_dozen_beats_with_different_titles():
    assert len({beat.title for beat in BEATS}) == len(BEATS) >= 24
    assert len({hits(beat).tobytes() for beat in BEATS}) == len(BEATS)


@pytest.mark.parametrize("beat", BEATS, ids=lambda beat: beat.title)
class TestEachBeat:
    def test_has_two_whole_bars_of_drums_and_a_style(self, beat):
        assert beat.tune.total_steps == 2 * STEPS_PER_BAR
        assert all(note.is_drum for note in beat.tune.notes)
        assert 60 <= beat.tune.qpm <= 180
        assert beat.origin

    def test_comes_back_from_the_tokens_of_a_model(self, beat):
        converter = DrumsConverter(num_bars=2)
        again = converter.from_tokens(converter.to_tokens(beat.tune))
        assert again.notes == beat.tune.notes

    def test_can_be_played_with_two_hands_and_two_feet(self, beat):
        assert hits(beat)[:, KICK + 1 :].sum(axis=1).max() <= 2
        assert not (hits(beat)[:, CLOSED_HAT] & hits(beat)[:, OPEN_HAT]).any()

    def test_goes_round_for_sixteen_bars(self, beat):
        tokens = DrumsConverter(num_bars=16).to_tokens(fill_bars(beat.tune, 16))
        assert np.array_equal(roll(tokens), np.tile(hits(beat), (8, 1)))

    def test_no_foot_plays_more_than_three_sixteenths_on_end(self, beat):
        kicks = "".join("x" if kick else "." for kick in hits(beat)[:, KICK])
        assert "xxxx" not in kicks

    def test_both_bars_are_played(self, beat):
        first, second = hits(beat)[:16], hits(beat)[16:]
        assert first.sum() >= 4
        assert second.sum() >= 4


@pytest.mark.parametrize(
    "title",
    ["Rock in eighths", "Rock in sixteenths", "Punk", "Motown", "Disco", "Boom bap"],
)
def test_the_snare_is_on_two_and_four_where_the_style_asks_for_it(title):
    (beat,) = (beat for beat in BEATS if beat.title == title)
    assert hits(beat)[4::8, SNARE].all()


@pytest.mark.parametrize("title", ["Disco", "Four on the floor", "Techno", "Steppers"])
def test_four_on_the_floor_is_a_kick_on_every_beat(title):
    (beat,) = (beat for beat in BEATS if beat.title == title)
    assert np.flatnonzero(hits(beat)[:, KICK]).tolist() == list(range(0, 32, 4))


@pytest.mark.parametrize("title", ["Half time", "One drop", "Trap"])
def test_half_time_has_its_snare_on_three(title):
    (beat,) = (beat for beat in BEATS if beat.title == title)
    assert np.flatnonzero(hits(beat)[:, SNARE]).tolist() == [8, 24]


def test_the_clave_is_three_and_two():
    (beat,) = (beat for beat in BEATS if beat.title == "Son clave")
    assert np.flatnonzero(hits(beat)[:, 6]).tolist() == [0, 6, 12, 20, 24]


def test_the_beats_to_put_under_a_tune_are_some_of_the_beats():
    loops = beat_loops()
    assert 8 <= len(loops) <= 12
    assert set(loops) < set(BEATS)
    assert len(set(loops)) == len(loops)


def test_there_are_at_least_ten_bands_with_different_titles():
    assert len({band.title for band in BANDS}) == len(BANDS) >= 10


def notes_of(band, name):
    return [note for note in band.tune.notes if part_of(note) == name]


def sounding(notes, step):
    return [note.pitch for note in notes if note.start_step <= step < note.end_step]


def intervals_on_beats(band):
    """Semitones from bass to melody on every beat, octaves left out."""
    melody, bass = notes_of(band, "melody"), notes_of(band, "bass")
    return [
        (high - low) % 12
        for step in range(0, band.tune.total_steps, 4)
        for high in sounding(melody, step)
        for low in sounding(bass, step)
    ]


@pytest.mark.parametrize("band", BANDS, ids=lambda band: band.title)
class TestEachBand:
    def test_fills_sixteen_bars_evenly_and_comes_back_from_tokens(self, band):
        assert 16 % band.tune.num_bars == 0
        converter = TrioConverter(num_bars=16)
        whole = fill_bars(band.tune, 16)
        again = converter.from_tokens(converter.to_tokens(whole))
        assert again.notes == whole.notes

    def test_plays_the_tune_it_is_named_for_at_its_tempo(self, band):
        (known,) = (tune for tune in EXAMPLES if tune.title == band.title)
        melody = slice_bars(known.tune, 0, band.tune.num_bars)
        assert tuple(notes_of(band, "melody")) == melody.notes
        assert band.tune.qpm == known.tune.qpm

    def test_has_all_parts_in_every_bar(self, band):
        for name in ("melody", "bass", "drums"):
            bars = {note.start_step // STEPS_PER_BAR for note in notes_of(band, name)}
            assert bars == set(range(band.tune.num_bars))

    def test_its_bass_is_low_and_has_one_note_at_a_time(self, band):
        bass = notes_of(band, "bass")
        assert all(28 <= note.pitch <= 55 for note in bass)  # E1, the lowest string
        assert all(note.program == 33 for note in bass)
        for one, following in itertools.pairwise(bass):
            assert one.end_step <= following.start_step

    def test_its_bass_agrees_with_the_tune_on_most_beats(self, band):
        intervals = intervals_on_beats(band)
        assert np.mean([interval not in DISSONANT for interval in intervals]) > 0.75

    def test_its_bass_is_never_a_semitone_off_the_tune_on_a_beat(self, band):
        assert not HARSH & set(intervals_on_beats(band))


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_six_pairs_or_more_of_different_examples_at_real_places(kind):
    bars = {example.title: example.tune.num_bars for example in load_examples(kind)}
    pairs = load_pairs(kind)
    assert len(pairs) >= 6
    for first, second in pairs:
        assert first.title != second.title
        assert first.bar + 2 <= bars[first.title]
        assert second.bar + 2 <= bars[second.title]


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file_says_what_to_do(tmp_path, kind):
    with pytest.raises(DataError, match="Restore the file"):
        load_examples(kind, tmp_path)
    with pytest.raises(DataError, match="Restore the file"):
        load_pairs(kind, tmp_path)


@pytest.mark.parametrize(
    ("kind", "file", "field"),
    [
        ("melody", "tunes", "key"),
        ("drums", "beats", "style"),
        ("trio", "bands", "bass"),
    ],
)
def test_a_missing_field_is_named(copied, kind, file, field):
    change(copied / f"{file}.json", lambda content: content[file][0].pop(field))
    with pytest.raises(DataError, match=f"has no {field}"):
        load_examples(kind, copied)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("tune", "Nothing", "no “Nothing” in tunes.json"),
        ("beat", "Nothing", "no “Nothing” in beats.json"),
        ("bar", 8, "does not have as many from bar 8"),
        ("bar", -1, "does not have as many from bar -1"),
        ("bass", ["A9:16"], "“bands” in bands.json cannot be used: pitch 129 is"),
        ("bass", ["H2:16"], "“H2:16” in bar 1 of “Twinkle.*, bass” is not notation"),
        ("bass", ["C2:15"], "Bar 1 of “Twinkle.*, bass” ends after 15 sixteenths"),
    ],
)
def test_a_band_that_does_not_fit_is_named(copied, field, value, said):
    change(copied / "bands.json", lambda c: c["bands"][0].update({field: value}))
    with pytest.raises(DataError, match=said):
        load_examples("trio", copied)


def test_a_loop_that_is_no_beat_is_named(copied):
    change(copied / "beats.json", lambda content: content["loops"].append("Nothing"))
    with pytest.raises(DataError, match=r"no “Nothing” in beats\.json"):
        beat_loops(copied)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("K: x..-", "“K: x..-” in “Rock in eighths” is not notation"),
        ("Z: x...x...x...x...", "A drum is one of K, S, H"),
        ("K: x...x...x...x..", "Bar 1 of K in “Rock in eighths” has 15 characters"),
        ("K: x...x...x...x...", "1 or 2 bars"),
    ],
)
def test_a_beat_that_is_not_notation_is_refused(copied, line, said):
    change(copied / "beats.json", lambda c: c["beats"][0]["drums"].pop())
    change(copied / "beats.json", lambda c: c["beats"][0]["drums"].append(line))
    with pytest.raises(DataError, match=said):
        load_examples("drums", copied)


def test_a_tempo_that_is_none_is_refused(copied):
    change(copied / "beats.json", lambda content: content["beats"][0].update(qpm=0))
    with pytest.raises(
        DataError, match=r"“beats” in beats\.json cannot be used: qpm 0"
    ):
        load_examples("drums", copied)


@pytest.mark.parametrize("content", ["5", "[1, 2]", "{"])
def test_a_file_that_is_no_table_is_refused(copied, content):
    (copied / "beats.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"beats\.json cannot be read"):
        load_examples("drums", copied)


def test_a_missing_list_is_named(copied):
    change(copied / "beats.json", lambda content: content.pop("beats"))
    with pytest.raises(DataError, match=r"no list “beats” in beats\.json"):
        load_examples("drums", copied)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda pair: pair[0].update(title="Nothing"), "no “Nothing” in beats"),
        (lambda pair: pair[1].update(bar=2), "bar 2 of .*, which has bars 0 to 1"),
        (lambda pair: pair[1].update(bar=-1), "bar -1 of .*, which has bars 0 to 1"),
        (lambda pair: pair[0].pop("bar"), "not made of places with a title and a bar"),
        (lambda pair: pair.pop(), "has 1 places, not two"),
    ],
)
def test_a_pair_of_places_that_there_are_not_is_refused(copied, edit, said):
    change(copied / "beats.json", lambda content: edit(content["pairs"][0]))
    with pytest.raises(DataError, match=said):
        load_pairs("drums", copied)


@pytest.mark.parametrize("kind", ["melody", "drums", "trio"])
def test_each_kind_has_a_journey_over_four_different_examples(kind):
    titles = [place.title for place in load_journey(kind)]
    assert len(set(titles)) == len(titles) == 4
    assert set(titles) <= {example.title for example in load_examples(kind)}


def test_a_journey_to_a_place_that_there_is_not_is_refused(copied):
    change(
        copied / "tunes.json",
        lambda content: content["journey"][0].update(title="Nothing"),
    )
    with pytest.raises(DataError, match="no “Nothing” in tunes"):
        load_journey("melody", copied)
