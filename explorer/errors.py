"""Errors a caller can cause, each with a sentence fit for the screen.

Every message says what was found, what is accepted and what to do.

    ExplorerError
      ├ MidiError         file not readable, no notes, over a cap
      ├ ConversionError   a tune does not fit the model (length, range, meter)
      ├ CheckpointError   missing file, wrong version, shape or checksum mismatch
      ├ DataError         a prepared data folder or a corpus is missing or damaged
      ├ PictureError      no browser to draw figures with, or it failed
      ├ RecipeError       a recipe is damaged, newer, or of another model
      ├ SharedLinkError   a share link is damaged, newer, or names what is not here
      └ SynthError        libfluidsynth or the SoundFont is missing, or a render failed

`ValueError` stays for arguments that are wrong in themselves.
Catch all of them with `except ExplorerError`.
"""


class ExplorerError(Exception):
    """Base of every error this package raises on purpose."""


class MidiError(ExplorerError):
    """A music file cannot be read, has no notes, or exceeds a cap."""


class ConversionError(ExplorerError):
    """A tune does not fit what the model reads."""


class CheckpointError(ExplorerError):
    """A checkpoint folder is missing, damaged or not ours."""


class DataError(ExplorerError):
    """A corpus or a prepared data folder is missing, empty or damaged."""


class PictureError(ExplorerError):
    """Figures cannot be made into pictures on this computer."""


class RecipeError(ExplorerError):
    """A recipe is damaged, of a newer version, or of a model that is not here."""


class SharedLinkError(ExplorerError):
    """A share link is damaged, of a newer version, or names what is not here."""


class SliderError(ExplorerError):
    """A taught slider is damaged, lacks marks, or is of another model."""


class SynthError(ExplorerError):
    """Sound cannot be rendered on this computer."""
