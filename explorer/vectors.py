"""The attribute vectors of a model, found on training phrases.

The paper takes the mean code of the phrases with most of an attribute less that of the
phrases with least. For each attribute that direction is tried beside two made from the
slope of what the decoder writes (`explorer.response`), each at several lengths, on
training phrases; the one that works most often, and moves the other attributes least,
becomes the vector.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from numpy import ndarray

from explorer import codes, response
from explorer.attribute_success import LEAST, can_follow
from explorer.attributes import attributes_of, measure
from explorer.dataset import Dataset
from explorer.errors import DataError
from explorer.latent import (
    CLIMBED,
    INDEPENDENT,
    MEAN_DIFFERENCE,
    SLOPE,
    AttributeVectors,
    Way,
    attribute_vectors,
)
from explorer.metrics import num_onsets
from explorer.model import MusicVAE

NUM_PHRASES: Final = 30_000  # training phrases behind the vectors
LENGTHS: Final = (2.0, 3.0, 4.5, 6.5, 8.0)  # tried of each direction, whitened
SIDE_EFFECT: Final = 0.15  # what a gap's change of another attribute costs, in shares
OBEDIENT: Final = 0.9  # share of phrases that follow, below which that costs less
CHEAP: Final = 0.03  # namely so much: a slider that does nothing is no use at all
GOOD: Final = 0.95  # share of phrases that follow; such a vector is left as it is
STEEP: Final = 4.0  # of the squashing of gains, in gaps: a small change counts too


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How many training phrases are played to find the vectors."""

    slopes: int  # moved by noise, twice each
    trials: int  # moved along each candidate, at each length, twice each
    climbers: int  # moved four times in each step of a climb
    steps: int  # of a climb; long phrases take hours

    @classmethod
    def of(cls, model: MusicVAE) -> "Effort":
        """Fewer of long phrases, which take longer to write."""
        if model.config.num_bars <= 4:
            return cls(slopes=16_000, trials=512, climbers=4000, steps=10)
        return cls(slopes=5000, trials=160, climbers=0, steps=0)


def find_vectors(
    model: MusicVAE,
    data: Dataset,
    *,
    seed: int,
    num: int = NUM_PHRASES,
    effort: Effort | None = None,
) -> AttributeVectors:
    """Attribute vectors over training phrases, silent ones left out.

    Raises
    ------
    DataError
        If there are fewer than four such phrases.
    """
    music = model.config.music
    effort = effort or Effort.of(model)
    generator = np.random.default_rng([seed, 1])
    tokens = data.split("train").tokens
    sounding = np.flatnonzero(num_onsets(tokens, music))
    if len(sounding) > num:
        sounding = np.sort(generator.choice(sounding, num, replace=False))
    tokens = tokens[sounding]
    if len(tokens) < 4:
        raise DataError(
            f"The data has {len(tokens)} training phrases with notes; attribute "
            "vectors take 4 or more. Prepare more tunes."
        )
    mu = codes.encode(model, tokens).mu
    values = measure(tokens, music.name)
    names = tuple(attributes_of(music.name))
    plain = attribute_vectors(mu, values, names, generator)
    return _best(model, mu, plain, generator, effort)


@dataclass(frozen=True, kw_only=True)
class _Judge:
    """What moving codes along a vector is worth."""

    play: response.Play
    gaps: Float[ndarray, " attributes"]
    most: tuple[float, ...]  # of each attribute

    def worth(
        self,
        codes: Float[ndarray, "n z_size"],
        before: Float[ndarray, "n attributes"],
        vector: Float[ndarray, " z_size"],
        index: int,
        price: float,
    ) -> tuple[float, float]:
        """(share of phrases that follow both ways, the same less side effects)."""
        shares, side_effects = [], []
        for sign in (1.0, -1.0):
            after = self.play(codes + sign * vector)
            own = before[:, index]
            could = can_follow(own, sign, self.most[index])
            if could.any():
                shares.append(np.mean(sign * (after[:, index] - own)[could] > LEAST))
            moved = np.abs((after - before).mean(axis=0) / self.gaps)
            side_effects.append(np.delete(moved, index).max())
        share = float(np.mean(shares or [0]))
        return share, share - price * float(np.mean(side_effects))

    def gain(
        self,
        codes: Float[ndarray, "n z_size"],
        before: Float[ndarray, "n attributes"],
        offsets: Float[ndarray, "n z_size"],
        index: int,
        price: float,
    ) -> Float[ndarray, " n"]:
        """How far an attribute follows both ways, squashed, less side effects."""
        gains = np.zeros(len(codes))
        for sign in (1.0, -1.0):
            change = sign * (self.play(codes + sign * offsets) - before) / self.gaps
            could = can_follow(before[:, index], sign, self.most[index])
            followed = np.where(could, np.tanh(STEEP * change[:, index]), 0)
            others = np.abs(np.tanh(np.delete(change, index, axis=1))).max(axis=1)
            gains += followed / max(could.mean(), 0.2) - price * others
        return gains / 2


def _best(
    model: MusicVAE,
    mu: Float[ndarray, "n z_size"],
    plain: AttributeVectors,
    generator: np.random.Generator,
    effort: Effort,
) -> AttributeVectors:
    """Of each attribute the direction and length that work best."""
    attributes = attributes_of(model.config.music.name)
    judge = _Judge(
        play=functools.partial(_play, model),
        gaps=np.maximum(plain.top - plain.bottom, 1e-6).astype(np.float64),
        most=tuple(attributes[name].most for name in plain.names),
    )
    basis = response.whitening(mu)

    def drawn(size: int) -> Float[ndarray, "some z_size"]:
        rows = generator.choice(len(mu), min(size, len(mu)), replace=False)
        return mu[rows].astype(np.float64)

    slope = response.slopes(
        drawn(effort.slopes), basis, judge.gaps, judge.play, generator
    )
    directions: dict[Way, ndarray] = {
        MEAN_DIFFERENCE: np.linalg.lstsq(basis, plain.vectors.T, rcond=None)[0].T,
        SLOPE: slope.T,
        INDEPENDENT: response.independent(slope),
    }
    tried = drawn(effort.trials)
    before = judge.play(tried)
    num_climbers = min(effort.climbers, len(mu))
    vectors, ways = [], []
    for index in range(len(plain.names)):
        candidates = [
            (way, length * unit)
            for way, rows in directions.items()
            if (unit := _unit(rows[index])) is not None
            for length in LENGTHS
        ] or [(MEAN_DIFFERENCE, np.zeros(basis.shape[1]))]
        for price in (SIDE_EFFECT, CHEAP):

            def worth(
                direction: Float[ndarray, " d"],
                index: int = index,
                price: float = price,
            ) -> tuple[float, float]:
                return judge.worth(tried, before, direction @ basis.T, index, price)

            way, best = max(candidates, key=lambda each: worth(each[1])[1])
            if effort.steps and worth(best)[0] < GOOD:
                climbed = response.climb(
                    best,
                    functools.partial(_gains, judge, index, price, num_climbers, drawn),
                    num_climbers,
                    basis,
                    generator,
                    num_steps=effort.steps,
                )
                if worth(climbed)[1] > worth(best)[1]:
                    way, best = CLIMBED, climbed
            if worth(best)[0] >= OBEDIENT:
                break
            candidates.append((way, best))  # what is cheap may start from there
        vectors.append(best @ basis.T)
        ways.append(way)
    return replace(
        plain, vectors=np.stack(vectors).astype(np.float32), ways=tuple(ways)
    )


def _gains(
    judge: _Judge,
    index: int,
    price: float,
    num: int,
    drawn: Callable[[int], Float[ndarray, "some z_size"]],
) -> Callable[[Float[ndarray, "some z_size"]], Float[ndarray, " some"]]:
    """Judges offsets on as many codes, the same until it is asked for again."""
    tried = drawn(num)
    before = judge.play(tried)
    return lambda offsets: judge.gain(tried, before, offsets, index, price)


def _unit(direction: Float[ndarray, " d"]) -> Float[ndarray, " d"] | None:
    """The direction with length 1; None if it has none."""
    length = float(np.linalg.norm(direction))
    return direction / length if length > 0 else None


def _play(
    model: MusicVAE, z: Float[ndarray, "n z_size"]
) -> Float[ndarray, "n attributes"]:
    """Attributes of the likeliest phrases of codes."""
    written = codes.write(model, z, temperature=None, generator=torch.Generator())
    return measure(written, model.config.music.name)
