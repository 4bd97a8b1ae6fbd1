"""TIFF files of any layout, byte by byte (TIFF 6.0)."""

import struct
from collections.abc import Sequence

Tags = dict[int, Sequence[int]]


def directory(tags: Tags, place: int, order: str = "<", following: int = 0) -> bytes:
    """A directory at `place` whose numbers all have 32 bits."""
    entries, beyond = b"", b""
    for tag, numbers in sorted(tags.items()):
        packed = struct.pack(f"{order}{len(numbers)}L", *numbers)
        if len(numbers) > 1:
            at = place + 2 + 12 * len(tags) + 4 + len(beyond)
            beyond, packed = beyond + packed, struct.pack(order + "L", at)
        entries += struct.pack(order + "HHL", tag, 4, len(numbers)) + packed
    return struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "L", following) + beyond


def tiff_bytes(tags: Tags, strips: Sequence[bytes], order: str = "<", following: int = 0) -> bytes:
    """A TIFF of strips, which begin at the eighth byte, uncompressed unless `tags` says otherwise."""
    data = b"".join(strips)
    places = [8 + sum(map(len, strips[:number])) for number in range(len(strips))]
    place = 8 + len(data) + len(data) % 2
    whole: Tags = {259: [1], 273: places, 279: [len(strip) for strip in strips]} | tags
    magic = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "L", place)
    return magic + data.ljust(place - 8, b"\0") + directory(whole, place, order, following)


def tiff_of(
    width: int, height: int, bits: Sequence[int], photometric: int, data: bytes, order: str = "<", **more: Sequence[int]
) -> bytes:
    """A TIFF of one strip; `more` names tags by their number, as `t338=[2]`."""
    tags: Tags = {256: [width], 257: [height], 258: bits, 262: [photometric], 277: [len(bits)], 278: [height]}
    return tiff_bytes(tags | {int(name[1:]): numbers for name, numbers in more.items()}, [data], order)


def pyramid(sub: bool) -> bytes:
    """A red picture of 40 × 80, on its side, with a blue copy of 20 × 40 and a green one of 10 × 20."""
    levels, data = [], bytes([255, 0, 0]) * 3200
    following = 0
    for side, colour in ((10, (0, 255, 0)), (20, (0, 0, 255))):
        strip = bytes(colour) * side * side * 2
        tags = {254: [1], 256: [side], 257: [2 * side], 258: [8] * 3, 259: [1], 262: [2], 277: [3], 278: [2 * side]}
        tags |= {273: [8 + len(data)], 279: [len(strip)]}
        place = 8 + len(data) + len(strip)
        data += strip + directory(tags, place, following=0 if sub else following)
        levels.append(place)
        following = place
    more = {330: levels} if sub else {}
    tags = {256: [40], 257: [80], 258: [8] * 3, 262: [2], 274: [6], 277: [3], 278: [80], 279: [9600]}
    return tiff_bytes(tags | more, [data], following=0 if sub else following)
