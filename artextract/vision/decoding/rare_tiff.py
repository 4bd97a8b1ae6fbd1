"""TIFF files of layouts that Pillow does not open, or only with a loss.

Pillow (libtiff) still unpacks them: it is given the same packed strips as a grey picture whose pixels are
the bytes. The layouts are those of TIFF 6.0 and of Adobe's supplements.
"""

import io
import struct
from dataclasses import dataclass
from math import ceil

import numpy as np
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from artextract.vision.decoding import colours
from artextract.vision.decoding.tiff import RareTiffError, Tag, check_tiles, directories, number_of, numbers_of

_UNPACKED = {1, 5, 8, 32773, 32946, 34925, 50000}  # Compressions without loss: none, LZW, deflate, PackBits, LZMA, Zstd
_CHANNELS = {0: 1, 1: 1, 2: 3, 5: 4}  # Photometric interpretation → channels: grey (white or black is 0), RGB, CMYK
_MOST_BYTES = 600_000_000  # Limit for the samples of a picture


def open_rare_tiff(content: bytes) -> Image.Image:
    """A TIFF of a rare layout as 8-bit RGB, without its further channels.

    It reads grey, RGB and CMYK of any depth as integers or floats, with any number of further channels,
    in strips or tiles, one channel after another or not.

    Raises:
        RareTiffError: the layout is not one of these.
    """
    layout = _layout(next(directories(content))[1])
    planes = [_unpacked(content, layout, plane) for plane in range(layout.planes)]

    def samples(box: tuple[int, int, int, int]) -> np.ndarray:
        rows = [_samples(np.asarray(plane.crop((0, box[1], plane.width, box[3]))), layout) for plane in planes]
        return colours.finite(np.concatenate(rows, axis=2)[:, : layout.width, : layout.channels])

    size = (layout.width, layout.height)
    low, high = 0.0, 255.0
    if layout.bits != 8 or layout.format != 1:
        found = colours.extremes(samples(box) for box in colours.bands(size))
        low, high = colours.levels(*found, layout.highest, real=layout.format == 3)

    def rgb(box: tuple[int, int, int, int]) -> Image.Image:
        values = colours.to_bytes(samples(box), low, high)
        if layout.photometric == 0:
            values = 255 - values
        mode = {1: "L", 3: "RGB", 4: "CMYK"}[layout.channels]
        shape = (values.shape[1], values.shape[0])
        return colours.to_srgb(Image.frombytes(mode, shape, np.ascontiguousarray(values).tobytes()), layout.profile)

    picture = colours.by_bands(size, rgb)
    picture.format = "TIFF"
    picture.getexif()[ExifTags.Base.Orientation] = layout.orientation
    return picture


@dataclass(frozen=True)
class _Layout:
    width: int
    height: int
    bits: int  # Bits of a sample
    format: int  # Sample format: 1 unsigned, 2 signed, 3 float
    photometric: int
    samples: int  # Samples of a pixel in one plane
    planes: int
    highest: int | None  # Value that the file allows
    profile: bytes
    predictor: int
    compression: int
    tile: tuple[int, int] | None  # Width and height of a tile
    rows: int  # Rows of a strip
    offsets: tuple[int, ...]  # Positions of the strips or tiles in the file
    counts: tuple[int, ...]  # Bytes of each strip or tile
    order: str
    orientation: int

    @property
    def channels(self) -> int:
        return _CHANNELS[self.photometric]

    @property
    def row_bytes(self) -> int:
        """Bytes of a row of one plane; of whole tiles where there are tiles."""
        across = ceil(self.width / self.tile[0]) * self.tile[0] if self.tile else self.width
        return ceil(across * self.samples * self.bits / 8)


def _layout(tags: ImageFileDirectory_v2) -> _Layout:
    bits, formats = set(numbers_of(tags, Tag.BITS)) or {1}, set(numbers_of(tags, Tag.FORMAT)) or {1}
    samples, separate = number_of(tags, Tag.SAMPLES, 1), number_of(tags, Tag.PLANAR, 1) == 2
    photometric, compression = number_of(tags, Tag.PHOTOMETRIC, -1), number_of(tags, Tag.COMPRESSION, 1)
    kind = f"{samples} channels of {'/'.join(map(str, sorted(bits)))} bits"
    channels = _CHANNELS.get(photometric, 0)
    odd_depth = len(bits) != 1 or len(formats) != 1 or not 1 <= min(bits) <= 64
    if not channels or samples < channels or compression not in _UNPACKED or odd_depth:
        raise RareTiffError(kind)
    if channels == 1 and samples > 2:  # not grey with an extra channel, but a picture of many bands
        raise RareTiffError(kind)
    check_tiles(tags)
    depth, number = bits.pop(), formats.pop()
    if number == 3 and depth not in {16, 32, 64}:
        raise RareTiffError(f"floats of {depth} bits")
    highest = max(numbers_of(tags, Tag.HIGHEST), default=0) or (2**depth - 1 if number == 1 else None)
    tiled = Tag.TILE_WIDTH in tags
    layout = _Layout(
        width=number_of(tags, Tag.WIDTH, 0),
        height=number_of(tags, Tag.HEIGHT, 0),
        bits=depth,
        format=number,
        photometric=photometric,
        samples=1 if separate else samples,
        planes=channels if separate else 1,
        highest=highest,
        profile=bytes(tags.get(Tag.PROFILE, b"")),
        predictor=number_of(tags, Tag.PREDICTOR, 1) if compression not in {1, 32773} else 1,
        compression=compression,
        tile=(number_of(tags, Tag.TILE_WIDTH, 0), number_of(tags, Tag.TILE_HEIGHT, 0)) if tiled else None,
        rows=number_of(tags, Tag.ROWS_PER_STRIP, 2**32 - 1),
        offsets=numbers_of(tags, Tag.TILE_OFFSETS if tiled else Tag.STRIP_OFFSETS),
        counts=numbers_of(tags, Tag.TILE_BYTES if tiled else Tag.STRIP_BYTES),
        order="<" if tags._endian == "<" else ">",
        orientation=number_of(tags, ExifTags.Base.Orientation, 1),
    )
    if not 0 < layout.row_bytes * layout.height * layout.planes <= _MOST_BYTES:
        raise RareTiffError(f"more than {_MOST_BYTES // 1_000_000} MB of samples")
    return layout


def _unpacked(content: bytes, layout: _Layout, plane: int) -> Image.Image:
    """The unpacked bytes of a plane, as a grey picture."""
    down = layout.tile[1] if layout.tile else min(layout.rows, layout.height)
    across = ceil(layout.width / layout.tile[0]) if layout.tile else 1
    parts = ceil(layout.height / down) * across
    mine = slice(plane * parts, (plane + 1) * parts)
    tags: dict[int, tuple[int, ...]] = {
        Tag.WIDTH: (layout.row_bytes,),
        Tag.HEIGHT: (layout.height,),
        Tag.BITS: (8,),
        Tag.COMPRESSION: (layout.compression,),
        Tag.PHOTOMETRIC: (1,),
        Tag.SAMPLES: (1,),
    }
    if layout.tile:
        tags |= {Tag.TILE_WIDTH: (layout.row_bytes // across,), Tag.TILE_HEIGHT: (down,)}
        tags |= {Tag.TILE_OFFSETS: layout.offsets[mine], Tag.TILE_BYTES: layout.counts[mine]}
    else:
        tags |= {
            Tag.STRIP_OFFSETS: layout.offsets[mine],
            Tag.ROWS_PER_STRIP: (down,),
            Tag.STRIP_BYTES: layout.counts[mine],
        }
    place = len(content) + len(content) % 2
    padded = content[8:].ljust(place - 8, b"\0")
    magic = b"II*\0" if layout.order == "<" else b"MM\0*"
    file = magic + struct.pack(layout.order + "L", place) + padded + _directory(tags, place, layout.order)
    picture = Image.open(io.BytesIO(file), formats=("TIFF",))
    picture.load()
    return picture


def _directory(tags: dict[int, tuple[int, ...]], place: int, order: str) -> bytes:
    """A directory of 32-bit numbers that begins at `place`."""
    entries, beyond = b"", b""
    after = place + 2 + 12 * len(tags) + 4
    for tag, numbers in sorted(tags.items()):
        packed = struct.pack(f"{order}{len(numbers)}L", *numbers)
        if len(numbers) > 1:
            beyond, packed = beyond + packed, struct.pack(order + "L", after + len(beyond))
        entries += struct.pack(order + "HHL", tag, 4, len(numbers)) + packed
    return struct.pack(order + "H", len(tags)) + entries + bytes(4) + beyond


def _samples(rows: np.ndarray, layout: _Layout) -> np.ndarray:
    """The samples in rows of bytes: [rows, pixels, samples]."""
    tile_width = layout.tile[0] if layout.tile else layout.width
    tile_bytes = ceil(tile_width * layout.samples * layout.bits / 8)
    tiles = rows.reshape(len(rows), -1, tile_bytes)
    if layout.predictor == 3:
        tiles = _floats_put_together(tiles, layout)
    kind = {1: "u", 2: "i", 3: "f"}.get(layout.format, "u")
    if layout.bits in {8, 16, 32, 64}:
        order = ">" if layout.predictor == 3 else layout.order
        values = np.ascontiguousarray(tiles).view(f"{order}{kind}{layout.bits // 8}")
    else:
        bits = np.unpackbits(tiles, axis=2)[:, :, : tile_width * layout.samples * layout.bits]
        weights = 2 ** np.arange(layout.bits - 1, -1, -1, dtype=np.int64)
        values = bits.reshape(*bits.shape[:2], -1, layout.bits) @ weights
    values = values.reshape(*values.shape[:2], tile_width, layout.samples)
    if layout.predictor == 2:
        values = np.cumsum(values, axis=2, dtype=values.dtype.newbyteorder("="))
    return values.reshape(len(rows), -1, layout.samples)


def _floats_put_together(tiles: np.ndarray, layout: _Layout) -> np.ndarray:
    """Undo the floating point predictor: bytes are stored as differences, grouped by significance."""
    count = tiles.shape[2]
    sums = np.cumsum(tiles.reshape(*tiles.shape[:2], -1, layout.samples), axis=2, dtype=np.uint8)
    apart = sums.reshape(*tiles.shape[:2], layout.bits // 8, -1)
    return np.swapaxes(apart, 2, 3).reshape(*tiles.shape[:2], count)
