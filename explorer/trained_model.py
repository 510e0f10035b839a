"""A trained model to play with: tunes in, codes; codes in, tunes.

Speaks in `NoteSequence`s and numpy arrays, knows nothing of pages, and never changes
after loading: any number of threads may share one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, get_args

import numpy as np
import torch
from jaxtyping import Float, Integer
from numpy import ndarray
from torch import Tensor

from explorer import checkpoint, codes, latent, library
from explorer.attributes import attributes_of
from explorer.checkpoint import Checkpoint, to_safetensors
from explorer.codes import BATCH_SIZE, Codes
from explorer.converters import Converter, MelodyConverter
from explorer.drums import DrumsConverter
from explorer.encodings import Encoding, EncodingName
from explorer.errors import CheckpointError
from explorer.ghosts import Ghost, ghosts
from explorer.latent import AttributeVectors, Way
from explorer.library import Library
from explorer.model import Decoded, split_logits
from explorer.notes import NoteSequence
from explorer.trio import TrioConverter

VECTORS: Final = "attributes.safetensors"
WAYS: Final[tuple[Way, ...]] = get_args(Way)
CONVERTERS: Final[dict[EncodingName, Callable[..., Converter]]] = {
    "melody": MelodyConverter,
    "drums": DrumsConverter,
    "trio": TrioConverter,
}


@dataclass(frozen=True, kw_only=True)
class DecodedTune:
    """What a code sounds like, and how sure the model was."""

    tune: NoteSequence
    tokens: Integer[ndarray, " steps *parts"]  # what the model wrote
    certainty: Float[ndarray, " steps *parts"]  # probability it gave each of them
    ghosts: tuple[Ghost, ...] = ()  # notes it nearly wrote


@dataclass(frozen=True, kw_only=True)
class TrainedModel:
    """A promoted checkpoint, ready to use."""

    checkpoint: Checkpoint
    library: Library
    attribute_vectors: AttributeVectors
    converter: Converter = field(init=False)

    def __post_init__(self) -> None:
        converter = CONVERTERS[self.encoding](num_bars=self.num_bars)
        object.__setattr__(self, "converter", converter)

    @property
    def name(self) -> str:
        """Name of the checkpoint."""
        return self.checkpoint.name

    @property
    def encoding(self) -> EncodingName:
        """What it writes: melodies, drum beats or trios."""
        return self.checkpoint.config.encoding

    @property
    def music(self) -> Encoding:
        """The parts of what it writes."""
        return self.checkpoint.config.music

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
            If a tune has nothing for a part of the model within the phrase.
        """
        steps = np.empty((0, self.num_steps, *self.music.part_shape), self.music.dtype)
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
            for tokens, certainty, near in self._decode_batch(rows, temperature, seed):
                tune = self.converter.from_tokens(tokens, qpm=qpm)
                found.append(
                    DecodedTune(
                        tune=tune, tokens=tokens, certainty=certainty, ghosts=near
                    )
                )
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

    def square(
        self, corners: Float[ndarray, "4 z_size"], size: int, *, spherical: bool = True
    ) -> Float[ndarray, "cells z_size"]:
        """Codes of a `size` by `size` grid, row by row; see `latent.square`."""
        return latent.square(corners, size, spherical=spherical)

    @torch.inference_mode()
    def _decode_batch(
        self, z: Float[ndarray, "n z_size"], temperature: float | None, seed: int
    ) -> list[tuple[ndarray, ndarray, tuple[Ghost, ...]]]:
        """(tokens, certainty, ghosts) of each code."""
        generator = torch.Generator().manual_seed(seed)
        decoded = self.checkpoint.model.decode(
            torch.from_numpy(z.astype(np.float32)),
            temperature=temperature,
            generator=generator,
        )
        probabilities = _probabilities(decoded, self.music)
        certainty = _certainty(decoded.tokens, probabilities, self.music).numpy()
        tokens = decoded.tokens.numpy().astype(self.music.dtype)
        by_part = [part.numpy() for part in probabilities]
        return [
            (own, certainty[row], ghosts(own, [p[row] for p in by_part], self.music))
            for row, own in enumerate(tokens)
        ]


def encode_tokens(
    checkpoint: Checkpoint, tokens: Integer[ndarray, "n steps *parts"]
) -> Codes:
    """Codes of phrases given as tokens."""
    return codes.encode(checkpoint.model, tokens)


def certainty_of(decoded: Decoded, music: Encoding) -> Float[Tensor, "n steps *parts"]:
    """The probability that a model gave each token it wrote."""
    return _certainty(decoded.tokens, _probabilities(decoded, music), music)


def _probabilities(
    decoded: Decoded, music: Encoding
) -> list[Float[Tensor, "n steps _depth"]]:
    """Of each part: the probability of each of its classes at each step."""
    return [
        torch.softmax(logits, dim=2) for logits in split_logits(decoded.logits, music)
    ]


def _certainty(
    tokens: Integer[Tensor, "n steps *parts"],
    probabilities: Sequence[Float[Tensor, "n steps _depth"]],
    music: Encoding,
) -> Float[Tensor, "n steps *parts"]:
    """The probability of each token among the classes of its part."""
    chosen = [
        part.gather(2, own[:, :, None])[:, :, 0]
        for part, own in zip(probabilities, music.by_part(tokens).values(), strict=True)
    ]
    return chosen[0] if len(chosen) == 1 else torch.stack(chosen, dim=2)


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
    arrays["ways"] = np.array([WAYS.index(way) for way in vectors.ways], np.int64)
    return {VECTORS: to_safetensors(arrays)}


def read_vectors(checkpoint: Checkpoint) -> AttributeVectors:
    """The attribute vectors of a promoted checkpoint.

    Raises
    ------
    CheckpointError
        If they are missing, damaged or do not fit the model.
    """
    arrays = checkpoint.read_arrays(VECTORS)
    names = tuple(attributes_of(checkpoint.config.encoding))
    shapes = {f"{name}.vector": (checkpoint.config.z_size,) for name in names}
    shapes |= {f"{name}.means": (2,) for name in names}
    shapes |= {"num_examples": (1,), "ways": (len(names),)}
    if {name: array.shape for name, array in arrays.items()} != shapes:
        raise CheckpointError(
            f"{checkpoint.path / VECTORS} does not hold one vector of "
            f"{checkpoint.config.z_size} numbers for each of {', '.join(names)}. "
            "Run `python -m explorer attributes` on the checkpoint, or promote the run "
            "again."
        )
    ways = arrays["ways"].tolist()
    if not set(ways) <= set(range(len(WAYS))):
        raise CheckpointError(
            f"{checkpoint.path / VECTORS} has vectors found in a way that this program "
            f"does not know ({ways}). Update the program."
        )
    means = np.stack([arrays[f"{name}.means"] for name in names])
    return AttributeVectors(
        names=names,
        vectors=np.stack([arrays[f"{name}.vector"] for name in names]),
        top=means[:, 1],
        bottom=means[:, 0],
        ways=tuple(WAYS[way] for way in ways),
        num_examples=int(arrays["num_examples"][0]),
    )
