import numpy as np
import pytest

from explorer.attributes import (
    ATTRIBUTES,
    average_interval,
    c_diatonic,
    measure,
    note_density,
    syncopation_8th,
    syncopation_16th,
)
from explorer.notes import NO_EVENT, NOTE_OFF


def melody(text):
    """Events of "60 . x": a pitch, nothing new, note off."""
    special = {".": NO_EVENT, "x": NOTE_OFF}
    return np.array([special.get(word) or int(word) for word in text.split()], np.int16)


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
    ],
)
def test_published_phrase_has_the_published_values(name, expected):
    assert ATTRIBUTES[name].function(PUBLISHED) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("attribute", ATTRIBUTES.values(), ids=lambda a: a.name)
@pytest.mark.parametrize("empty", [SILENT, SILENT[:0]], ids=["silent", "no steps"])
def test_a_tune_without_notes_has_none_of_anything(attribute, empty):
    assert attribute.function(empty) == 0


def test_one_note_is_counted_where_it_can_be():
    assert c_diatonic(ONE_NOTE) == 0
    assert note_density(ONE_NOTE) == 1 / 8
    assert average_interval(ONE_NOTE) == 0
    assert syncopation_16th(ONE_NOTE) == 0
    assert syncopation_8th(ONE_NOTE) == 1


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


def test_a_batch_is_measured_as_its_phrases_one_by_one(rng):
    batch = rng.choice([NO_EVENT, NOTE_OFF, 60, 61, 67, 72], size=(3, 5, 32))
    together = measure(batch.astype(np.int16))
    assert together.shape == (3, 5, len(ATTRIBUTES))
    for row in np.ndindex(3, 5):
        np.testing.assert_array_equal(together[row], measure(batch[row]))
        np.testing.assert_array_equal(
            together[row], [a.function(batch[row]) for a in ATTRIBUTES.values()]
        )
