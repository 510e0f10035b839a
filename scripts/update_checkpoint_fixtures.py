"""Write what the tests hold each committed checkpoint to.

`python -m scripts.update_checkpoint_fixtures DATA` after a promotion: the first events
of a sample, and the test phrases of one CC0 source of the prepared data, so that
its line in `metrics.json` can be measured again without the corpus.
"""

import argparse
import json
from pathlib import Path

from explorer import checkpoint, dataset, trained_model

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests/data"
GOLDEN = DATA / "golden_samples.json"
HELD_OUT_SOURCE = "lieder-voice"  # CC0 1.0, OpenScore Lieder Corpus
NUM_EVENTS = 8


def first_events(folder: Path) -> list[int]:
    """The beginning of the tune that seed 0 draws."""
    model = trained_model.load(folder)
    (decoded,) = model.decode(model.sample(1, seed=0))
    return decoded.melody[:NUM_EVENTS].tolist()


def held_out_file(data_sha256: str) -> Path:
    """Where the held-out phrases of prepared data are."""
    return DATA / f"held_out_{data_sha256[:12]}.json"


def write_held_out(data: dataset.Dataset) -> None:
    split = data.split("test")
    index = [source.name for source in data.sources].index(HELD_OUT_SOURCE)
    rows = [bytes(row).hex() for row in split.tokens[split.source == index]]
    values = {
        "source": HELD_OUT_SOURCE,
        "licence": data.sources[index].licence,
        "citation": data.sources[index].citation,
        "num_bars": data.num_bars,
        "tokens": rows,
    }
    held_out_file(data.sha256).write_text(json.dumps(values, indent=0) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the prepared data of a checkpoint")
    options = parser.parse_args()
    root = ROOT / "checkpoints"
    names = [name for name, problem in checkpoint.available(root) if problem is None]
    golden = {name: first_events(root / name) for name in names}
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n")
    write_held_out(dataset.load(options.data))


if __name__ == "__main__":
    main()
