"""What people call each kind of music, on screen and on the command line."""

from dataclasses import dataclass
from typing import Final

from explorer.encodings import EncodingName


@dataclass(frozen=True, kw_only=True)
class Nouns:
    """What one kind of music is called."""

    one: str  # "tune"
    many: str
    note: str  # what it is made of, one of them


NOUNS: Final[dict[EncodingName, Nouns]] = {
    "melody": Nouns(one="tune", many="tunes", note="note"),
    "drums": Nouns(one="beat", many="beats", note="hit"),
    "trio": Nouns(one="song", many="songs", note="note"),
}
