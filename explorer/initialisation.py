"""The first weights of a network, as Magenta draws them or so that it learns sooner."""

from typing import Literal

import torch
from torch import Generator, Tensor, nn

from explorer.model import MusicVAE
from explorer.notes import STEPS_PER_BAR


@torch.no_grad()
def initialise(
    model: MusicVAE,
    scheme: Literal["magenta", "chrono"],
    generator: Generator,
) -> None:
    """Draw new weights.

    `magenta`: glorot-uniform kernels, forget bias 1, and N(0, 0.001) for mu, sigma
    and the layers that make initial states. `chrono`: orthogonal recurrent
    matrices and forget gates that start open for as long as a phrase lasts
    (forget bias log U[1, steps], input bias its negative [1]_), so that the first
    state can be read back at the last step from the beginning; sigma starts at
    softplus(-1).

    References
    ----------
    .. [1] Tallec and Ollivier (2018), Can recurrent neural networks warp time?,
       arXiv:1804.11188.
    """
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight, generator=generator)
            module.bias.zero_()
    config = model.config
    encoder, conductor = model.encoder, model.conductor
    segment_steps = STEPS_PER_BAR if conductor else config.num_steps
    lstms = [(core.lstm, segment_steps) for core in model.cores]
    if encoder.bar_lstm is not None:
        lstms += [(encoder.bar_lstm, STEPS_PER_BAR), (encoder.lstm, config.num_bars)]
    else:
        lstms += [(encoder.lstm, config.num_steps)]
    if conductor:
        lstms.append((conductor.lstm, config.num_bars))
    for lstm, span in lstms:
        for name, parameter in lstm.named_parameters():
            _initialise_lstm(name, parameter, scheme, span, generator)
    if scheme == "magenta":
        makers = [
            *(core.initial_state for core in model.cores),
            *([conductor.initial_state] if conductor else []),
        ]
        for dense in (encoder.mu, encoder.sigma, *(maker.dense for maker in makers)):
            nn.init.normal_(dense.weight, std=0.001, generator=generator)
    else:
        encoder.sigma.bias.fill_(-1.0)


def _initialise_lstm(
    name: str, parameter: Tensor, scheme: str, span: int, generator: Generator
) -> None:
    """One tensor of an LSTM; gates in torch's order i, f, g, o."""
    if name.startswith("bias_hh"):
        parameter.zero_()
        return
    i, f, _, _ = parameter.chunk(4, dim=0)
    if name.startswith("bias_ih"):
        parameter.zero_()
        if scheme == "magenta":
            f.fill_(1.0)
        else:
            f.uniform_(1, max(span, 2), generator=generator).log_()
            i.copy_(-f)
    elif name.startswith("weight_hh") and scheme == "chrono":
        for gate in parameter.chunk(4, dim=0):
            nn.init.orthogonal_(gate, generator=generator)
    else:
        nn.init.xavier_uniform_(parameter, generator=generator)
