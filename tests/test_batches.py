"""Transposing and cutting phrases of one part and of several."""

import numpy as np
import torch

from explorer.batches import cut, room, transpose_tokens
from explorer.encodings import ENCODINGS

MELODY, DRUMS, TRIO = (ENCODINGS[name] for name in ("melody", "drums", "trio"))


def trio(melody, bass, drums):
    """One phrase of a bar whose first steps are given."""
    tokens = np.zeros((1, 16, 3), np.int16)
    for part, events in enumerate((melody, bass, drums)):
        tokens[0, : len(events), part] = events
    return tokens


def test_all_parts_of_a_trio_stay_on_the_keyboard():
    down, up = room(trio([50, 60], [4, 20], [511]), TRIO)
    assert (down.item(), up.item()) == (2, 29)  # to the lowest key, to the highest


def test_drums_leave_room_to_everybody():
    down, up = room(np.array([[0, 3, 511]], np.int16), DRUMS)
    assert min(down.item(), up.item()) >= 12


def test_a_trio_moves_together_and_its_drums_stay():
    tokens = torch.from_numpy(trio([50, 0, 1], [20, 1, 0], [7, 0, 511]))
    moved = transpose_tokens(tokens, torch.tensor([3]), TRIO)
    assert moved[0, :3].tolist() == [[53, 23, 7], [0, 1, 0], [1, 0, 511]]
    assert moved.dtype == tokens.dtype


def test_a_melody_moves_but_its_rests_and_holds_do_not():
    tokens = torch.tensor([[50, 0, 1, 40]], dtype=torch.uint8)
    moved = transpose_tokens(tokens, torch.tensor([-4]), MELODY)
    assert moved.tolist() == [[46, 0, 1, 36]]


def test_drums_never_move():
    tokens = torch.tensor([[1, 0, 300]], dtype=torch.int16)
    assert transpose_tokens(tokens, torch.tensor([5]), DRUMS).equal(tokens)


def test_phrases_of_several_parts_are_cut_at_bars():
    tokens = np.arange(2 * 32 * 3, dtype=np.int16).reshape(2, 32, 3)
    pieces = cut(tokens, 1)
    assert pieces.shape == (4, 16, 3)
    assert (pieces[1] == tokens[0, 16:]).all()
