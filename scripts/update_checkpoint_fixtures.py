"""Write what the tests hold each committed checkpoint to.

`python -m scripts.update_checkpoint_fixtures DATA...` after a promotion: the first
events of a sample, and the phrases of one freely licensed source that the checkpoint
was measured on, so that its line in `metrics.json` can be measured again without the
corpus.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy import ndarray

from explorer import checkpoint, dataset, trained_model
from explorer.encodings import Encoding
from explorer.evaluate import held_out_phrases
from explorer.notes import STEPS_PER_BAR

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests/data"
GOLDEN = DATA / "golden_samples.json"
HELD_OUT_SOURCES = {
    "melody": "lieder-voice",  # CC0 1.0, OpenScore Lieder Corpus
    "drums": "freedoom",  # 3-clause BSD
    "trio": "freedoom",
}
NUM_EVENTS = 8


def first_events(folder: Path) -> list[int]:
    """The beginning of the tune that seed 0 draws."""
    model = trained_model.load(folder)
    (decoded,) = model.decode(model.sample(1, seed=0))
    return decoded.tokens[:NUM_EVENTS].tolist()


def held_out_file(data_sha256: str) -> Path:
    """Where the held-out phrases of prepared data are."""
    return DATA / f"held_out_{data_sha256[:12]}.json"


def write_held_out(folder: Path, data: dataset.Dataset) -> None:
    """The phrases of one source that the checkpoint's figures are of."""
    found = checkpoint.load(folder)
    facts = found.metrics["eval"]
    phrases = held_out_phrases(
        found.model,
        data,
        split=facts["split"],
        seed=facts["seed"],
        limit=facts["num_windows"],
    )
    source = HELD_OUT_SOURCES[data.encoding]
    index = [info.name for info in data.sources].index(source)
    rows = [row.tobytes().hex() for row in phrases.tokens[phrases.source == index]]
    values = {
        "source": source,
        "licence": data.sources[index].licence,
        "citation": data.sources[index].citation,
        "num_bars": data.num_bars,
        "tokens": rows,
    }
    held_out_file(data.sha256).write_text(json.dumps(values, indent=0) + "\n")


def read_held_out(data_sha256: str, music: Encoding) -> tuple[str, ndarray]:
    """(source, tokens) of a file of `write_held_out`; bytes are little-endian."""
    values = json.loads(held_out_file(data_sha256).read_text())
    shape = (-1, STEPS_PER_BAR * values["num_bars"], *music.part_shape)
    stored = b"".join(map(bytes.fromhex, values["tokens"]))
    return values["source"], np.frombuffer(stored, music.dtype).reshape(shape).copy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "data", type=Path, nargs="+", help="the prepared data of the checkpoints"
    )
    options = parser.parse_args()
    root = ROOT / "checkpoints"
    names = [name for name, problem in checkpoint.available(root) if problem is None]
    golden = {name: first_events(root / name) for name in names}
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n")
    for data in map(dataset.load, options.data):
        for name in names:
            if checkpoint.load(root / name).data["sha256"] == data.sha256:
                write_held_out(root / name, data)


if __name__ == "__main__":
    main()
