"""What a training step minimises: the ELBO of events, or first that of bar codes.

A hierarchical model of many bars has two things to learn: how a bar is written, and
how a phrase is made of bars. Learnt together, each waits for the other. So a model of
single bars may be trained first and given to the long one (`start_from`); with the
objective `bar_codes` only the levels above the bar are then trained, to give back the
codes of the bars, at two fifths of the cost of an event step; the objective `events`
finishes the whole.
"""

import torch
from jaxtyping import Float, Integer
from torch import Generator, Tensor

from explorer.config import TrainConfig
from explorer.errors import DataError
from explorer.model import (
    LossTerms,
    MusicVAE,
    beta_at,
    encoder_input,
    likeliest,
    negative_elbo,
    sampling_probability_at,
)
from explorer.notes import STEPS_PER_BAR


def event_terms(
    model: MusicVAE,
    tokens: Integer[Tensor, "batch time *parts"],
    step: int,
    config: TrainConfig,
    generator: Generator,
) -> tuple[LossTerms, Float[Tensor, ""]]:
    """Negative ELBO of events, and the share of them that are the likeliest."""
    music = model.config.music
    posterior = model.encode(tokens)
    z = posterior.sample(generator)
    probability = sampling_probability_at(step, config)
    if probability > 0:
        logits = model.decode(
            z,
            temperature=1.0,
            generator=generator,
            truth=tokens,
            sampling_probability=probability,
        ).logits
    else:
        keep = None
        if config.word_dropout > 0:
            chance = torch.rand(tokens.shape, generator=generator, device=tokens.device)
            keep = chance >= config.word_dropout
        logits = model.teacher_forced(tokens, z, keep=keep)
    terms = negative_elbo(
        logits,
        tokens,
        posterior,
        music,
        beta=beta_at(step, config),
        free_bits=config.free_bits,
    )
    return terms, (likeliest(logits, music) == tokens).float().mean()


def bar_code_terms(
    model: MusicVAE,
    bar_model: MusicVAE,
    tokens: Integer[Tensor, "batch time *parts"],
    step: int,
    config: TrainConfig,
    generator: Generator,
) -> tuple[LossTerms, Float[Tensor, ""]]:
    """Negative ELBO of bar codes, and the share of what they say that is explained.

    The conductor's embedding of a bar is the mean of a Gaussian around the bar's code.
    Its variance in each dimension is the mean squared error itself (the optimal one,
    [1]_) plus the variance of the bar's own posterior, which the bar decoder has
    learnt not to mind; so no dimension drowns the others. The reconstruction is 0 when
    every code is met, and counts the nats lost.

    References
    ----------
    .. [1] Rybkin, Daniilidis and Levine (2021), Simple and effective VAE training with
       calibrated decoders, arXiv:2006.13202.
    """
    bar_lstm, conductor = model.encoder.bar_lstm, model.conductor
    if bar_lstm is None or conductor is None:
        raise ValueError("bar codes need a hierarchical encoder and decoder")
    bars = tokens.reshape(-1, STEPS_PER_BAR, *tokens.shape[2:])
    with torch.no_grad():
        read = encoder_input(bars, model.config.music)
        embeddings = bar_model.encoder.embed(read)
        target = bar_model.encoder.posterior(embeddings)
    posterior = model.encoder.read_bars(
        embeddings.reshape(len(tokens), -1, 2 * bar_lstm.hidden_size)
    )
    z = posterior.sample(generator)
    written = conductor(z).flatten(0, 1).float()
    noise = target.sigma.square().mean(dim=0)  # (z_size of a bar,)
    error = (written - target.mu).square().mean(dim=0) + noise
    spread = target.mu.var(dim=0, correction=0) + noise
    lost, sayable = (0.5 * (v / noise).log().sum() for v in (error, spread))
    reconstruction = model.config.num_bars * lost
    kl = posterior.kl_divergence().sum(dim=1).mean()
    beta = beta_at(step, config)
    terms = LossTerms(reconstruction + beta * kl, reconstruction, kl, beta)
    return terms, 1 - lost.detach() / sayable


def start_from(model: MusicVAE, source: MusicVAE) -> list[str]:
    """Copy every tensor of `source` that `model` has too, and return their names.

    Names and shapes must agree. A model of single bars gives its encoder to the bar
    encoder of a hierarchical one, and its decoder to the bottom decoder.

    Raises
    ------
    DataError
        If nothing of `source` fits.
    """
    weights = source.state_dict()
    if source.config.num_bars == 1 and model.encoder.bar_lstm is not None:
        weights = {
            name.replace("encoder.lstm.", "encoder.bar_lstm."): tensor
            for name, tensor in weights.items()
        }
    own = model.state_dict()
    fitting = {
        name: tensor
        for name, tensor in weights.items()
        if name in own and own[name].shape == tensor.shape
    }
    if not fitting:
        raise DataError(
            "Nothing of the model to start from has the sizes of this one. Start from "
            "a model of the same preset, or of its bars."
        )
    model.load_state_dict({**own, **fitting})
    return sorted(fitting)
