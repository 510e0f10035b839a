import numpy as np
import pytest

from explorer.attributes import (
    attributes_of,
    average_duration,
    average_interval,
    average_pitch,
    c_diatonic,
    drum_syncopation,
    drum_variety,
    hit_density,
    kick_hat_balance,
    measure,
    note_density,
    pitch_range,
    syncopation_8th,
    syncopation_16th,
)
from explorer.converters import melody_to_tokens
from explorer.drums import roll
from explorer.encodings import ENCODINGS
from explorer.notes import NO_EVENT, NOTE_OFF
from tests.helpers import tiny_tokens

MELODY = attributes_of("melody")
DRUMS = attributes_of("drums")
KICK, SNARE, CLOSED_HAT, OPEN_HAT, TOM = 1, 2, 4, 8, 16  # tokens of single drums
ROCK = {0: KICK, 4: SNARE, 8: KICK, 12: SNARE}
HATS = dict.fromkeys(range(0, 16, 2), CLOSED_HAT)


def melody(text):
    """Events of "60 . x": a pitch, nothing new, note off."""
    special = {".": NO_EVENT, "x": NOTE_OFF}
    return np.array([special.get(word) or int(word) for word in text.split()], np.int16)


def bar(*layers):
    """A bar of drum tokens; each layer has a token at some steps."""
    tokens = np.zeros(16, np.int16)
    for layer in layers:
        for step, token in layer.items():
            tokens[step] |= token
    return tokens


def beat(*bars):
    """The roll of some bars."""
    return roll(np.concatenate(bars))


PUBLISHED = melody(
    "67 . 65 . 63 . 65 . 67 . 67 . 67 . x . . 65 . 65 . 65 . x . . 67 . x . 70 ."
)
SILENT = melody(". . . . . . . .")
ONE_NOTE = melody(". . 61 . x . . .")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("c_diatonic", 10 / 12),
        ("note_density", 12 / 32),
        ("average_interval", 15 / 11),
        ("syncopation_16th", 3 / 12),
        ("syncopation_8th", 2 / 12),
        ("average_pitch", (5 * 67 + 5 * 65 + 63 + 70) / 12),
        ("pitch_range", 7),
        ("average_duration", 2),
    ],
)
def test_published_phrase_has_the_published_values(name, expected):
    assert MELODY[name].function(PUBLISHED) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("attribute", MELODY.values(), ids=lambda a: a.name)
@pytest.mark.parametrize("empty", [SILENT, SILENT[:0]], ids=["silent", "no steps"])
def test_a_tune_without_notes_has_none_of_anything(attribute, empty):
    assert attribute.function(empty) == 0


@pytest.mark.parametrize("attribute", DRUMS.values(), ids=lambda a: a.name)
@pytest.mark.parametrize("num_steps", [0, 8, 16, 32])
def test_a_beat_without_hits_has_none_of_anything(attribute, num_steps):
    assert attribute.function(np.zeros((num_steps, 9), bool)) == 0


def test_one_note_is_counted_where_it_can_be():
    assert c_diatonic(ONE_NOTE) == 0
    assert note_density(ONE_NOTE) == 1 / 8
    assert average_interval(ONE_NOTE) == 0
    assert syncopation_16th(ONE_NOTE) == 0
    assert syncopation_8th(ONE_NOTE) == 1
    assert average_pitch(ONE_NOTE) == 61
    assert pitch_range(ONE_NOTE) == 0
    assert average_duration(ONE_NOTE) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60 . . . . . . .", (0, 0)),  # on the beat
        (". 60 . . . . . .", (1, 0)),  # an off-beat sixteenth
        ("60 60 . . . . . .", (0, 0)),  # the same, with one just before
        (". . 60 . . . . .", (0, 1)),  # an off-beat eighth
        ("60 . 60 . . . . .", (0, 0)),  # the same, with the beat played
        (". 60 60 . . . . .", (1 / 2, 0)),  # with the sixteenth before played
        (". . . . 60 . . .", (0, 0)),  # the second beat
        (". . . . . . 60 .", (0, 1)),
    ],
)
def test_syncopation_is_an_offbeat_with_nothing_before_it(text, expected):
    assert (syncopation_16th(melody(text)), syncopation_8th(melody(text))) == expected


@pytest.mark.parametrize("pitch", range(60, 72))
def test_white_keys_are_c_diatonic_and_black_keys_are_not(pitch):
    black = {61, 63, 66, 68, 70}
    assert c_diatonic(melody(f"{pitch} . . .")) == (pitch not in black)


def test_intervals_are_measured_over_rests_and_in_both_directions():
    assert average_interval(melody("60 . x . 72 . 69 .")) == (12 + 3) / 2


def test_pitches_count_once_a_note_however_long_it_is():
    held = melody("60 . . . . . 66 x")
    assert average_pitch(held) == 63
    assert pitch_range(held) == 6
    assert pitch_range(melody("66 . 60 .")) == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60 . . .", 4),  # to the end
        ("60 . x .", 2),
        ("60 . x . 62 x . .", (2 + 1) / 2),  # the rest is of no note
        (". . 60 62 64 . . .", 2),  # the next note ends one
        ("x . 60 .", 2),  # an end of nothing
    ],
)
def test_a_note_lasts_until_its_end_or_the_next(text, expected):
    assert average_duration(melody(text)) == expected


@pytest.mark.parametrize(
    ("beat", "density", "balance"),
    [
        (beat(bar(ROCK)), 4 / 16, 0),
        (beat(bar(HATS)), 8 / 16, 1),
        (beat(bar(ROCK, HATS)), 12 / 16, 8 / 10),
        (beat(bar({0: KICK | OPEN_HAT})), 2 / 16, 1 / 2),
        (beat(bar({3: TOM, 9: SNARE})), 2 / 16, 0),  # neither hats nor kicks
        (np.ones((4, 9), bool), 9, 2 / 3),
    ],
)
def test_hits_are_counted_drum_by_drum(beat, density, balance):
    assert hit_density(beat) == density
    assert kick_hat_balance(beat) == pytest.approx(balance)


@pytest.mark.parametrize(
    ("hits", "expected"),
    [
        (ROCK, 0),
        ({6: KICK}, 1),
        ({4: KICK, 6: KICK}, 0),  # the beat was played
        ({4: SNARE, 6: KICK}, 1 / 2),  # by another drum, which does not count
        ({5: KICK, 7: KICK}, 1 / 2),  # the second one follows the first
        ({3: KICK, 5: KICK}, 1),  # the beat between them is silent
        ({3: SNARE, 4: SNARE}, 1 / 2),
        ({0: KICK, 3: KICK}, 0),
        ({6: CLOSED_HAT, 9: TOM}, 0),  # fill the beat
        ({0: KICK, 4: SNARE, 6: KICK, 10: KICK, 12: SNARE}, 2 / 5),
    ],
)
def test_syncopated_kicks_and_snares_come_without_the_beat(hits, expected):
    assert drum_syncopation(beat(bar(hits, HATS))) == expected


@pytest.mark.parametrize(
    ("bars", "expected"),
    [
        ([bar(ROCK)], 0),  # there is no other bar
        ([bar(ROCK), bar(ROCK)], 0),
        ([bar(ROCK), bar()], 1),
        ([bar({0: KICK}), bar({0: SNARE})], 1),
        ([bar(ROCK), bar(ROCK, {14: KICK})], 1 / 5),
        ([bar(ROCK), bar(ROCK), bar(ROCK, {14: KICK})], 1 / 9),
    ],
)
def test_variety_is_what_neighbouring_bars_do_not_share(bars, expected):
    assert drum_variety(beat(*bars)) == expected


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_batch_is_measured_as_its_phrases_one_by_one(name):
    music = ENCODINGS[name]
    tokens = tiny_tokens(15, encoding=name)
    batch = tokens.reshape(3, 5, *tokens.shape[1:])
    together = measure(batch, name)
    assert together.shape == (3, 5, len(attributes_of(name)))
    for row in np.ndindex(3, 5):
        np.testing.assert_array_equal(together[row], measure(batch[row], name))
    assert music.dtype == batch.dtype


def test_tokens_are_measured_as_the_melody_they_spell(rng):
    events = rng.choice([NO_EVENT, NOTE_OFF, 60, 61, 67, 72], size=32).astype(np.int16)
    np.testing.assert_array_equal(
        measure(melody_to_tokens(events), "melody"),
        [attribute.function(events) for attribute in MELODY.values()],
    )


def test_a_trio_has_the_melodys_attributes_and_how_busy_the_others_are():
    tokens = tiny_tokens(1, encoding="trio")[0]
    values = dict(zip(attributes_of("trio"), measure(tokens, "trio"), strict=True))
    melody_values = measure(tokens[:, 0], "melody")
    assert [values[name] for name in MELODY] == melody_values.tolist()
    assert values["bass_density"] == (tokens[:, 1] >= 2).mean()
    assert values["drum_density"] == roll(tokens[:, 2]).sum() / len(tokens)


@pytest.mark.parametrize("name", ENCODINGS)
def test_attributes_are_told_apart_by_name_and_by_label(name):
    attributes = attributes_of(name)
    assert list(attributes) == [a.name for a in attributes.values()]
    assert len({a.label for a in attributes.values()}) == len(attributes)
    assert {a.part for a in attributes.values()} <= {
        part.name for part in ENCODINGS[name].parts
    }
