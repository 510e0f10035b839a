"""Damaged, hostile and unusual MIDI files, each written by code.

`DAMAGED` maps a name to a function that makes the bytes; `UNUSUAL` to legal files
with the number of notes in them; `mutation(number)` is a file with random damage that
depends on nothing but its number.
"""

import random
import struct

END = b"\0\xff\x2f\0"


def vlq(value):
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))


def header(*, format_=1, num_tracks=1, division=480, length=6):
    return b"MThd" + struct.pack(">IHHH", length, format_, num_tracks, division)


def track(events, *, end=END, length=None):
    body = events + end
    return b"MTrk" + struct.pack(">I", len(body) if length is None else length) + body


def note(pitch=60, duration=480, *, delay=0, channel=0, velocity=80):
    on = bytes([0x90 | channel, pitch, velocity])
    return vlq(delay) + on + vlq(duration) + bytes([0x80 | channel, pitch, 0])


def meta(kind, payload, *, delay=0):
    return vlq(delay) + bytes([0xFF, kind]) + vlq(len(payload)) + payload


def tempo(mspq, *, delay=0):
    return meta(0x51, mspq.to_bytes(3, "big"), delay=delay)


def file(*tracks, **fields):
    return header(num_tracks=len(tracks), **fields) + b"".join(map(track, tracks))


TWO = note(60) + note(64)
GOOD = file(TWO)

DAMAGED = {
    # time and tempo
    "note 9.9 M ticks after the start": lambda: file(note(delay=9_900_000)),
    "2,000 tempos up to tick 9.8 M": lambda: file(
        b"".join(tempo(400_000 + n, delay=4_900) for n in range(2_000)) + TWO
    ),
    "20,000 tempos a tick apart": lambda: file(
        b"".join(tempo(500_000 + n % 7, delay=1) for n in range(20_000)) + TWO
    ),
    "200,000 tempos": lambda: file(tempo(500_000, delay=1) * 200_000 + TWO),
    "130,000 tempos below 1 MB": lambda: file(tempo(500_000, delay=1) * 130_000 + TWO),
    "tempo 0": lambda: file(tempo(0) + TWO),
    "slowest tempo": lambda: file(tempo(0xFFFFFF) + TWO),
    "division 0": lambda: file(TWO, division=0),
    "division 1": lambda: file(TWO, division=1),
    "SMPTE 25 x 40": lambda: file(TWO, division=0xE728),
    "SMPTE with no ticks": lambda: file(TWO, division=0xE700),
    "SMPTE 99 frames": lambda: file(TWO, division=0x9D28),
    "40 deltas of 2^28 - 1": lambda: file(note(duration=(1 << 28) - 1) * 40),
    "five years in 44 bytes": lambda: file(
        tempo(0xFFFFFF) + note(delay=9_900_000), division=1
    ),
    # meta events and text
    "meter 0/4": lambda: file(meta(0x58, b"\0\2\x18\x08") + TWO),
    "meter 4/2^255": lambda: file(meta(0x58, b"\4\xff\x18\x08") + TWO),
    "meter without content": lambda: file(meta(0x58, b"") + TWO),
    "tempo without content": lambda: file(meta(0x51, b"") + TWO),
    "18 sharps": lambda: file(meta(0x59, b"\x12\0") + TWO),
    "script in the name": lambda: file(meta(3, b"<script>alert(1)</script>") + TWO),
    "16 MB name": lambda: file(meta(3, b"x" * 16_000_000) + TWO),
    "half a MB of name": lambda: file(meta(3, b"x" * 500_000) + TWO),
    "control characters in the name": lambda: file(meta(3, b"a\0\x1b[31m\xff") + TWO),
    # lengths and structure
    "text that claims 256 MB": lambda: file(TWO + b"\0\xff\1\xff\xff\xff\x7f"),
    "meta length of 21 bytes": lambda: file(TWO + b"\0\xff\1" + b"\x80" * 20 + b"\1a"),
    "delta of 1,000,000 bytes": lambda: file(TWO + b"\x80" * 1_000_000 + note(72)),
    "SysEx that claims 256 MB": lambda: file(TWO + b"\0\xf0\xff\xff\xff\x7f"),
    "track of 4 GB": lambda: header() + track(TWO, length=0xFFFFFFFF),
    "header of 4 GB": lambda: header(length=0xFFFFFFFF) + track(TWO),
    "65,535 tracks promised": lambda: header(num_tracks=65_535) + track(TWO),
    "32,768 tracks promised": lambda: header(num_tracks=32_768) + track(TWO),
    "32,767 empty tracks": lambda: header(num_tracks=32_767) + track(b"") * 32_767,
    "track of no bytes": lambda: header() + track(b"", end=b""),
    "no tracks": lambda: header(num_tracks=0),
    "only an end of track": lambda: file(b""),
    "track length too small": lambda: header() + track(TWO, length=9) + track(TWO),
    "track length too large": lambda: header() + track(TWO, length=99) + track(TWO),
    "cut in the middle": lambda: file(TWO * 20, TWO * 20)[:-70],
    "header overwritten": lambda: b"XXXX" + GOOD[4:],
    "cut in the header": lambda: GOOD[:11],
    "unknown format": lambda: file(TWO, format_=9),
    # notes and status bytes
    "data without a status": lambda: file(b"\0\x3c\x40" + TWO),
    "running status over a meta": lambda: file(
        b"\0\x90\x3c\x40" + meta(1, b"a") + b"\x60\x3c\0"
    ),
    "running status over SysEx": lambda: file(
        b"\0\x90\x3c\x40\0\xf0\2\1\xf7\x60\x3c\0"
    ),
    "undefined status F4": lambda: file(b"\0\xf4" + TWO),
    "1,000,000 note events": lambda: file(
        b"\0\x90\x3c\x40" + b"\1\x3c\x40" * 1_000_000
    ),
    "300,000 open notes": lambda: file(b"\0\x90\x3c\x40" + b"\1\x3d\x40" * 300_000),
    "20,000 open notes, one end": lambda: file(
        b"\0\x90\x3c\x40" + b"\1\x3c\x40" * 20_000 + b"\1\x3c\0"
    ),
    "100,000 ons, then 100,000 offs": lambda: file(
        b"\0\x90\x3c\x40" + b"\1\x3c\x40" * 99_999 + b"\1\x3c\0" * 100_000
    ),
    "over 100,000 notes": lambda: file(
        b"\0\x90\x3c\x40\1\x3c\0" + b"\1\x3c\x40\1\x3c\0" * 110_000
    ),
    "pitch 255": lambda: file(b"\0\x90\xff\x40\x60\x80\xff\x40" + TWO),
    "300,000 program changes": lambda: file(b"\0\xc0\1" + b"\0\2" * 300_000 + TWO),
    "40,960 programs, channels, tracks": lambda: (
        header(num_tracks=20)
        + b"".join(
            track(
                b"".join(
                    b"\0" + bytes([0xC0 | c, p]) + note(60, 10, channel=c)
                    for c in range(16)
                    for p in range(128)
                )
            )
            for _ in range(20)
        )
    ),
    # not MIDI at all
    "nothing": lambda: b"",
    "a web page": lambda: b"<html><body>Not found</body></html>",
    "zeros": lambda: bytes(5_000),
}

UNUSUAL = {
    "format 0": (lambda: file(TWO + note(50, channel=1), format_=0), 3),
    "format 2": (lambda: file(TWO, TWO, format_=2), 4),
    "running status": (
        lambda: file(b"\0\x90\x3c\x40\x60\x3c\0\0\x3e\x40\x60\x3e\0"),
        2,
    ),
    "all 16 channels": (
        lambda: file(b"".join(note(60, channel=channel) for channel in range(16))),
        16,
    ),
    "all 128 pitches": (lambda: file(b"".join(map(note, range(128)))), 128),
    "quietest note": (lambda: file(note(velocity=1)), 1),
    "largest division": (lambda: file(TWO, division=32_767), 2),
    "smallest division": (lambda: file(note(60, 1) + note(62, 1), division=1), 2),
    "a chunk of a later standard": (
        lambda: header() + b"XFIH" + struct.pack(">I", 4) + b"abcd" + track(TWO),
        2,
    ),
    "a longer header": (lambda: header(length=8) + b"\0\0" + track(TWO), 2),
    "SysEx in two packets": (
        lambda: file(b"\0\xf0\2\1\2\x10\xf7\2\3\xf7" + TWO),
        2,
    ),
    "every text event": (
        lambda: file(b"".join(meta(kind, b"text") for kind in range(1, 8)) + TWO),
        2,
    ),
    "port, channel prefix, sequence number": (
        lambda: file(meta(0, b"\0\1") + meta(0x20, b"\0") + meta(0x21, b"\0") + TWO),
        2,
    ),
    "SMPTE offset, key, sequencer data": (
        lambda: file(
            meta(0x54, b"\x40\0\0\0\0")
            + meta(0x59, b"\xfd\1")
            + meta(0x7F, b"\x43\x7b")
            + TWO
        ),
        2,
    ),
    "controllers, bends, pressure": (
        lambda: file(b"\0\xb0\x40\x7f\0\xe0\0\x40\0\xa0\x3c\x10\0\xd0\x10" + TWO),
        2,
    ),
    "zero-length note": (lambda: file(note(duration=0)), 1),
    "a Microsoft wrapper": (
        lambda: (
            b"RIFF"
            + struct.pack("<I", len(GOOD) + 12)
            + b"RMIDdata"
            + struct.pack("<I", len(GOOD))
            + GOOD
        ),
        2,
    ),
    "bytes after the end": (lambda: GOOD + b"trailing", 2),
}

_FILLERS = (0x00, 0x7F, 0x80, 0xFF, 0xF0, 0xF7)


def mutation(number):
    """A small file with one to eight random changes, the same for the same number."""
    rng = random.Random(number)
    seeds = [
        GOOD,
        file(tempo(400_000) + meta(0x58, b"\3\2\x18\x08") + meta(3, b"Lead"), TWO * 9),
        *(make() for make, _ in UNUSUAL.values()),
    ]
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, 8)):
        place = rng.randrange(len(data) or 1)
        kind = rng.randrange(6)
        if kind == 0 and data:
            data[place] = rng.randrange(256)
        elif kind == 1 and data:
            data[place] ^= 1 << rng.randrange(8)
        elif kind == 2:
            del data[place : place + rng.randint(1, 16)]
        elif kind == 3:
            data[place:place] = rng.choices(_FILLERS, k=rng.randint(1, 8))
        elif kind == 4:
            del data[place:]
        else:
            other = rng.choice(seeds)
            start = rng.randrange(len(other))
            data[place : place + 16] = other[start : start + 16]
    return bytes(data)
