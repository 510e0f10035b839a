"""Encode phrases by batch size, beside the arithmetic the sizes ask for."""

import torch

from bench.phrases import random_tokens
from bench.timing import alternate, arguments, ceilings, report
from explorer.model import MusicVAE
from explorer.presets import CONFIGS


@torch.inference_mode()
def main() -> None:
    parser = arguments(__doc__.splitlines()[0], runs=15)
    parser.add_argument(
        "--preset", choices=sorted(CONFIGS), default="cat-mel_2bar_small"
    )
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 4, 32, 100])
    options = parser.parse_args()
    config = CONFIGS[options.preset].model
    model = MusicVAE(config).eval()
    recurrent = [
        weights[1].numel() for weights in model.encoder.lstm.all_weights
    ]  # both directions of every layer
    limits = ceilings()
    sizes = {}
    for batch in options.batch:
        tokens = random_tokens(config, batch)
        timing = alternate(
            {"encode": lambda tokens=tokens: model.encode(tokens)}, options.runs
        )
        floor_ms = (
            2 * sum(recurrent) * batch * config.num_steps / limits["fp32_gflops"] / 1e6
        )
        ours = timing["encode"].median_ms
        sizes[f"batch_{batch}"] = {
            **timing,
            "phrases_per_second": round(1000 * batch / ours, 1),
            "floor_ms": round(floor_ms, 3),
            "share_of_floor": round(floor_ms / ours, 3),
        }
    report("encode", preset=options.preset, ceilings=limits, **sizes)


if __name__ == "__main__":
    main()
