"""What a map costs while it is shown: neighbours, places, names, and its figure.

    python -m bench.map [--runs 5] [--checkpoint mel_2bar]

Each size is the checkpoint's own map or copies of it with a little noise, as many as
asked for. "cold" is the first code placed on a neighbour map by a process that has
loaded openTSNE; loading it is measured apart, once.
"""

import dataclasses
import time
from pathlib import Path

import numpy as np

from bench.timing import alternate, arguments, report
from explorer import charts, map_chart, trained_model
from explorer.library import Library
from explorer.projection import TSNEMap
from explorer.regions import Facts, Regions, density

ROOT = Path(__file__).parents[1]
SIZES = (5_000, 100_000)


def resized(library: Library, num: int) -> Library:
    """The first phrases of a map, or copies of all of them a little beside."""
    generator = np.random.default_rng(0)
    rows = np.arange(num) % len(library)
    noise = 0.01 if num > len(library) else 0.0
    mu = library.mu[rows]
    mu = mu + noise * generator.standard_normal(mu.shape).astype(np.float32)

    def beside(positions: np.ndarray) -> np.ndarray:
        offset = generator.standard_normal((num, 2)) * np.ptp(positions, axis=0)
        moved: np.ndarray = (positions[rows] + noise * offset).astype(np.float32)
        return moved

    return dataclasses.replace(
        library,
        mu=mu,
        positions={name: beside(library.positions[name]) for name in ("pca", "tsne")},
        attributes=library.attributes[rows],
        accuracy=None,
        certainty=None,
        titles=tuple(library.titles[row] for row in rows),
        sources=tuple(library.sources[row] for row in rows),
        licences=tuple(library.licences[row] for row in rows),
        bars=tuple(library.bars[row] for row in rows),
        keys=tuple(library.keys[row] for row in rows),
        splits=tuple(library.splits[row] for row in rows),
    )


def measure(library: Library, z: np.ndarray, runs: int) -> dict[str, object]:
    """Everything that a click or a new tune asks of a map, in turns."""
    tsne, dots = library.positions["tsne"], library.positions["pca"]
    facts = Facts(
        attributes=library.attributes,
        titles=library.titles,
        keys=library.keys,
        sources=library.sources,
    )
    warm = TSNEMap(library.mu, tsne)

    def figure() -> None:
        map_chart.tune_map(
            dots,
            library.titles,
            colours=library.attributes[:, 0],
            selected=3,
            palette=charts.DARK,
        ).to_json()

    return dict(
        alternate(
            {
                "neighbours": lambda: library.neighbours(z[0], 9),
                "place_pca": lambda: library.place(z, "pca"),
                "place_tsne_cold": lambda: TSNEMap(library.mu, tsne).place(z),
                "place_tsne": lambda: warm.place(z),
                "density": lambda: density(dots),
                "names": lambda: Regions(dots, facts).named(12, None),
                "figure": figure,
            },
            runs,
        )
    )


def main() -> None:
    """Measure at each size, on one thread."""
    parser = arguments(__doc__.splitlines()[0], runs=5)
    parser.add_argument("--checkpoint", default="mel_2bar")
    options = parser.parse_args()
    model = trained_model.load(ROOT / "checkpoints" / options.checkpoint)
    z = model.sample(1, seed=0)
    start = time.perf_counter()
    import openTSNE  # noqa: F401  (timed)

    loading = round(1000 * (time.perf_counter() - start))
    report(
        "map",
        checkpoint=model.name,
        loading_opentsne_ms=loading,
        **{
            f"phrases_{num}": measure(resized(model.library, num), z, options.runs)
            for num in SIZES
        },
    )


if __name__ == "__main__":
    main()
