"""How every benchmark measures: medians, spread and the machine's own ceilings.

**Conventions.** Times in milliseconds, rates in GFLOP/s and GB/s. A copy counts the
bytes read and the bytes written; a matrix-vector product counts the matrix, once.
Whatever is compared is alternated A B A B in one run, after a warm-up; figures from
different runs are not comparable. One thread, as the app serves.
"""

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch


@dataclass(frozen=True, kw_only=True)
class Timing:
    """What several runs of one thing took."""

    median_ms: float
    min_ms: float
    max_ms: float
    runs: int


def alternate(tasks: dict[str, Callable[[], object]], runs: int) -> dict[str, Timing]:
    """Time every task `runs` times, taking turns, after one warm-up each."""
    for task in tasks.values():
        task()
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(runs):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            taken[name].append(1000 * (time.perf_counter() - start))
    return {
        name: Timing(
            median_ms=round(statistics.median(ms), 3),
            min_ms=round(min(ms), 3),
            max_ms=round(max(ms), 3),
            runs=runs,
        )
        for name, ms in taken.items()
    }


def ceilings(runs: int = 7, *, memory_bytes: int = 256 * 2**20) -> dict[str, float]:
    """Rates of a 2048 x 2048 product, a memory copy and a matrix-vector product.

    The last two work on `memory_bytes`, so that a caller can ask for the cache or
    the memory its weights lie in.
    """
    size = 2048
    left, right = torch.rand(size, size), torch.rand(size, size)
    left_16, right_16 = left.bfloat16(), right.bfloat16()
    matrix = torch.rand(max(memory_bytes // 4 // size, 1), size)
    vector, target = torch.rand(size), torch.empty_like(matrix)
    tasks: dict[str, tuple[Callable[[], object], float]] = {
        "fp32_gflops": (lambda: left @ right, 2 * size**3),
        "bf16_gflops": (lambda: left_16 @ right_16, 2 * size**3),
        "copy_gb_s": (lambda: target.copy_(matrix), 8 * matrix.numel()),
        "read_gb_s": (lambda: matrix @ vector, 4 * matrix.numel()),
    }
    timings = alternate({name: task for name, (task, _) in tasks.items()}, runs)
    return {
        name: round(work / timings[name].median_ms / 1e6, 1)
        for name, (_, work) in tasks.items()
    }


def arguments(description: str, *, runs: int) -> argparse.ArgumentParser:
    """The options all benchmarks share; sets one thread."""
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--runs", type=int, default=runs, help="runs of each task")
    return parser


def report(name: str, **values: object) -> None:
    """Print one JSON object: what was measured, where, and how."""
    plain = {
        key: {k: asdict(v) if isinstance(v, Timing) else v for k, v in value.items()}
        if isinstance(value, dict)
        else value
        for key, value in values.items()
    }
    machine = {
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
    }
    print(json.dumps({"benchmark": name, "machine": machine, **plain}, indent=2))


if __name__ == "__main__":
    options = arguments("Only the ceilings of this machine.", runs=7).parse_args()
    report("ceilings", ceilings=ceilings(options.runs))
