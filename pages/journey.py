"""Journey: stops in latent space, one after the other, as one piece of music."""

from explorer.ui import journey_bench

journey_bench.page()
