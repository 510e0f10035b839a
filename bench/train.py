"""Training steps as the trainer takes them, float32 beside bf16 autocast.

The share of the matrix rate is the arithmetic of the matrix products of a step,
forward and backward, beside a 2048 x 2048 product of the same precision on the same
device. `--objective bar_codes` measures the stage that trains above the bars.
"""

import dataclasses
from collections.abc import Callable
from itertools import count

import torch

from bench.phrases import random_tokens
from bench.timing import alternate, arguments, report
from explorer.config import ModelConfig
from explorer.initialisation import initialise
from explorer.model import MusicVAE
from explorer.presets import CONFIGS
from explorer.speed import matrix_rate, training_work
from explorer.trainer import train_step


def stepper(preset: str, batch: int, device: torch.device, *, bf16: bool, bars: bool):
    """A model of its own and a function that trains it by one step."""
    config = CONFIGS[preset]
    settings = dataclasses.replace(
        config.train,
        sampling_schedule="constant",
        sampling_rate=0.0,
        objective="bar_codes" if bars else "events",
    )
    generator = torch.Generator(device).manual_seed(0)
    tokens = random_tokens(config.model, batch, device=device)
    model = MusicVAE(config.model)
    initialise(model, "chrono", torch.Generator().manual_seed(0))
    model.to(device)
    trained = [weights for weights in model.parameters() if weights.requires_grad]
    optimizer = torch.optim.Adam(trained, fused=True)
    bar_model = MusicVAE(bar_config(config.model)).to(device) if bars else None
    steps = count()

    def step() -> None:
        train_step(
            model,
            optimizer,
            tokens,
            next(steps),
            settings,
            generator,
            bf16=bf16,
            bar_model=bar_model,
        )
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    return model, step


def bar_config(config: ModelConfig) -> ModelConfig:
    """A model of the single bars that a hierarchical one is made of."""
    return ModelConfig(
        num_bars=1,
        enc_rnn_size=config.bar_enc_rnn_size,
        dec_rnn_size=config.dec_rnn_size,
        z_size=config.conductor_output_size or config.conductor_rnn_size[-1],
    )


def works(step: Callable[[], None]) -> bool:
    """Whether the processor has an LSTM of this precision."""
    try:
        step()
    except RuntimeError:
        return False
    return True


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], runs=5)
    parser.add_argument(
        "--preset", choices=sorted(CONFIGS), default="cat-mel_2bar_small"
    )
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument(
        "--objective", choices=("events", "bar_codes"), default="events"
    )
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device = torch.device(options.device)
    bars = options.objective == "bar_codes"
    steps, work = {}, 0.0
    for name, bf16 in (("float32", False), ("bf16", True)):
        model, step = stepper(
            options.preset, options.batch, device, bf16=bf16, bars=bars
        )
        work = training_work(model, options.objective)
        if works(step):
            steps[name] = step
    rates = {name: matrix_rate(device, bf16=name == "bf16") for name in steps}
    timings = alternate(steps, options.runs)
    found = {}
    for name, timing in timings.items():
        rate = 1000 * options.batch / timing.median_ms
        found[name] = {
            "phrases_per_second": round(rate, 1),
            "matrix_gflops": round(rates[name] / 1e9, 1),
            "share_of_matrix_rate": round(rate * work / rates[name], 3),
        }
    report(
        "train",
        preset=options.preset,
        objective=options.objective,
        device=options.device,
        batch=options.batch,
        gflop_per_phrase=round(work / 1e9, 3),
        timings=timings,
        rates=found,
    )


if __name__ == "__main__":
    main()
