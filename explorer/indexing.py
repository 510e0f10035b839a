"""Files of music to a map: read, chosen from, encoded and placed.

Reads files as `prepare` does, but holds none back for a test: nothing is learned from
them. The model's codes come from its weights as they are stored.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from explorer import map_building
from explorer.checkpoint import Checkpoint
from explorer.corpus_sources import NOT_STATED
from explorer.library import Library
from explorer.own_map import MOST_PHRASES
from explorer.prepare import prepare

LICENCE: Final = "licence not stated"  # of a folder that says nothing of itself


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """A map of files, and what was read for it."""

    library: Library
    num_tunes: int  # with a phrase that could be used
    num_phrases: int  # that could be used, each once
    left_out: bytes  # JSON lines: what was not used, and why


def index(
    corpora: Sequence[Path],
    trained: Checkpoint,
    *,
    num_phrases: int = map_building.NUM_PHRASES,
    seed: int = 0,
    workers: int = 1,
    on_file: Callable[[int, int], None] | None = None,
    on_stage: Callable[[str], None] = lambda _: None,
) -> Indexed:
    """The map of the phrases of music files in the latent space of a model.

    Parameters
    ----------
    corpora
        Folders of MIDI files and, for a model of melodies, MusicXML and ABC files;
        read with all their subfolders.
    trained
        The model.
    num_phrases
        At most this many dots; of more, every tune has its first before one has two.
    seed
        Of the choice of phrases and of the layouts.
    workers
        Processes that read files; the map does not depend on it.
    on_file
        Called with (files done, files in all).
    on_stage
        Told what is being done after that.

    Raises
    ------
    DataError
        If a folder is missing, or there is too little in them that can be used.
    """
    with tempfile.TemporaryDirectory(prefix="explorer-index-") as scratch:
        out = Path(scratch) / "data"
        data = prepare(
            corpora,
            out,
            num_bars=trained.config.num_bars,
            music=trained.config.encoding,
            workers=workers,
            held_out=False,
            progress=on_file,
        )
        left_out = (out / "left_out.jsonl").read_bytes()
    found = len(data.split("train"))
    on_stage("choosing phrases")
    chosen = map_building.choose_phrases(
        data, min(num_phrases, MOST_PHRASES), np.random.default_rng([seed, 2])
    )
    phrases = map_building.phrases_of(data, chosen)
    num_tunes = len(data.tunes)
    del data, chosen  # the phrases are copies; nothing else of the files is needed
    stated = [LICENCE if name == NOT_STATED else name for name in phrases.licences]
    library = map_building.build(
        trained,
        replace(phrases, licences=tuple(stated)),
        seed=seed,
        keep_tokens=True,
        on_stage=on_stage,
    )
    return Indexed(
        library=library, num_tunes=num_tunes, num_phrases=found, left_out=left_out
    )
