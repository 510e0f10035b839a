"""What adding and subtracting each attribute vector does to all attributes.

**Conventions.** A change is in percent of the attribute's mean before, of the means
over all codes: `change[i][j]` is what vector i did to attribute j. It is None where
the mean before is 0. Each vector is added and subtracted once, whole: from the bottom
quartile of training phrases to the top one.

References
----------
.. [1] Roberts et al. (2018), MusicVAE, arXiv:1803.05428, section 5, and its figure of
   attribute changes over 256 samples of the prior.
"""

from typing import Any, Final

import numpy as np
from jaxtyping import Float, Integer
from numpy import ndarray

from explorer.attributes import measure
from explorer.codes import Writer
from explorer.encodings import EncodingName
from explorer.latent import AttributeVectors

NUM_CODES: Final = 256  # the paper's


def attribute_changes(
    z: Float[ndarray, "n z_size"],
    written: Integer[ndarray, "n steps *parts"],
    vectors: AttributeVectors,
    write: Writer,
    encoding: EncodingName,
) -> dict[str, Any]:
    """Percent changes by vector and attribute, of `written`, the phrases of `z`."""
    before = measure(written, encoding).mean(axis=0)

    def changes(amount: float) -> list[list[float | None]]:
        rows = []
        for name in vectors.names:
            moved = write(vectors.move(z, {name: amount}))
            after = measure(moved, encoding).mean(axis=0)
            rows.append(percent_changes(before, after))
        return rows

    return {
        "num": len(z),
        "before": [round(float(value), 4) for value in before],
        "add": changes(1.0),
        "subtract": changes(-1.0),
    }


def percent_changes(
    before: Float[ndarray, " attributes"], after: Float[ndarray, " attributes"]
) -> list[float | None]:
    """From each value before to the one after, in percent of the first."""
    return [
        round(float(100 * (new - old) / old), 1) if old else None
        for old, new in zip(np.asarray(before), np.asarray(after), strict=True)
    ]
