"""What one step of music is to a model: a melody, a drum beat, or three parts at once.

**Conventions.** *Tokens* are class numbers, an array (..., steps) for music of one part
and (..., steps, parts) for a trio, whose parts are melody, bass and drums in this
order. A *pitched* part has 90 classes: 0 goes on, 1 ends the note, `pitch - 19` starts
one. A *drum* part has 512: the sum of 2^class over the drums that are hit (see
`explorer.drums`), 0 for none. One-hot vectors of several parts stand side by side.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, section 5.
.. [2] magenta/magenta 526d3eb1, `models/music_vae/data.py` (Apache-2.0).
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from jaxtyping import Bool, Integer
from numpy import ndarray

PITCHED_DEPTH: Final = 90  # no event, note-off, 88 piano keys
NUM_DRUM_CLASSES: Final = 9
DRUM_DEPTH: Final = 2**NUM_DRUM_CLASSES
NUM_SPECIAL_EVENTS: Final = 2  # no event and note-off come before the pitches

PartName = Literal["melody", "bass", "drums"]
EncodingName = Literal["melody", "drums", "trio"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One voice of the music."""

    name: PartName
    depth: int  # token classes
    is_pitched: bool  # else each bit of a token is a drum

    def onsets(
        self, tokens: Integer[ndarray, "*batch steps"]
    ) -> Bool[ndarray, "*batch steps"]:
        """Where a note starts, or a drum is hit."""
        return tokens >= (NUM_SPECIAL_EVENTS if self.is_pitched else 1)


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How music becomes tokens and what the encoder reads of them."""

    name: EncodingName
    parts: tuple[Part, ...]
    reads_drum_roll: bool = False  # the encoder reads a bit per drum and one for none

    @property
    def depth(self) -> int:
        """Logits a step: the classes of all parts."""
        return sum(self.depths)

    @property
    def depths(self) -> tuple[int, ...]:
        """Classes of each part."""
        return tuple(part.depth for part in self.parts)

    @property
    def input_depth(self) -> int:
        """Numbers that the encoder reads a step."""
        return NUM_DRUM_CLASSES + 1 if self.reads_drum_roll else self.depth

    @property
    def dtype(self) -> type[np.integer[Any]]:
        """What tokens are stored as."""
        return np.int16 if max(self.depths) > 256 else np.uint8

    @property
    def part_shape(self) -> tuple[int, ...]:
        """What a step of tokens has of axes: () for one part, (3,) for a trio."""
        return (len(self.parts),) if len(self.parts) > 1 else ()

    def by_part(self, tokens: Any) -> dict[PartName, Any]:  # noqa: ANN401 (either kind)
        """Tokens (..., steps) of each part, of numpy's or of torch's kind."""
        if len(self.parts) == 1:
            return {self.parts[0].name: tokens}
        return {part.name: tokens[..., i] for i, part in enumerate(self.parts)}

    def onsets(self, tokens: Integer[ndarray, "*shape"]) -> Bool[ndarray, "*shape"]:
        """Where a note starts or a drum is hit, in the shape of `tokens`."""
        lowest = [NUM_SPECIAL_EVENTS if p.is_pitched else 1 for p in self.parts]
        return tokens >= (np.array(lowest) if self.part_shape else lowest[0])


_MELODY = Part(name="melody", depth=PITCHED_DEPTH, is_pitched=True)
_BASS = Part(name="bass", depth=PITCHED_DEPTH, is_pitched=True)
_DRUMS = Part(name="drums", depth=DRUM_DEPTH, is_pitched=False)

ENCODINGS: Final[dict[str, Encoding]] = {
    encoding.name: encoding
    for encoding in (
        Encoding(name="melody", parts=(_MELODY,)),
        Encoding(name="drums", parts=(_DRUMS,), reads_drum_roll=True),
        Encoding(name="trio", parts=(_MELODY, _BASS, _DRUMS)),
    )
}
