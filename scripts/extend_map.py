"""Give a checkpoint's map what maps made today have besides, from its own data.

    python -m scripts.extend_map checkpoints/NAME data/NAME

Codes, titles and weights stay byte by byte; the other layouts, how well each phrase is
played back and how sure the model is of it are added. The phrases are chosen again as
`promote` chose them, and it is refused if they are not the same ones.
"""

import dataclasses
import sys
from pathlib import Path

import numpy as np
import torch

from explorer import card_results, checkpoint, library, map_building, projection
from explorer.dataset import Dataset, load
from explorer.errors import DataError


def extend(folder: Path, data: Dataset, *, seed: int = 0) -> None:
    """Write the checkpoint anew with all that its map can have.

    Raises
    ------
    DataError
        If the map was not made of this data with this seed.
    """
    found = checkpoint.load(folder)
    kept = library.read(found)
    chosen = map_building.choose_phrases(
        data, len(kept), np.random.default_rng([seed, 2])
    )
    phrases = map_building.phrases_of(data, chosen)
    if (phrases.titles, phrases.bars) != (kept.titles, kept.bars):
        raise DataError(f"{folder} has a map of other phrases. Give the data it is of.")
    accuracy, certainty = map_building.play_back(found, kept.mu, phrases.tokens)
    positions, trust = dict(kept.positions), dict(kept.trust)
    for name, perplexity in projection.perplexities(len(kept)).items():
        if name not in positions:
            positions[name] = projection.fit_tsne(
                kept.mu, seed=seed, perplexity=perplexity
            )
            trust[name] = map_building.judge(kept.mu, positions[name])
    shelf = dataclasses.replace(
        kept,
        positions=positions,
        trust=trust,
        accuracy=accuracy,
        certainty=certainty,
    )
    files = {
        file: found.read(file) for file in found.files if file != checkpoint.WEIGHTS
    }
    if checkpoint.CARD in files:
        card = files[checkpoint.CARD].decode("utf-8")
        before, after = map(card_results.trust_words, (kept.trust, trust))
        files[checkpoint.CARD] = card.replace(before, after).encode()
    checkpoint.renew(found, {**files, **library.pack(shelf)})


if __name__ == "__main__":
    torch.set_num_threads(1)
    extend(Path(sys.argv[1]), load(Path(sys.argv[2])))
