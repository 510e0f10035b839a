"""Write what the tests hold each committed checkpoint to.

`python -m scripts.update_checkpoint_fixtures DATA...` after a promotion: the first
events of a sample, and the phrases of one CC0 source that the checkpoint was measured
on, so that its line in `metrics.json` can be measured again without the corpus.
"""

import argparse
import json
from pathlib import Path

from explorer import checkpoint, dataset, trained_model
from explorer.evaluate import held_out_phrases

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
    index = [source.name for source in data.sources].index(HELD_OUT_SOURCE)
    rows = [bytes(row).hex() for row in phrases.tokens[phrases.source == index]]
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
