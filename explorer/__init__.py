"""MusicVAE latent explorer: train, explore and play a recurrent VAE of music."""

__version__ = "0.1.0"
