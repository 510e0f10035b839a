"""The attribute vectors of a model, found on training phrases."""

from typing import Final

import numpy as np

from explorer import codes
from explorer.attributes import attributes_of, measure
from explorer.dataset import Dataset
from explorer.errors import DataError
from explorer.latent import AttributeVectors, attribute_vectors
from explorer.metrics import num_onsets
from explorer.model import MusicVAE

NUM_PHRASES: Final = 30_000  # training phrases behind the vectors


def find_vectors(
    model: MusicVAE, data: Dataset, *, seed: int, num: int = NUM_PHRASES
) -> AttributeVectors:
    """Attribute vectors over training phrases, silent ones left out.

    Raises
    ------
    DataError
        If there are fewer than four such phrases.
    """
    music = model.config.music
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
    return attribute_vectors(mu, values, names, generator)
