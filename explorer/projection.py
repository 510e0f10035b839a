"""Maps of latent space: PCA with its inverse, and a finished t-SNE that takes guests.

Both are fitted offline and stored as plain arrays; showing a map needs numpy only.
Placing a *new* code on a finished t-SNE map needs openTSNE, loaded at the first such
request: the guest is drawn to its nearest codes and moved for some steps while every
stored dot stays where it is [1]_. How the stored codes draw each other does not
matter for that, so it is neither stored nor computed again.

References
----------
.. [1] Poličar, Stražar, Zupan (2024), openTSNE: A Modular Python Library for t-SNE
   Dimensionality Reduction and Embedding, JSS 109(3).
.. [2] Venna and Kaski (2006), Local multidimensional scaling (trustworthiness).
"""

import threading
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from jaxtyping import Float, Int
from numpy import ndarray

from explorer.latent import neighbours

NUM_COMPONENTS = 16  # stored; a map shows the first two
PERPLEXITIES: Final = {"tsne": 30.0, "tsne_near": 8.0, "tsne_far": 120.0}  # by map
MAPS: Final = ("pca", *PERPLEXITIES)
MANY: Final = 20_000  # codes; with more, t-SNE finds their neighbours nearly exactly
JUDGED: Final = 5_000  # codes among which a map of more is judged
GUEST_PERPLEXITY = 5.0  # of a code placed on it: it looks at fewer neighbours
GUEST_STEPS = 250
NUM_NEAR = 15  # neighbours that count as "near" when a map is judged


@dataclass(frozen=True, kw_only=True)
class PCA:
    """Linear map on the directions in which codes differ most."""

    mean: Float[ndarray, " z_size"]
    components: Float[ndarray, "components z_size"]  # orthonormal rows
    explained_variance_ratio: Float[ndarray, " components"]
    scale: float  # standard deviation along the first; coordinates are divided by it

    def transform(
        self, z: Float[ndarray, "n z_size"]
    ) -> Float[ndarray, "n components"]:
        """Coordinates of codes; about 1 in size along the first."""
        coordinates = (z - self.mean) @ self.components.T / self.scale
        return coordinates.astype(np.float32)

    def inverse(
        self, coordinates: Float[ndarray, "n some"]
    ) -> Float[ndarray, "n z_size"]:
        """Codes at coordinates, given for the first one or more components.

        The components not given are 0, their mean over real phrases.
        """
        rows = self.components[: coordinates.shape[1]]
        codes = (coordinates * self.scale) @ rows + self.mean
        return codes.astype(np.float32)


def fit_pca(
    codes: Float[ndarray, "n z_size"], num_components: int = NUM_COMPONENTS
) -> PCA:
    """The PCA of codes; each component points to where its largest entry is positive.

    Raises
    ------
    ValueError
        If there are fewer codes than components.
    """
    from sklearn.decomposition import PCA as FullPCA  # noqa: N811

    num_components = min(num_components, codes.shape[1])
    if len(codes) <= num_components:
        raise ValueError(
            f"{len(codes)} codes are too few for {num_components} components"
        )
    fitted = FullPCA(n_components=num_components, svd_solver="full").fit(
        codes.astype(np.float64)
    )
    components = fitted.components_
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(num_components), largest])
    return PCA(
        mean=fitted.mean_.astype(np.float32),
        components=(components * signs[:, None]).astype(np.float32),
        explained_variance_ratio=fitted.explained_variance_ratio_.astype(np.float32),
        scale=float(np.float32(np.sqrt(fitted.explained_variance_[0]))),
    )


def fit_tsne(
    codes: Float[ndarray, "n z_size"], *, seed: int, perplexity: float = 30.0
) -> Float[ndarray, "n 2"]:
    """Positions of codes on a t-SNE map; the same for the same seed and machine.

    Starts from PCA, so that the large shape means something. The map is centred.

    Parameters
    ----------
    codes
        Codes of the phrases. The nearest of each are found exactly up to `MANY`
        codes, beyond that by random trees.
    seed
        Of the few draws there are.
    perplexity
        About how many neighbours each code looks at; fewer where there are few codes.
    """
    from openTSNE import TSNE

    many = len(codes) > MANY
    fitted = TSNE(
        perplexity=min(perplexity, (len(codes) - 1) / 3),
        initialization="pca",
        neighbors="annoy" if many else "exact",
        negative_gradient_method="fft" if many else "bh",
        random_state=seed,
        n_jobs=1,
    ).fit(codes.astype(np.float64))
    positions = np.asarray(fitted)
    middle = (positions.max(axis=0) + positions.min(axis=0)) / 2
    return (positions - middle).astype(np.float32)


def perplexities(num_codes: int) -> dict[str, float]:
    """The neighbour maps that are drawn of so many codes, with their perplexities.

    Of more than `MANY` codes only the middle one: each takes minutes.
    """
    if num_codes <= MANY:
        return PERPLEXITIES
    return {"tsne": PERPLEXITIES["tsne"]}


def toward(
    points: Float[ndarray, "n 2"],
    start: Float[ndarray, " 2"],
    direction: tuple[int, int],
    rows: Int[ndarray, " rows"],
) -> int | None:
    """The nearest of some dots that lies more in a direction than beside it.

    Parameters
    ----------
    points
        Places of all dots.
    start
        Place to go from.
    direction
        (1, 0) is to greater x, (0, 1) to greater y.
    rows
        The dots that may be gone to; the one at `start` is not one of them.

    Returns
    -------
    Its row; None if no dot lies there.
    """
    size = np.maximum(np.ptp(points, axis=0), 1e-9)  # a map is drawn as a square
    offset = (points[rows] - start) / size
    ahead = offset @ np.array(direction, np.float64)
    beside = np.abs(offset @ np.array(direction[::-1], np.float64))
    candidates = np.nonzero((ahead > 0) & (ahead >= beside))[0]
    if not len(candidates):
        return None
    distances = np.square(offset[candidates]).sum(axis=1)
    return int(rows[candidates[distances.argmin()]])


class TSNEMap:
    """A finished t-SNE map on which new codes are placed; safe to share by threads."""

    def __init__(
        self, codes: Float[ndarray, "n z_size"], positions: Float[ndarray, "n 2"]
    ) -> None:
        self.codes, self.positions = codes, positions
        self._dots: Any = None
        self._lock = threading.Lock()

    def place(self, z: Float[ndarray, "queries z_size"]) -> Float[ndarray, "queries 2"]:
        """Where codes belong among the dots; each is placed as if it came alone."""
        with self._lock:
            if self._dots is None:
                self._dots = self._as_embedding()
            rows = [self._place_one(row[None].astype(np.float64)) for row in z]
        return np.concatenate([np.empty((0, 2)), *rows]).astype(np.float32)

    def _place_one(self, z: Float[ndarray, "1 z_size"]) -> Float[ndarray, "1 2"]:
        # It starts on the nearest dot: the mean or median of many neighbours, which
        # openTSNE starts from, often lies on an island between theirs. And not by
        # `transform`, which would also shift the finished map.
        from openTSNE import PartialTSNEEmbedding, affinity

        perplexity = min(GUEST_PERPLEXITY, (len(self.codes) - 1) / 3)
        near = neighbours(self.codes, z, min(int(3 * perplexity), len(self.codes)))
        distances = np.linalg.norm(self.codes[near[0]] - z, axis=1)[None]
        pull = affinity.joint_probabilities_nn(
            near,
            distances,
            [perplexity],
            symmetrize=False,
            normalization="point-wise",
            n_reference_samples=len(self.codes),
        )
        guest = PartialTSNEEmbedding(
            self.positions[near[:, 0]].astype(np.float64),
            self._dots,
            P=pull,
            **self._dots.gradient_descent_params,
        )
        guest.optimize(
            n_iter=GUEST_STEPS,
            learning_rate=1.0,
            exaggeration=1.5,
            momentum=0.8,
            max_grad_norm=0.25,
            inplace=True,
        )
        return np.array(guest)

    def _as_embedding(self) -> Any:  # noqa: ANN401  (openTSNE has no types)
        """The dots as openTSNE's object; nothing draws them, for they stay."""
        from openTSNE import TSNEEmbedding, affinity
        from scipy.sparse import csr_matrix

        num = len(self.codes)
        return TSNEEmbedding(
            self.positions.astype(np.float64),
            affinity.PrecomputedAffinities(csr_matrix((num, num)), normalize=False),
            negative_gradient_method="fft",
            n_jobs=1,
            random_state=0,
        )


@dataclass(frozen=True, kw_only=True)
class MapTrust:
    """How far a map can be believed, on neighbourhoods of `num_near` phrases."""

    num_near: int
    trustworthiness: float  # in [0, 1]: near on the map means near in truth [2]_
    neighbours_kept: float  # share of true neighbours that are near on the map


def map_trust(
    codes: Float[ndarray, "n z_size"],
    positions: Float[ndarray, "n 2"],
    num_near: int = NUM_NEAR,
) -> MapTrust:
    """Trustworthiness and neighbours kept of a map of `codes`.

    Of more than `JUDGED` codes as many are judged, evenly chosen, among each other:
    all pairs of them are compared.

    Raises
    ------
    ValueError
        If there are not more than twice `num_near` codes.
    """
    from sklearn.manifold import trustworthiness

    if len(codes) <= 2 * num_near:
        raise ValueError(
            f"{len(codes)} codes are too few to judge {num_near} neighbours; "
            f"give more than {2 * num_near}"
        )
    if len(codes) > JUDGED:
        chosen = np.linspace(0, len(codes) - 1, JUDGED).astype(int)
        codes, positions = codes[chosen], positions[chosen]
    true = neighbours(codes, codes, num_near + 1)
    shown = neighbours(positions, positions, num_near + 1)
    kept = [
        len((set(a) & set(b)) - {row}) / num_near
        for row, (a, b) in enumerate(zip(true.tolist(), shown.tolist(), strict=True))
    ]
    trust = trustworthiness(
        codes.astype(np.float64), positions.astype(np.float64), n_neighbors=num_near
    )
    return MapTrust(
        num_near=num_near,
        trustworthiness=float(trust),
        neighbours_kept=float(np.mean(kept)),
    )
