"""What makes drums a beat: the backbeat, the kick on one, where kicks and snares fall.

**Conventions.** Bars are 4/4 and begin with a phrase; step 0 of a bar is beat 1, steps
4 and 12 are beats 2 and 4. A bar without what is looked for counts as one without it,
silent bars too. `weights` say how much each phrase counts and add up to 1.
"""

from typing import Final

import numpy as np
from jaxtyping import Float, Integer
from numpy import ndarray

from explorer.attributes import KICK, SNARE
from explorer.notes import STEPS_PER_BAR

BACKBEATS: Final = (4, 12)  # steps of beats 2 and 4


def backbeat(tokens: Integer[ndarray, "n steps"]) -> Float[ndarray, " n"]:
    """Share of the bars of each phrase with a snare on both beats 2 and 4."""
    on_beats = _bars(tokens)[:, :, BACKBEATS] >> SNARE & 1
    return on_beats.all(axis=2).mean(axis=1)


def kick_on_one(tokens: Integer[ndarray, "n steps"]) -> Float[ndarray, " n"]:
    """Share of the bars of each phrase with a kick on beat 1."""
    return (_bars(tokens)[:, :, 0] >> KICK & 1).mean(axis=1)


def kick_snare_by_position(
    tokens: Integer[ndarray, "n steps"], weights: Float[ndarray, " n"]
) -> Float[ndarray, " classes"]:
    """Share of each position of the bar with each of neither, kick, snare and both.

    64 classes, four for each sixteenth of the bar, which adds up to 1/16.
    """
    states = (tokens >> KICK & 1) + 2 * (tokens >> SNARE & 1)
    classes = 4 * (np.arange(tokens.shape[1]) % STEPS_PER_BAR) + states
    by_step = np.broadcast_to(weights[:, None] / tokens.shape[1], tokens.shape)
    return np.bincount(classes.ravel(), by_step.ravel(), minlength=4 * STEPS_PER_BAR)


def _bars(tokens: Integer[ndarray, "n steps"]) -> Integer[ndarray, "n bars sixteenths"]:
    return tokens.reshape(len(tokens), -1, STEPS_PER_BAR)
