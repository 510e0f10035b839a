"""Ghosts: likely notes that were not written, from made-up probabilities."""

import itertools

import numpy as np
import pytest

from explorer import ghosts as module
from explorer.encodings import ENCODINGS
from explorer.ghosts import Ghost, ghosts
from explorer.trio import TrioConverter

MELODY, DRUMS, TRIO = (ENCODINGS[name] for name in ("melody", "drums", "trio"))
NOTE_OFF, C, D, E = 1, 60 - 19, 62 - 19, 64 - 19
KICK, SNARE, HAT = 1, 2, 4


def chances(num_steps, depth, likely):
    """Probabilities that are 0 but for {(step, token): probability}."""
    found = np.zeros((num_steps, depth), np.float32)
    for place, probability in likely.items():
        found[place] = probability
    return found


def melody_ghosts(tokens, likely):
    return ghosts(np.array(tokens), [chances(len(tokens), 90, likely)], MELODY)


def drum_ghosts(tokens, likely):
    return ghosts(np.array(tokens), [chances(len(tokens), 512, likely)], DRUMS)


def spans(found):
    return [(g.pitch, g.start_step, g.end_step) for g in found]


def test_the_runner_up_of_a_written_note_is_a_ghost():
    (ghost,) = melody_ghosts([C, 0, 0, 0], {(0, C): 0.6, (0, D): 0.25, (0, E): 0.15})
    assert ghost == Ghost(
        pitch=62, start_step=0, end_step=4, probability=0.25, part="melody"
    )


def test_a_note_that_nearly_began_while_another_went_on_is_a_ghost():
    assert spans(melody_ghosts([C, 0, 0, 0], {(2, 0): 0.7, (2, C): 0.3})) == [
        (60, 2, 4)
    ]


@pytest.mark.parametrize("token", [0, NOTE_OFF, C])
def test_events_that_are_no_notes_are_no_ghosts(token):
    likely = {(1, 0): 0.5, (1, NOTE_OFF): 0.4, (1, C): 0.05}
    assert melody_ghosts([C, token, 0], likely) == ()


def test_what_was_written_is_no_ghost_however_unlikely_it_was():
    """A drawn event need not be the likeliest."""
    found = melody_ghosts([C, 0], {(0, C): 0.2, (0, D): 0.8})
    assert spans(found) == [(62, 0, 2)]


@pytest.mark.parametrize(("probability", "count"), [(0.1, 1), (0.099, 0)])
def test_a_pitch_is_a_ghost_from_one_in_ten_on(probability, count):
    found = melody_ghosts([0], {(0, D): probability, (0, 0): 1 - probability})
    assert len(found) == count


@pytest.mark.parametrize("event", [NOTE_OFF, C, D])
def test_a_ghost_ends_at_the_next_event_that_was_written(event):
    assert spans(melody_ghosts([C, 0, 0, event, 0], {(1, E): 0.3})) == [(64, 1, 3)]
    assert spans(melody_ghosts([C, 0, 0, event, 0], {(3, E): 0.3})) == [(64, 3, 5)]


def test_a_ghost_lasts_a_bar_at_most():
    assert spans(melody_ghosts([C, *[0] * 39], {(0, D): 0.3})) == [(62, 0, 16)]


def test_the_same_ghost_counts_once_while_it_lasts():
    likely = {(step, D): 0.3 for step in range(24)} | {(4, E): 0.4}
    assert spans(melody_ghosts([C, *[0] * 23], likely)) == [
        (62, 0, 16),
        (64, 4, 20),
        (62, 16, 24),
    ]


def test_a_drum_is_as_likely_as_all_that_contains_it():
    (ghost,) = drum_ghosts([KICK], {(0, KICK): 0.7, (0, KICK | HAT): 0.2, (0, 6): 0.1})
    assert (ghost.pitch, ghost.start_step, ghost.end_step) == (42, 0, 1)
    assert ghost.probability == pytest.approx(0.3)
    assert ghost.part == "drums"


def test_a_drum_that_was_hit_is_no_ghost():
    likely = {(0, KICK | SNARE): 0.5, (0, KICK | SNARE | HAT): 0.5}
    assert spans(drum_ghosts([KICK | HAT], likely)) == [(38, 0, 1)]
    assert drum_ghosts([KICK | SNARE | HAT], likely) == ()


@pytest.mark.parametrize(("probability", "count"), [(0.21, 1), (0.19, 0)])
def test_a_drum_is_a_ghost_from_one_in_five_on(probability, count):
    found = drum_ghosts([0], {(0, SNARE): probability, (0, 0): 1 - probability})
    assert len(found) == count


def test_drums_match_a_count_by_hand(rng):
    likely = rng.dirichlet(np.full(512, 0.05), size=10).astype(np.float32)
    tokens = likely.argmax(axis=1)
    haunted = ghosts(tokens, [likely], DRUMS)
    assert 0 < len(haunted) < module.MOST, "some were left out"
    found = {(g.start_step, g.pitch): g.probability for g in haunted}
    pitches = (36, 38, 42, 46, 45, 48, 50, 49, 51)
    for step, drum in itertools.product(range(10), range(9)):
        chance = sum(likely[step, t] for t in range(512) if t >> drum & 1)
        is_ghost = chance >= 0.2 and not tokens[step] >> drum & 1
        assert ((step, pitches[drum]) in found) == is_ghost
        if is_ghost:
            assert found[step, pitches[drum]] == pytest.approx(chance, abs=1e-5)


def test_every_part_of_a_trio_has_its_own():
    tokens = np.zeros((4, 3), np.int16)
    tokens[0] = C, C, KICK
    tokens[2] = E, 0, 0
    given = [
        chances(4, 90, {(1, D): 0.2}),
        chances(4, 90, {(1, D): 0.3}),
        chances(4, 512, {(1, SNARE): 0.9}),
    ]
    found = ghosts(tokens, given, TRIO)
    assert [(g.part, g.pitch, g.end_step) for g in found] == [
        ("melody", 62, 2),
        ("bass", 62, 4),
        ("drums", 38, 2),
    ]


def test_only_the_likeliest_are_kept_in_order_of_time():
    tokens = [C] * 256
    likely = {(step, D): 0.1 + step / 1000 for step in range(256)}
    found = melody_ghosts(tokens, likely)
    assert [g.start_step for g in found] == list(range(256 - module.MOST, 256))


@pytest.mark.parametrize("music", [MELODY, DRUMS, TRIO])
def test_a_model_that_is_sure_leaves_no_ghosts(music):
    tokens = np.zeros((32, *music.part_shape), np.int16)
    sure = [chances(32, d, {(s, 0): 1 for s in range(32)}) for d in music.depths]
    assert ghosts(tokens, sure, music) == ()


def test_random_ghosts_fit_the_phrase_they_belong_to(rng):
    tokens = np.stack([rng.integers(0, d, 256) for d in TRIO.depths], axis=1)
    likely = [rng.dirichlet(np.full(d, 0.02), size=256) for d in TRIO.depths]
    found = ghosts(tokens.astype(np.int16), likely, TRIO)
    assert len(found) == module.MOST
    written = TrioConverter(num_bars=16).from_tokens(tokens.astype(np.int16)).notes
    begun = {(n.pitch, n.start_step) for n in written if not n.is_drum}
    for ghost in found:
        assert 0 <= ghost.start_step < ghost.end_step <= 256
        assert 0 < ghost.probability <= 1
        assert 21 <= ghost.pitch <= 108
        assert ghost.part == "drums" or ghost.end_step - ghost.start_step <= 16
    starts = [ghost.start_step for ghost in found]
    assert starts == sorted(starts)
    assert begun, "nothing was written"
