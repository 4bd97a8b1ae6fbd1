"""TIFF files of layouts that Pillow does not open, or only with a loss.

Pillow (libtiff) still unpacks their strips and tiles: each is given to it as a grey picture whose pixels are the
bytes. The layouts are those of TIFF 6.0 and of Adobe's supplements.
"""

import io
import struct
from math import ceil, log2, prod
from typing import Literal, NamedTuple

import numpy as np
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from artextract.vision.decoding import colours
from artextract.vision.decoding.tiff import (
    RareTiffError,
    Tag,
    check_tiles,
    directories,
    number_of,
    numbers_of,
    size_of,
    strip_size,
)

_UNPACKED = {1, 5, 8, 32773, 32946, 34925, 50000}  # Compressions without loss: none, LZW, deflate, PackBits, LZMA, Zstd
_WHOLE_BYTES = {8, 16, 32, 64}  # Depths in bits
_MOST_STRIPS = 2**16  # Strips or tiles; each takes about 0.1 ms
_CHANNELS = {0: 1, 1: 1, 2: 3, 5: 4}  # Photometric interpretation → channels: grey (white or black is 0), RGB, CMYK


def bytes_to_open(content: bytes) -> int:
    """The bytes that `open_rare_tiff` takes at its peak, without the file; raises RareTiffError like it."""
    tags = next(directories(content))[1]
    layout = _layout(tags)
    shape, kind = _shape(layout, tags)
    if (strips := layout.planes * shape[1] * shape[2] // (layout.height * layout.width)) > _MOST_STRIPS:
        raise RareTiffError(f"{strips:,} strips or tiles")
    samples = layout.width * layout.height * layout.samples  # of a strip or tile
    # A strip is unpacked, copied, and summed up; of an unusual depth, to a byte for each bit and 8 for each sample.
    strip = samples * (4 * layout.bits // 8 if layout.bits in _WHOLE_BYTES else layout.bits + 16)
    return prod(shape) * kind.itemsize + strip + 4 * shape[1] * shape[2]


def open_rare_tiff(content: bytes, factor: int = 1) -> Image.Image:
    """A TIFF of a rare layout as 8-bit RGB, without its further channels, its sides reduced by `factor`.

    It reads grey, RGB and CMYK of any depth as integers or floats, with any number of further channels, in strips or
    tiles, one channel after another or not. RareTiffError for other layouts.
    """
    tags = next(directories(content))[1]
    layout = _layout(tags)
    pixels = _pixels(content, layout, tags)
    size = pixels.shape[1], pixels.shape[0]

    def samples(box: tuple[int, int, int, int]) -> np.ndarray:
        return colours.finite(pixels[box[1] : box[3]])

    low, high = 0.0, 255.0
    if layout.bits != 8 or layout.format != 1:
        found = colours.extremes(samples(box) for box in colours.bands(size))
        highest = max(numbers_of(tags, Tag.HIGHEST), default=0) or (2**layout.bits - 1 if layout.format == 1 else None)
        low, high = colours.levels(*found, highest, real=layout.format == 3)
    mode = {1: "L", 3: "RGB", 4: "CMYK"}[layout.channels]
    white_is_zero = number_of(tags, Tag.PHOTOMETRIC, 1) == 0

    def rgb(box: tuple[int, int, int, int]) -> Image.Image:
        values = colours.to_bytes(samples(box), low, high)
        values = np.ascontiguousarray(255 - values if white_is_zero else values)
        band = Image.frombytes(mode, (size[0], len(values)), values.tobytes())
        return colours.to_srgb(band, bytes(tags.get(Tag.PROFILE, b"")))

    picture = colours.by_bands(size, rgb, factor)
    picture.format = "TIFF"
    picture.getexif()[ExifTags.Base.Orientation] = number_of(tags, ExifTags.Base.Orientation, 1)
    return picture


class _Layout(NamedTuple):
    bits: int  # Bits of a sample
    format: int  # Sample format: 1 unsigned, 2 signed, 3 float
    channels: int
    samples: int  # Samples of a pixel in one plane
    planes: int
    compression: int
    predictor: int
    width: int  # Of a strip or tile
    height: int
    order: Literal["<", ">"]

    @property
    def row_bytes(self) -> int:
        """Bytes of a row of a strip or tile."""
        return ceil(self.width * self.samples * self.bits / 8)


def _layout(tags: ImageFileDirectory_v2) -> _Layout:
    bits, formats = set(numbers_of(tags, Tag.BITS)) or {1}, set(numbers_of(tags, Tag.FORMAT)) or {1}
    samples, separate = number_of(tags, Tag.SAMPLES, 1), number_of(tags, Tag.PLANAR, 1) == 2
    compression, channels = number_of(tags, Tag.COMPRESSION, 1), _CHANNELS.get(number_of(tags, Tag.PHOTOMETRIC, -1), 0)
    odd_depth = len(bits) != 1 or len(formats) != 1 or not 1 <= min(bits) <= 64
    many_bands = channels == 1 and samples > 2  # not grey with an extra channel
    if not channels or samples < channels or compression not in _UNPACKED or odd_depth or many_bands:
        raise RareTiffError(f"{samples} channels of {'/'.join(map(str, sorted(bits)))} bits")
    check_tiles(tags)
    depth, number = bits.pop(), formats.pop()
    if number == 3 and depth not in {16, 32, 64}:
        raise RareTiffError(f"floats of {depth} bits")
    planes = (1, channels) if separate else (samples, 1)
    predictor = number_of(tags, Tag.PREDICTOR, 1) if compression not in {1, 32773} else 1
    order: Literal["<", ">"] = "<" if tags._endian == "<" else ">"
    return _Layout(depth, number, channels, *planes, compression, predictor, *strip_size(tags), order)


def _shape(layout: _Layout, tags: ImageFileDirectory_v2) -> tuple[tuple[int, int, int, int], np.dtype]:
    """Planes, rows and columns of whole strips or tiles, samples of a pixel; and the type of a sample."""
    width, height = size_of(tags)
    down, across = ceil(height / layout.height), ceil(width / layout.width)
    kind = np.dtype({1: "u", 2: "i", 3: "f"}.get(layout.format, "u") + str(max(2 ** ceil(log2(layout.bits / 8)), 1)))
    return (layout.planes, down * layout.height, across * layout.width, layout.samples), kind


def _pixels(content: bytes, layout: _Layout, tags: ImageFileDirectory_v2) -> np.ndarray:
    """The samples of the channels: [rows, columns, channels]."""
    width, height = size_of(tags)
    shape, kind = _shape(layout, tags)
    down, across = shape[1] // layout.height, shape[2] // layout.width
    pixels = np.zeros(shape, kind)
    is_tiled = Tag.TILE_WIDTH in tags
    offsets = numbers_of(tags, Tag.TILE_OFFSETS if is_tiled else Tag.STRIP_OFFSETS)
    counts = numbers_of(tags, Tag.TILE_BYTES if is_tiled else Tag.STRIP_BYTES)
    for number in range(layout.planes * down * across):
        plane, row, column = map(int, np.unravel_index(number, (layout.planes, down, across)))
        top, left = row * layout.height, column * layout.width
        rows = layout.height if is_tiled else min(layout.height, height - top)
        packed = content[offsets[number] : offsets[number] + counts[number]]
        pixels[plane, top : top + rows, left : left + layout.width] = _samples(packed, rows, layout, kind)
    whole = np.moveaxis(pixels[..., 0], 0, -1) if layout.planes > 1 else pixels[0]
    return whole[:height, :width, : layout.channels]


def _unpacked(packed: bytes, rows: int, layout: _Layout) -> bytes:
    """The bytes of a strip or tile, unpacked as a grey picture."""
    tags = {
        Tag.WIDTH: layout.row_bytes,
        Tag.HEIGHT: rows,
        Tag.BITS: 8,
        Tag.COMPRESSION: layout.compression,
        Tag.PHOTOMETRIC: 1,
        Tag.STRIP_OFFSETS: 8,
        Tag.SAMPLES: 1,
        Tag.ROWS_PER_STRIP: rows,
        Tag.STRIP_BYTES: len(packed),
    }
    directory = b"".join(struct.pack("<HHLL", tag, 4, 1, value) for tag, value in tags.items())
    header = struct.pack("<2sHL", b"II", 42, 8 + len(packed))
    file = header + packed + struct.pack("<H", len(tags)) + directory + bytes(4)
    return Image.open(io.BytesIO(file), formats=("TIFF",)).tobytes()


def _samples(packed: bytes, rows: int, layout: _Layout, kind: np.dtype) -> np.ndarray:
    """The samples of a strip or tile: [rows, columns, samples]."""
    data = packed if layout.compression == 1 else _unpacked(packed, rows, layout)
    lines = np.frombuffer(data, np.uint8, rows * layout.row_bytes).reshape(rows, -1)
    order = layout.order
    if layout.predictor == 3:  # differences of bytes, which are grouped by significance
        sums = np.cumsum(lines.reshape(rows, -1, layout.samples), axis=1, dtype=np.uint8)
        lines = np.ascontiguousarray(sums.reshape(rows, layout.bits // 8, -1).swapaxes(1, 2)).reshape(rows, -1)
        order = ">"
    if layout.bits in _WHOLE_BYTES:
        values = lines.view(kind.newbyteorder(order))
    else:
        bits = np.unpackbits(lines, axis=1, count=layout.width * layout.samples * layout.bits)
        values = bits.reshape(rows, -1, layout.bits) @ (2 ** np.arange(layout.bits - 1, -1, -1, dtype=np.int64))
    pixels = values.reshape(rows, layout.width, layout.samples)
    return np.cumsum(pixels, axis=1, dtype=kind) if layout.predictor == 2 else pixels
