"""The key a tune is most likely in.

References
----------
.. [1] Krumhansl (1990), Cognitive Foundations of Musical Pitch: the two profiles.
"""

import numpy as np
from jaxtyping import Float
from numpy import ndarray

_NAMES = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def guess_key(profile: Float[ndarray, " pitches"]) -> str:
    """Major or minor key that correlates best with how long each pitch class sounds.

    Parameters
    ----------
    profile
        Twelve durations, from C on.

    Returns
    -------
    The key, as "G major"; "" if nothing sounds.
    """
    if not profile.any():
        return ""
    keys = np.array(
        [np.roll(mode, tonic) for mode in (_MAJOR, _MINOR) for tonic in range(12)]
    )
    keys -= keys.mean(axis=1, keepdims=True)
    keys /= np.linalg.norm(keys, axis=1, keepdims=True)
    best = int(np.argmax(keys @ (profile - profile.mean())))
    return f"{_NAMES[best % 12]} {'major' if best < 12 else 'minor'}"
