"""Rebuilds a damaged or unusual MIDI file into a plain one that any parser reads.

The parser is strict about the frame of a file: header, chunk lengths, status bytes.
Real files break it in a few known ways, above all by ending too early. `rebuild`
walks such a file once, keeps every whole message up to the damage and writes a new
file with explicit status bytes: notes, programs, controllers, bends, tempo, meter
and track names. SysEx, lyrics and other texts are dropped. Time in SMPTE frames, which
has no beats, becomes quarter notes of half a second. It knows bytes, not music.

References
----------
.. [1] Standard MIDI Files 1.0, MIDI Manufacturers Association.
"""

import struct
from dataclasses import dataclass, field

from explorer.caps import MAX_EVENTS, MAX_TEXT_CHARS, MAX_VLQ_BYTES

HEADER_BYTES = 14
_USUAL_DIVISION = 480  # ticks per quarter note where the header is lost
_FRAMES_PER_SECOND = {-24: 24, -25: 25, -29: 30, -30: 30}  # 29 is 30 drop-frame
_TRACK_NAME, _END_OF_TRACK, _TEMPO, _METER = 0x03, 0x2F, 0x51, 0x58
_KEPT_META_BYTES = {_TEMPO: 3, _METER: 4}  # kept if they have at least this many
_SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}  # data bytes after a status byte
_SEVEN_BITS = bytes(min(value, 127) for value in range(256))  # values out of range
_STRAY_BYTES = "Bytes that belong to no message were skipped."
_BREAKS_OFF = "A track breaks off; what came before is kept."


class UnreadableError(Exception):
    """There is no MIDI file in these bytes; the message is a phrase saying why."""


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """A plain MIDI file and what was done to get it."""

    data: bytes
    problems: tuple[str, ...]  # sentences; empty when nothing was lost


def rebuild(data: bytes) -> Rebuilt:
    """The file with a sound frame, cut where it cannot be understood.

    Raises
    ------
    UnreadableError
        If there is neither a header nor a track, the header gives no usable time
        unit, or the file has more than `MAX_EVENTS` messages.
    """
    start = data.find(b"MThd")
    if start >= 0 and len(data) >= start + HEADER_BYTES:
        length, _, _, division = struct.unpack_from(">IHHH", data, start + 4)
        position = start + 8 + length
        if data[position : position + 4] != b"MTrk":
            position = start + HEADER_BYTES
        problems = []
    elif (position := data.find(b"MTrk")) >= 0:
        division = _USUAL_DIVISION
        problems = ["Its header is damaged, so its speed may be wrong."]
    else:
        raise UnreadableError("it is not a MIDI file")
    walker = _Walker(data=data, problems=problems)
    if division & 0x8000:
        frames, ticks = struct.unpack(">bB", division.to_bytes(2, "big"))
        if frames not in _FRAMES_PER_SECOND or ticks == 0:
            raise UnreadableError(
                f"its SMPTE time unit ({-frames} frames of {ticks} ticks) is not one "
                "of 24, 25, 29 or 30 frames of 1 to 255 ticks"
            )
        division = _FRAMES_PER_SECOND[frames] * ticks  # in a second: count each twice
        walker.ticks_per_tick = 2
        walker.is_timed_in_seconds = True
        problems.append(
            "It counts time in film frames, not in beats, and is read at 120 beats a "
            "minute, so bars may not line up."
        )
    tracks = walker.tracks(position)
    chunks = [b"MThd" + struct.pack(">IHHH", 6, 1, len(tracks), division)]
    chunks += [b"MTrk" + struct.pack(">I", len(body)) + body for body in tracks]
    return Rebuilt(
        data=b"".join(chunks),
        problems=tuple(dict.fromkeys(walker.problems)),
    )


def variable_length(value: int) -> bytes:
    """A number below 2^28 as a MIDI variable-length quantity."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))


@dataclass(kw_only=True)
class _Walker:
    """Reads the messages of one file; `problems` collects what went wrong."""

    data: bytes
    ticks_per_tick: int = 1  # ticks written for each tick read
    is_timed_in_seconds: bool = False  # tempo marks mean nothing then
    num_events: int = 0
    problems: list[str] = field(default_factory=list)

    def tracks(self, position: int) -> list[bytes]:
        """The body of every track from `position` on, rebuilt."""
        data, bodies = self.data, []
        while position + 8 <= len(data):
            kind = data[position : position + 4]
            end = (
                position + 8 + int.from_bytes(data[position + 4 : position + 8], "big")
            )
            if kind == b"MTrk":
                body, stop = self._track(position + 8)
                bodies.append(body)
                if end == len(data) or data[end : end + 4] == b"MTrk":
                    position = end
                    continue
                if end > len(data):
                    self.problems.append(
                        "The file ends before its last track does; what came "
                        "before is kept."
                    )
                position = stop
            elif kind.isalnum() and end <= len(data):  # a chunk of a later standard
                position = end
                continue
            following = data.find(b"MTrk", position)
            if following < 0:
                break
            position = following
        return bodies

    def _number(self, position: int) -> tuple[int, int] | None:
        """(value, next position) of a variable-length quantity, None if broken."""
        if position < len(self.data) and self.data[position] < 0x80:
            return self.data[position], position + 1
        value = 0
        for byte in self.data[position : position + MAX_VLQ_BYTES]:
            position += 1
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value, position
        return None

    def _track(self, position: int) -> tuple[bytes, int]:
        """(rebuilt body, position after it) of the track at `position`."""
        data, size, out = self.data, len(self.data), bytearray()
        sounding: dict[tuple[int, int], int] = {}  # open notes by channel and pitch
        status = waiting = 0  # running status; ticks of dropped messages
        whole = False
        while (number := self._number(position)) is not None:
            delta, position = number
            waiting += delta * self.ticks_per_tick
            if position >= size:
                break
            self.num_events += 1
            if self.num_events > MAX_EVENTS:
                raise UnreadableError(
                    f"it has more than {MAX_EVENTS:,} events, the most that is read"
                )
            first = data[position]
            if first >= 0x80:
                position += 1
            elif status:
                first = status
            else:
                self.problems.append(_STRAY_BYTES)
                position += 1
                continue
            if first < 0xF0:  # a channel message, the only kind that can be short
                status = first
                end = position + (1 if 0xC0 <= first < 0xE0 else 2)
                if end > size:
                    break
                out += _delta(waiting)
                out.append(first)
                out += data[position:end].translate(_SEVEN_BITS)
                position, waiting = end, 0
                if 0x80 <= first < 0xA0:
                    key = first & 0x0F, out[-2]
                    change = 1 if first >= 0x90 and out[-1] else -1
                    sounding[key] = max(sounding.get(key, 0) + change, 0)
                continue
            if first not in (0xF0, 0xF7, 0xFF):  # system messages: not for files
                position += _SYSTEM_BYTES.get(first, 0)
                continue
            start = position + (first == 0xFF)
            number = self._number(start)
            if number is None or sum(number) > size:
                break
            payload = data[number[1] : sum(number)]
            kind, position = data[start - 1], sum(number)
            if first == 0xFF and kind == _END_OF_TRACK:
                whole = True
                break
            if first == 0xFF and (message := self._meta(kind, payload)):
                out += _delta(waiting) + message
                waiting = 0
        if not whole:
            self.problems.append(_BREAKS_OFF)
            for (channel, pitch), open_notes in sounding.items():
                for _ in range(open_notes):
                    out += _delta(waiting) + bytes([0x80 | channel, pitch, 0])
                    waiting = 0
        out += _delta(waiting) + bytes([0xFF, _END_OF_TRACK, 0])
        return bytes(out), position

    def _meta(self, kind: int, payload: bytes) -> bytes:
        """A meta message worth keeping, or nothing."""
        if kind == _TEMPO and self.is_timed_in_seconds:
            return b""
        if kind == _TRACK_NAME:
            payload = payload[: 4 * MAX_TEXT_CHARS]
        elif len(payload) >= _KEPT_META_BYTES.get(kind, len(payload) + 1):
            payload = payload[: _KEPT_META_BYTES[kind]]
        else:
            return b""
        return bytes([0xFF, kind]) + variable_length(len(payload)) + payload


def _delta(ticks: int) -> bytes:
    """A delta time, capped at the largest that MIDI can write."""
    if ticks < 0x80:
        return bytes((ticks,))
    return variable_length(min(ticks, (1 << 28) - 1))
