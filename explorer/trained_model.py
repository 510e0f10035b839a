"""A trained model to play with: tunes in, codes; codes in, tunes.

Speaks in `NoteSequence`s and numpy arrays, knows nothing of pages, and never changes
after loading: any number of threads may share one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from jaxtyping import Float, Int, UInt8
from numpy import ndarray

from explorer import checkpoint, codes, latent, library
from explorer.attributes import ATTRIBUTES
from explorer.checkpoint import Checkpoint, to_safetensors
from explorer.codes import BATCH_SIZE, Codes
from explorer.converters import (
    MelodyConverter,
    melody_to_sequence,
    tokens_to_melody,
)
from explorer.errors import CheckpointError
from explorer.latent import AttributeVectors
from explorer.library import Library
from explorer.notes import NoteSequence

VECTORS: Final = "attributes.safetensors"


@dataclass(frozen=True, kw_only=True)
class DecodedTune:
    """What a code sounds like, and how sure the model was."""

    tune: NoteSequence
    melody: Int[ndarray, " steps"]  # events, one per sixteenth
    certainty: Float[ndarray, " steps"]  # probability the model gave each of them


@dataclass(frozen=True, kw_only=True)
class TrainedModel:
    """A promoted checkpoint, ready to use."""

    checkpoint: Checkpoint
    library: Library
    attribute_vectors: AttributeVectors
    converter: MelodyConverter = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "converter", MelodyConverter(num_bars=self.num_bars))

    @property
    def name(self) -> str:
        """Name of the checkpoint."""
        return self.checkpoint.name

    @property
    def num_bars(self) -> int:
        """4/4 bars in one phrase."""
        return self.checkpoint.config.num_bars

    @property
    def num_steps(self) -> int:
        """Sixteenths in one phrase."""
        return self.checkpoint.config.num_steps

    @property
    def z_size(self) -> int:
        """Numbers in one code."""
        return self.checkpoint.config.z_size

    def encode(self, tunes: Sequence[NoteSequence]) -> Codes:
        """Codes of tunes, each read from its first step on, one phrase long.

        Raises
        ------
        ConversionError
            If a tune has no melody note within the phrase.
        """
        steps = np.empty((0, self.num_steps), np.uint8)
        tokens = [self.converter.to_tokens(tune)[None] for tune in tunes]
        return encode_tokens(self.checkpoint, np.concatenate([steps, *tokens]))

    def decode(
        self,
        z: Float[ndarray, "n z_size"],
        *,
        temperature: float | None = None,
        seed: int = 0,
        qpm: float = 120.0,
    ) -> tuple[DecodedTune, ...]:
        """Tunes of codes.

        Parameters
        ----------
        z
            Codes.
        temperature
            Above 0: events are drawn, the more adventurously the higher. None: the
            likeliest event each time.
        seed
            Of the draws, the same for each tune, so that it does not matter how many
            are decoded together.
        qpm
            Tempo of the tunes.

        Raises
        ------
        ValueError
            If the temperature or the tempo is not positive, or a code is not finite.
        """
        if not np.isfinite(z).all():
            raise ValueError("a code has values that are not numbers")
        found = []
        size = BATCH_SIZE if temperature is None else 1
        for rows in _batches(z, size):
            for tokens, certainty in self._decode_batch(rows, temperature, seed):
                melody = tokens_to_melody(tokens)
                tune = melody_to_sequence(melody, qpm=qpm)
                found.append(DecodedTune(tune=tune, melody=melody, certainty=certainty))
        return tuple(found)

    def sample(
        self, num: int, *, seed: int, spread: float = 1.0, near_real: bool = True
    ) -> Float[ndarray, "num z_size"]:
        """New codes.

        Parameters
        ----------
        num
            How many.
        seed
            The same seed gives the same codes.
        spread
            With `near_real`, how far from a phrase towards its neighbour: 1 is about
            half of the way, 0 the phrase itself; else the standard deviation, 1 being
            the prior.
        near_real
            True: between a phrase of the library and one of its neighbours. False:
            from the prior N(0, I), which the space between phrases is not all made
            of music for.
        """
        generator = np.random.default_rng(seed)
        if near_real:
            return latent.sample_near(self.library.mu, num, generator, spread=spread)
        return latent.sample_prior(num, self.z_size, generator, spread=spread)

    def interpolate(
        self,
        z_a: Float[ndarray, " z_size"],
        z_b: Float[ndarray, " z_size"],
        num_steps: int,
        *,
        spherical: bool = True,
    ) -> Float[ndarray, "num_steps z_size"]:
        """Codes from `z_a` to `z_b`, both included."""
        path = latent.slerp if spherical else latent.lerp
        return path(z_a, z_b, num_steps)

    @torch.inference_mode()
    def _decode_batch(
        self, z: Float[ndarray, "n z_size"], temperature: float | None, seed: int
    ) -> Iterator[tuple[Int[ndarray, " steps"], Float[ndarray, " steps"]]]:
        generator = torch.Generator().manual_seed(seed)
        decoded = self.checkpoint.model.decode(
            torch.from_numpy(z.astype(np.float32)),
            temperature=temperature,
            generator=generator,
        )
        probabilities = torch.softmax(decoded.logits, dim=2)
        chosen = probabilities.gather(2, decoded.tokens[:, :, None])[:, :, 0]
        tokens = decoded.tokens.numpy().astype(np.int16)
        return zip(tokens, chosen.numpy(), strict=True)


def encode_tokens(checkpoint: Checkpoint, tokens: UInt8[ndarray, "n steps"]) -> Codes:
    """Codes of phrases given as tokens."""
    return codes.encode(checkpoint.model, tokens)


def _batches(rows: ndarray, size: int) -> Iterator[ndarray]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def load(path: Path) -> TrainedModel:
    """A promoted checkpoint with its map and attribute vectors.

    Raises
    ------
    CheckpointError
        If anything is missing or damaged.
    """
    found = checkpoint.load(path)
    return TrainedModel(
        checkpoint=found,
        library=library.read(found),
        attribute_vectors=read_vectors(found),
    )


def pack_vectors(vectors: AttributeVectors) -> dict[str, bytes]:
    """Attribute vectors as a file of a checkpoint."""
    arrays = {
        f"{name}.vector": v
        for name, v in zip(vectors.names, vectors.vectors, strict=True)
    }
    for name, top, bottom in zip(
        vectors.names, vectors.top, vectors.bottom, strict=True
    ):
        arrays[f"{name}.means"] = np.array([bottom, top], np.float32)
    arrays["num_examples"] = np.array([vectors.num_examples], np.int64)
    return {VECTORS: to_safetensors(arrays)}


def read_vectors(checkpoint: Checkpoint) -> AttributeVectors:
    """The attribute vectors of a promoted checkpoint.

    Raises
    ------
    CheckpointError
        If they are missing, damaged or do not fit the model.
    """
    arrays = checkpoint.read_arrays(VECTORS)
    names = tuple(ATTRIBUTES)
    shapes = {f"{name}.vector": (checkpoint.config.z_size,) for name in names}
    shapes |= {f"{name}.means": (2,) for name in names} | {"num_examples": (1,)}
    if {name: array.shape for name, array in arrays.items()} != shapes:
        raise CheckpointError(
            f"{checkpoint.path / VECTORS} does not hold one vector of "
            f"{checkpoint.config.z_size} numbers for each of {', '.join(names)}. "
            "Promote the run again."
        )
    means = np.stack([arrays[f"{name}.means"] for name in names])
    return AttributeVectors(
        names=names,
        vectors=np.stack([arrays[f"{name}.vector"] for name in names]),
        top=means[:, 1],
        bottom=means[:, 0],
        num_examples=int(arrays["num_examples"][0]),
    )
