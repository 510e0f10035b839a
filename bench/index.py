"""Index a folder of music: seconds for every 1,000 phrases, and the most memory.

Reading is from files to phrases, encoding finds the codes and plays them back, placing
draws the maps and judges them. Each takes minutes, so each is done once.
"""

import itertools
import resource
import time
from pathlib import Path

from bench.timing import arguments, report
from explorer import checkpoint, indexing
from explorer.commands.tunes import checkpoint_folder

PARTS = {"finding": "encoding", "playing": "encoding"}  # by a stage's first word
MEGABYTE = 1024  # ru_maxrss counts kilobytes


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], runs=1)
    parser.add_argument("folders", type=Path, nargs="+", help="folders of music")
    parser.add_argument("--checkpoint", default="mel_2bar")
    parser.add_argument("--phrases", type=int, nargs="+", default=[5000, 20_000])
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    trained = checkpoint.load(checkpoint_folder(options.checkpoint))
    sizes = {}
    for num in options.phrases:
        marks = [("reading", time.perf_counter())]

        def mark(stage: str, marks: list[tuple[str, float]] = marks) -> None:
            part = PARTS.get(stage.partition(" ")[0], "placing")
            if stage.startswith("choosing"):
                part = "reading"
            marks.append((part, time.perf_counter()))

        made = indexing.index(
            options.folders,
            trained,
            num_phrases=num,
            workers=options.workers,
            on_stage=mark,
        )
        marks.append(("", time.perf_counter()))
        seconds = dict.fromkeys(("reading", "encoding", "placing"), 0.0)
        for (part, start), (_, end) in itertools.pairwise(marks):
            seconds[part] += end - start
        size = len(made.library)
        per = {"reading": made.num_phrases, "encoding": size, "placing": size}
        sizes[f"phrases_{size}"] = {
            "num_phrases_read": made.num_phrases,
            "seconds": round(sum(seconds.values()), 1),
            **{
                f"{part}_s_per_1000": round(1000 * taken / per[part], 2)
                for part, taken in seconds.items()
            },
            "peak_mb_so_far": round(
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
            ),
        }
    report("index", checkpoint=options.checkpoint, **sizes)


if __name__ == "__main__":
    main()
