"""The app's icons, drawn here: a key, as on the playground's page. PNG without any library.

https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package#app-icons
"""

import math
import struct
import zlib
from collections.abc import Callable

Colour = tuple[int, int, int, int]
"""Red, green, blue, opacity."""
GREEN: Colour = (0x0B, 0x6B, 0x62, 255)
WHITE: Colour = (255, 255, 255, 255)
AMBER: Colour = (0xFF, 0xC8, 0x57, 255)
NOTHING: Colour = (255, 255, 255, 0)
COLOUR_SIZE, OUTLINE_SIZE = 192, 32
_GRID = 32
_MIDDLE, _HALF = 16.0, 1.5
_BOW_AT, _BOW, _TIP = 12.0, 5.5, 27.0
_TOOTH_AT, _TOOTH = 23.0, 5.0
_FINE = 3
"""Samples along each side of a pixel, so that edges are smooth."""


def colour() -> bytes:
    """The full-colour icon, 192 by 192; Teams rounds its corners."""
    return _png(COLOUR_SIZE, lambda x, y: _key(x, y, WHITE, AMBER) or GREEN)


def outline() -> bytes:
    """The white one on nothing, 32 by 32."""
    return _png(OUTLINE_SIZE, lambda x, y: _key(x, y, WHITE, WHITE) or NOTHING)


def _key(x: float, y: float, bow: Colour, blade: Colour) -> Colour | None:
    """What colour the key has at a point of a grid of 32 by 32; None beside it."""
    if abs(math.hypot(x - _BOW_AT, y - _MIDDLE) - _BOW) <= _HALF:
        return bow
    on_shaft = _BOW_AT + _BOW <= x <= _TIP and abs(y - _MIDDLE) <= _HALF
    on_tooth = abs(x - _TOOTH_AT) <= _HALF and _MIDDLE <= y <= _MIDDLE + _TOOTH
    return blade if on_shaft or on_tooth else None


def _png(size: int, at: Callable[[float, float], Colour]) -> bytes:
    """https://www.w3.org/TR/png-3/"""
    rows = b"".join(
        b"\0" + b"".join(bytes(_pixel(size, x, y, at)) for x in range(size)) for y in range(size)
    )
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    parts = (_part(b"IHDR", head), _part(b"IDAT", zlib.compress(rows, 9)), _part(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _pixel(size: int, x: int, y: int, at: Callable[[float, float], Colour]) -> list[int]:
    step = _GRID / size / _FINE
    samples = [
        at((x * _FINE + i + 0.5) * step, (y * _FINE + j + 0.5) * step)
        for i in range(_FINE)
        for j in range(_FINE)
    ]
    return [round(sum(one[part] for one in samples) / len(samples)) for part in range(4)]


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
