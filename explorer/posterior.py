"""Whether the codes say anything, and where they lie: signs of posterior collapse.

**Conventions.** `mu` and `sigma` are of held-out phrases. A dimension *carries KL* if
its mean KL is above 0.01 nats; the rest are the prior, whatever the phrase. The
aggregate posterior is the mixture of all phrases' Gaussians; its divergence from the
prior N(0, I) is bounded from below by that of the Gaussian with the same mean and
covariance, which is what stands here. What is left of the mean KL bounds from above
what a code tells about *which* phrase it is of [1]_.

A model has *collapsed* if no dimension carries KL, or if its decoder writes as well
from the code of another phrase: accuracy, after true events, less than 0.01 worse.

References
----------
.. [1] Hoffman and Johnson (2016), ELBO surgery. NIPS Workshop on Advances in
   Approximate Bayesian Inference.
"""

import math
from typing import Any, Final

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from explorer.metrics import kl_bits_by_dimension

CARRYING_NATS: Final = 0.01
LEAST_USE: Final = 0.01  # of accuracy lost with another phrase's code


def posterior_figures(
    mu: Float[ndarray, "n z_size"],
    sigma: Float[ndarray, "n z_size"],
    *,
    own_accuracy: float,
    other_accuracy: float,
) -> dict[str, Any]:
    """Diagnostics of a model, as JSON values.

    Parameters
    ----------
    mu, sigma
        Posteriors of held-out phrases.
    own_accuracy, other_accuracy
        Teacher-forced, with each phrase's own code and with another's.
    """
    bits = kl_bits_by_dimension(mu, sigma)
    order = np.argsort(-bits, kind="stable")
    carrying = [int(i) for i in order if bits[i] * math.log(2) > CARRYING_NATS]
    aggregate = aggregate_kl_bits(mu, sigma)
    return {
        "carrying_nats": CARRYING_NATS,
        "num_carrying": len(carrying),
        "share_carrying": round(len(carrying) / len(bits), 4),
        "carrying_dimensions": carrying,
        "dimensions_for_90_percent": _num_for_share(bits[order], 0.9),
        "aggregate_kl_bits": round(aggregate, 3),
        "information_bits_at_most": round(float(bits.sum()) - aggregate, 3),
        "mean_norm_of_mu": round(float(np.linalg.norm(mu, axis=1).mean()), 3),
        "norm_of_prior": round(math.sqrt(mu.shape[1]), 3),
        "mean_sigma": round(float(sigma.mean()), 4),
        "accuracy_with_own_code": round(own_accuracy, 4),
        "accuracy_with_other_code": round(other_accuracy, 4),
        "collapsed": not carrying or own_accuracy - other_accuracy < LEAST_USE,
    }


def aggregate_kl_bits(
    mu: Float[ndarray, "n z_size"], sigma: Float[ndarray, "n z_size"]
) -> float:
    """KL from N(0, I) of the Gaussian with the aggregate posterior's moments, in bits.

    With few phrases a covariance varies more than it should, and so does this.
    """
    mean = mu.mean(axis=0, dtype=np.float64)
    centred = mu.astype(np.float64) - mean
    covariance = centred.T @ centred / len(mu)
    covariance += np.diag(np.square(sigma.astype(np.float64)).mean(axis=0))
    _, log_determinant = np.linalg.slogdet(covariance)
    trace = float(np.trace(covariance))
    nats = 0.5 * (trace + float(mean @ mean) - len(mean) - float(log_determinant))
    return nats / math.log(2)


def _num_for_share(ordered: Float[ndarray, " n"], share: float) -> int:
    """How many of the largest values make up this share of all."""
    return int(np.searchsorted(np.cumsum(ordered), share * ordered.sum()) + 1)
