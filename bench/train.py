"""Training steps as the trainer takes them, float32 beside bf16 autocast."""

import dataclasses
from collections.abc import Callable
from itertools import count

import torch

from bench.timing import alternate, arguments, ceilings, report
from explorer.config import CONFIGS
from explorer.model import MusicVAE, initialise
from explorer.trainer import train_step


def stepper(preset: str, batch: int, *, bf16: bool) -> Callable[[], object]:
    """A model of its own and a function that trains it by one step."""
    config = CONFIGS[preset]
    teacher_forced = dataclasses.replace(
        config.train, sampling_schedule="constant", sampling_rate=0.0
    )
    generator = torch.Generator().manual_seed(0)
    shape = (batch, config.model.num_steps)
    tokens = torch.randint(
        config.model.depth, shape, generator=generator, dtype=torch.uint8
    )
    model = MusicVAE(config.model)
    initialise(model, "chrono", generator)
    trained = [weights for weights in model.parameters() if weights.requires_grad]
    optimizer = torch.optim.Adam(trained, fused=True)
    steps = count()
    return lambda: train_step(
        model, optimizer, tokens, next(steps), teacher_forced, generator, bf16=bf16
    )


def main() -> None:
    parser = arguments(__doc__, runs=5)
    parser.add_argument(
        "--preset", choices=sorted(CONFIGS), default="cat-mel_2bar_small"
    )
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    timings = alternate(
        {
            "float32": stepper(options.preset, options.batch, bf16=False),
            "bf16": stepper(options.preset, options.batch, bf16=True),
        },
        options.runs,
    )
    rates = {
        name: round(1000 * options.batch / timing.median_ms, 1)
        for name, timing in timings.items()
    }
    report(
        "train",
        preset=options.preset,
        batch=options.batch,
        ceilings=ceilings(),
        timings=timings,
        phrases_per_second=rates,
    )


if __name__ == "__main__":
    main()
