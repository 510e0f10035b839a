"""Training steps, float32 beside bf16 autocast: forward, backward, Adam."""

import torch

from bench.timing import alternate, arguments, ceilings, report
from explorer.config import CONFIGS
from explorer.model import MusicVAE, initialise, negative_elbo, one_hot


def main() -> None:
    parser = arguments(__doc__, runs=5)
    parser.add_argument(
        "--preset", choices=sorted(CONFIGS), default="cat-mel_2bar_small"
    )
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    config = CONFIGS[options.preset].model
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(
        config.depth,
        (options.batch, config.num_steps),
        generator=generator,
        dtype=torch.uint8,
    )
    model = MusicVAE(config)
    initialise(model, "chrono", generator)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)

    def step(*, bf16: bool) -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            x = one_hot(tokens, config.depth)
            posterior = model.encode(x)
            logits = model.teacher_forced(x, posterior.sample(generator))
            terms = negative_elbo(logits, tokens, posterior, beta=0.01, free_bits=0)
        optimiser.zero_grad()
        terms.loss.backward()
        optimiser.step()

    timings = alternate(
        {"float32": lambda: step(bf16=False), "bf16": lambda: step(bf16=True)},
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
