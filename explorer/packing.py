"""Tunes and codes as short text that fits into the address of a page, and back.

**Conventions.** Packed text is base64url without padding, of a zlib stream, whose
checksum tells a damaged text from a whole one. Inside stand the tempo as a float64,
the number of bytes of the title, the title as UTF-8, and a body:

- of a *tune*, whole numbers in groups of seven bits, low ones first, the eighth bit
  set if another group follows: steps, notes, then one column after the other of how
  long after the note before each starts, duration, pitch, velocity, program,
  instrument and whether it is a drum;
- of a *code*, one byte with the bits a number takes, then every number in units of
  `UNIT`, zigzagged (0, -1, 1, -2, … are 0, 1, 2, 3, …), high bits first. A code
  that is not made of whole units has the byte `FLOATS` and float32 instead.

Packed text comes from strangers: whatever it is, reading it takes little memory and
ends in a value or in `ValueError`.
"""

import base64
import math
import re
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import UInt8
from numpy import ndarray

from explorer import caps
from explorer.notes import Note, NoteSequence, sequence

UNIT: Final = 1e-4  # codes of the app are rounded to four decimals
FLOATS: Final = 0
MOST_BITS: Final = 20  # of a number in units; ±52 is beyond every code
MOST_TITLE: Final = 80  # characters
MOST_NOTES: Final = 4096
MOST_STEPS: Final = 4096
MOST_NUMBERS: Final = 4096  # of a code
MOST_BYTES: Final = 65_536  # unpacked

_TEXT: Final = re.compile(r"[A-Za-z0-9_-]+")
_HEAD: Final = struct.Struct("<dH")
_UNITS: Final = round(1 / UNIT)
_COLUMNS: Final = 7
_GROUP: Final = 7  # bits
_MOST_GROUPS: Final = 4


@dataclass(frozen=True, kw_only=True)
class PackedCode:
    """A code and what the tune it stands for is called."""

    title: str
    qpm: float  # quarter notes per minute
    z: tuple[float, ...]


def pack_tune(tune: NoteSequence) -> str:
    """Text from which `unpack_tune` makes the same tune, its notes in order."""
    notes = sorted(tune.notes, key=lambda note: (note.start_step, -note.pitch))
    starts = [note.start_step for note in notes]
    columns = [
        [start - before for before, start in zip([0, *starts], starts, strict=False)],
        [note.end_step - note.start_step for note in notes],
        [note.pitch for note in notes],
        [note.velocity for note in notes],
        [note.program for note in notes],
        [note.instrument for note in notes],
        [int(note.is_drum) for note in notes],
    ]
    numbers = [tune.total_steps, len(notes), *(n for column in columns for n in column)]
    return _pack(tune.qpm, tune.title, _grouped(numbers))


def unpack_tune(text: str) -> NoteSequence:
    """The tune of a packed text.

    Raises
    ------
    ValueError
        If the text is damaged, or a number is out of its range.
    """
    qpm, title, body = _unpack(text)
    numbers = _ungrouped(body)
    if len(numbers) < 2:
        raise ValueError("it breaks off before its notes")
    total_steps, num_notes, *numbers = numbers
    if not 1 <= total_steps <= MOST_STEPS or num_notes > MOST_NOTES:
        raise ValueError(f"{num_notes} notes in {total_steps} steps")
    if len(numbers) != _COLUMNS * num_notes:
        raise ValueError(f"{len(numbers)} numbers for {num_notes} notes")
    rows = np.array(numbers, np.int64).reshape(_COLUMNS, num_notes)
    rows[0] = np.cumsum(rows[0])
    notes = [
        Note(
            pitch=pitch,
            start_step=start,
            end_step=start + duration,
            velocity=velocity,
            program=program,
            instrument=instrument,
            is_drum=bool(is_drum),
        )
        for start, duration, pitch, velocity, program, instrument, is_drum in (
            rows.T.tolist()
        )
    ]
    return sequence(notes, total_steps=total_steps, qpm=qpm, title=title)


def pack_code(z: tuple[float, ...], *, title: str, qpm: float) -> str:
    """Text from which `unpack_code` makes the same code.

    Numbers that are no whole units are kept as float32, which is what models read.
    """
    units = [round(value * _UNITS) for value in z]
    zigzag = [2 * unit if unit >= 0 else -2 * unit - 1 for unit in units]
    bits = max(1, max(zigzag, default=0).bit_length())
    is_whole = all(u / _UNITS == value for u, value in zip(units, z, strict=True))
    if not is_whole or bits > MOST_BITS:
        body = bytes([FLOATS]) + np.array(z, "<f4").tobytes()
    else:
        shifts = np.arange(bits)[::-1]
        planes = (np.array(zigzag, np.int64)[:, None] >> shifts & 1).astype(np.uint8)
        body = bytes([bits]) + np.packbits(planes).tobytes()
    return _pack(qpm, title, body)


def unpack_code(text: str, z_size: int) -> PackedCode:
    """The code of a packed text, for a model with `z_size` numbers in one.

    Raises
    ------
    ValueError
        If the text is damaged, or the code is of another size or not finite.
    """
    qpm, title, body = _unpack(text)
    bits, numbers = body[0] if body else FLOATS, np.frombuffer(body[1:], np.uint8)
    wanted = 4 * z_size if bits == FLOATS else -(-z_size * bits // 8)
    if bits > MOST_BITS or z_size > MOST_NUMBERS or len(numbers) != wanted:
        raise ValueError(f"{len(numbers)} bytes for {z_size} numbers of {bits} bits")
    if bits == FLOATS:
        z = tuple(float(value) for value in numbers.view("<f4"))
    else:
        z = _in_units(numbers, z_size, bits)
    if not all(map(math.isfinite, z)):
        raise ValueError("a code with values that are not numbers")
    return PackedCode(title=title, qpm=qpm, z=z)


def _in_units(
    numbers: UInt8[ndarray, " bytes"], z_size: int, bits: int
) -> tuple[float, ...]:
    planes = np.unpackbits(numbers, count=z_size * bits).reshape(z_size, bits)
    zigzag = planes.astype(np.int64) @ (1 << np.arange(bits)[::-1])
    units = np.where(zigzag % 2, -(zigzag + 1) // 2, zigzag // 2)
    return tuple(unit / _UNITS for unit in units.tolist())


def _pack(qpm: float, title: str, body: bytes) -> str:
    name = title[:MOST_TITLE].encode("utf-8", "replace")
    content = zlib.compress(_HEAD.pack(qpm, len(name)) + name + body, 9)
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _unpack(text: str) -> tuple[float, str, bytes]:
    """(tempo, title, body) of a packed text."""
    content = _inflated(text)
    if len(content) < _HEAD.size:
        raise ValueError("it breaks off in its head")
    qpm, length = _HEAD.unpack_from(content)
    name, body = content[_HEAD.size :][:length], content[_HEAD.size + length :]
    title = name.decode()
    if not caps.MIN_QPM <= qpm <= caps.MAX_QPM:  # nor what is not a number
        raise ValueError(f"a tempo of {qpm}")
    if len(title) > MOST_TITLE:
        raise ValueError(f"a title of {len(title)} characters")
    return qpm, title, body


def _inflated(text: str) -> bytes:
    """What was packed, of at most `MOST_BYTES`."""
    if not _TEXT.fullmatch(text):
        raise ValueError("other characters than letters, digits, - and _")
    content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    reader = zlib.decompressobj()
    try:
        found = reader.decompress(content, MOST_BYTES)
    except zlib.error as error:
        raise ValueError("no zlib stream") from error
    if not reader.eof or reader.unused_data:
        raise ValueError(f"not one whole stream of at most {MOST_BYTES} bytes")
    return found


def _grouped(numbers: Iterable[int]) -> bytes:
    """Whole numbers from 0 on, seven bits a byte."""
    content = bytearray()
    for number in numbers:
        rest = number
        while rest >> _GROUP:
            content.append(rest & 0x7F | 0x80)
            rest >>= _GROUP
        content.append(rest)
    return bytes(content)


def _ungrouped(content: bytes) -> list[int]:
    """The inverse of `_grouped`."""
    numbers, number, groups = [], 0, 0
    for byte in content:
        number |= (byte & 0x7F) << _GROUP * groups
        groups += 1
        if byte < 0x80:
            numbers.append(number)
            number = groups = 0
        elif groups == _MOST_GROUPS:
            raise ValueError(f"a number of more than {_MOST_GROUPS} bytes")
    if groups:
        raise ValueError("a number breaks off")
    return numbers
