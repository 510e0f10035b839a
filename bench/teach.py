"""Which estimator teaches a slider best from a few marks.

Simulated teachers mark phrases of a checkpoint's map: liked are phrases with much of
an attribute (top third), disliked ones with little (bottom third), and one mark in ten
is wrong. Printed, by estimator and number of marks of each kind: how often unmarked
phrases of the two thirds fall on the right side, and how often moving other phrases
along the direction moves the attribute of what is written the wanted way, of those
that change.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression

from explorer import trained_model
from explorer.attributes import attributes_of, measure
from explorer.trained_model import TrainedModel

WRONG = 0.1  # share of marks
Estimator = Callable[[np.ndarray, np.ndarray], np.ndarray]


def estimators(mu: np.ndarray) -> dict[str, Estimator]:
    """Ways to a direction (any length) from codes and whether they are liked."""

    def mean_difference(codes: np.ndarray, liked: np.ndarray) -> np.ndarray:
        return codes[liked].mean(axis=0) - codes[~liked].mean(axis=0)

    def whitened(shrinkage: float) -> Estimator:
        covariance = np.cov(mu.T)
        mean = np.trace(covariance) / len(covariance)
        shrunk = (1 - shrinkage) * covariance + shrinkage * mean * np.eye(len(mu.T))
        inverse = np.linalg.inv(shrunk)
        return lambda codes, liked: inverse @ mean_difference(codes, liked)

    def lda(codes: np.ndarray, liked: np.ndarray) -> np.ndarray:
        fitted = LinearDiscriminantAnalysis(
            solver="lsqr", covariance_estimator=LedoitWolf()
        ).fit(codes, liked)
        return fitted.coef_[0]

    def logistic(codes: np.ndarray, liked: np.ndarray) -> np.ndarray:
        scale = mu.std()
        return LogisticRegression(C=0.1).fit(codes / scale, liked).coef_[0]

    def coloured(power: float) -> Estimator:
        variances, axes = np.linalg.eigh(np.cov(mu.T))
        weights = (axes * np.maximum(variances, 0) ** power) @ axes.T
        return lambda codes, liked: weights @ mean_difference(codes, liked)

    def leading(count: int) -> Estimator:
        axes = np.linalg.eigh(np.cov(mu.T))[1][:, -count:]
        return lambda codes, liked: axes @ (axes.T @ mean_difference(codes, liked))

    return {
        "mean difference": mean_difference,
        "mean difference, times standard deviations": coloured(0.5),
        "mean difference, times variances": coloured(1),
        "mean difference, 16 principal components": leading(16),
        "Fisher, covariance of all, half shrunk": whitened(0.5),
        "Fisher, covariance of the marks (Ledoit-Wolf)": lda,
        "logistic regression": logistic,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoints", nargs="+", type=Path)
    parser.add_argument("--teachers", type=int, default=8, help="of each attribute")
    parser.add_argument("--marks", type=int, nargs="+", default=[5, 10, 20])
    parser.add_argument("--moved", type=int, default=24, help="phrases to move")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rows = []
    for path in options.checkpoints:
        model = trained_model.load(path)
        rows += compare(model, options)
    print(json.dumps(rows, indent=1))


def compare(
    model: TrainedModel, options: argparse.Namespace
) -> list[dict[str, object]]:
    """Mean figures of each estimator and number of marks."""
    library = model.library
    mu = library.mu.astype(np.float64)
    names = list(attributes_of(model.encoding))
    found = []
    for how, estimate in estimators(mu).items():
        for count in options.marks:
            generator = np.random.default_rng(options.seed)
            right, obeyed = [], []
            for column in range(len(names)):
                order = np.argsort(library.attributes[:, column], kind="stable")
                third = len(order) // 3
                for _ in range(options.teachers):
                    low = generator.permutation(order[:third])
                    high = generator.permutation(order[-third:])
                    marked = np.concatenate([high[:count], low[:count]])
                    liked = np.arange(2 * count) < count
                    liked = liked ^ (generator.random(2 * count) < WRONG)
                    if liked.all() or not liked.any():
                        continue
                    along = estimate(mu[marked], liked)
                    along = along / max(np.linalg.norm(along), 1e-12)
                    own = mu[marked] @ along
                    edge = (own[liked].mean() + own[~liked].mean()) / 2
                    up, down = mu[high[count:]] @ along, mu[low[count:]] @ along
                    right.append(((up > edge).mean() + (down < edge).mean()) / 2)
                    length = own[liked].mean() - own[~liked].mean()
                    obeyed += moves(
                        model, column, along * length, generator, options.moved
                    )
            found.append(
                {
                    "checkpoint": model.name,
                    "estimator": how,
                    "marks_of_each_kind": count,
                    "right_side": round(float(np.mean(right)), 3),
                    "moves_the_wanted_way": round(float(np.mean(obeyed)), 3),
                    "changed": len(obeyed),
                }
            )
            print(found[-1], flush=True)
    return found


def moves(
    model: TrainedModel,
    column: int,
    vector: np.ndarray,
    generator: np.random.Generator,
    count: int,
) -> list[bool]:
    """Whether each of some phrases that change at all changes the wanted way."""
    rows = generator.choice(len(model.library), count, replace=False)
    codes = model.library.mu[rows].astype(np.float32)
    both = np.concatenate([codes + vector, codes - vector]).astype(np.float32)
    tokens = np.stack([tune.tokens for tune in model.decode(both)])
    values = measure(tokens, model.encoding)[:, column]
    change = values[:count] - values[count:]
    return [bool(each > 0) for each in change[change != 0]]


if __name__ == "__main__":
    main()
