"""What a model card says of each kind of music: melodies, drum beats, trios."""

from dataclasses import dataclass
from typing import Final

from explorer.encodings import EncodingName

_PITCHED: Final = "nothing new, note off, and piano keys 21 to 108"
_DRUMS: Final = "kick, snare, closed and open hi-hat, three toms, crash, ride"
_GRID: Final = (
    "4/4 only (2/2 and paired 2/4 bars count), on a grid of sixteenths: no "
    "triplets, no swing, no ornaments"
)


@dataclass(frozen=True, kw_only=True)
class CardWords:
    """Words of one kind of music."""

    music: str  # what a phrase is, after "bars of"
    many: str  # the same, of several
    steps: str  # what a sixteenth is, after the number of them
    limits: tuple[str, ...]  # of what is read
    scores: str  # how to read the accuracy
    differences: str  # what is compared by Jensen-Shannon divergence
    least_in_window: str  # of two bars that are looked for in the training tunes


WORDS: Final[dict[EncodingName, CardWords]] = {
    "melody": CardWords(
        music="a one-voice melody",
        many="short melodies",
        steps=f"events of 90 classes: {_PITCHED}",
        limits=(
            _GRID,
            "One voice, no loudness, no chords; of notes that start together only the "
            "highest is read",
        ),
        scores="Accuracy is the share of sixteenths with the right event. Most are "
        "\u201cnothing new\u201d, so read onset F1 and whole phrases too.",
        differences="pairs of intervals and of note distances",
        least_in_window="three notes or more",
    ),
    "drums": CardWords(
        music="a drum beat",
        many="drum beats",
        steps=f"sixteenths of 512 classes: every set of {_DRUMS}, none included",
        limits=(
            _GRID,
            "Nine drums, no loudness: every other sound of a kit counts as the nearest "
            "of the nine, ghost notes as full ones, and flams as one hit",
        ),
        scores="Accuracy is the share of sixteenths with the right drums, all of them "
        "and no other, silent ones included. Onset F1 asks the same of sixteenths with "
        "a hit alone, hit F1 asks it of each drum by itself.",
        differences="kicks and snares by their place in the bar",
        least_in_window="hits on three sixteenths or more",
    ),
    "trio": CardWords(
        music="a trio of melody, bass and drums",
        many="short pieces for melody, bass and drums",
        steps="sixteenths, each with an event of the melody and one of the bass, of 90 "
        f"classes ({_PITCHED}), and one of the drums, of 512 (every set of {_DRUMS})",
        limits=(
            _GRID,
            "A melody and a bass of one voice each, and nine drums; no loudness, no "
            "chords, and no instruments but the three that it plays on",
        ),
        scores="Accuracy is the share of right events, over all sixteenths and all "
        "three parts. Most are \u201cnothing new\u201d, so read onset F1 too. A bar or "
        "a phrase is exact only if its three parts are.",
        differences="pairs of intervals and of note distances of the melody, and kicks "
        "and snares by their place in the bar,",
        least_in_window="three notes and hits or more in all parts together",
    ),
}
