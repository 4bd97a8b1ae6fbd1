"""Odd, damaged and hostile picture files: every kind and mode, cut, flipped, with lying headers, and bombs."""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

from tests.support.made import made_picture
from tests.support.tiffs import tiff_bytes

MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA", "L"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I", "F"),
    "GIF": ("1", "L", "P", "RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "PPM": ("1", "L", "RGB", "I"),
    "JPEG2000": ("L", "LA", "RGB", "RGBA", "I;16"),
    "AVIF": ("RGB", "RGBA", "L"),
}
COMPRESSIONS = ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "lzma", "zstd")
MAGIC = {
    "jpeg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "webp": b"RIFF\x20\0\0\0WEBPVP8 ",
    "tiff": b"II*\0",
    "bigtiff": b"II+\0\x08\0\0\0",
    "gif": b"GIF89a",
    "bmp": b"BM" + bytes(12) + b"\x28\0\0\0",
    "netpbm": b"P6 ",
    "jp2": b"\0\0\0\x0cjP  \r\n\x87\n",
    "j2k": b"\xff\x4f\xff\x51",
    "avif": b"\0\0\0\x20ftypavif",
}
"""Kind → its first bytes."""


def odd_pictures() -> dict[str, bytes]:
    """Name → content of the file, in which a name's first word says what is odd."""
    whole = dict(_every_mode())
    odd = {f"mode {name}": content for name, content in whole.items()}
    for name in [name for name in whole if name.endswith(" RGB")]:
        content = whole[name]
        for share in (0.02, 0.5, 0.97):
            odd[f"cut {name} {share:.0%}"] = content[: int(len(content) * share)]
        for seed in range(4):
            odd[f"flipped {name} {seed}"] = _flipped(content, seed)
        odd[f"longer {name}"] = content + bytes(5000)
    odd |= {f"size {width} × {height}": saved(made_picture(1, width, height), "PNG") for width, height in SIZES}
    odd |= {f"turned {number}": _turned(number) for number in (*range(10), 65535)}
    odd |= {f"magic {name}": magic for name, magic in MAGIC.items()}
    odd |= {f"magic {name} and zeros": magic + bytes(600) for name, magic in MAGIC.items()}
    return odd | _strange() | hostile_pictures()


SIZES = ((1, 1), (1, 3000), (3000, 1), (2, 65_535), (65_535, 1), (7, 5))


def hostile_pictures() -> dict[str, bytes]:
    """Small files that claim a huge size, or a huge effort; all are to be refused."""
    huge = {256: [100], 257: [100], 258: [1], 262: [1], 277: [1]}
    jpeg = saved(made_picture(1), "JPEG", progressive=True)
    return {
        "hostile PNG": png(60_000, 60_000),
        "hostile PNG of 2**31 - 1": png(2**31 - 1, 2**31 - 1),
        "hostile GIF": b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + bytes(3) + b"," + bytes(20),
        "hostile BMP": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 99, 0, 0, 54, 40, 2**30, 2**30, 1, 24, *[0] * 6),
        "hostile Netpbm": b"P6 99999 99999 255\n" + bytes(99),
        "hostile WebP": _webp(16_384, 16_384),
        "hostile JPEG": _resized_jpeg(jpeg, 65_500, 65_500),
        "hostile JPEG 2000": _codestream(100_000, 100_000),
        "hostile tiles": tiff_bytes(huge | {259: [4], 322: [131_008], 323: [131_008], 324: [8], 325: [9]}, [bytes(9)]),
        "hostile samples": tiff_bytes(huge | {257: [2**31], 258: [64] * 9, 277: [9], 278: [2**31]}, [bytes(9)]),
        "hostile strips": tiff_bytes(huge | {256: [9000], 257: [9000], 258: [12] * 3, 277: [3], 262: [2]}, [bytes(9)]),
        "hostile text": png(8, 8, b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 1)),
        **slow_pictures(),
    }


def slow_pictures() -> dict[str, bytes]:
    """Files that a decoder would read for a minute or for hours."""
    jpeg = saved(made_picture(1), "JPEG", progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    many_scans = jpeg[:last] + jpeg[last:-2] * 1500 + b"\xff\xd9"
    colours = b"".join(bytes([v, v, v, 0]) for v in range(256))
    runs = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 0, 0, 0, 1078, 40, 2000, 2000, 1, 8, 1, 0, 0, 0, 0, 0) + colours
    return {
        "slow scans": _resized_jpeg(many_scans, 6300, 6300),
        "slow segments": b"\xff\xd8" + b"\xff\xe5\0\2" * 200_000,
        "slow bytes between segments": b"\xff\xd8\xff\xe5\0\2" + bytes(2_000_000),
        "slow chunks": png(8, 8, b"abCd") + (struct.pack(">I", 0) + b"abCd" + bytes(4)) * 200_000,
        "slow comments": b"GIF89a" + struct.pack("<HH", 8, 8) + bytes(3) + b"!\xfe" + b"\1a" * 200_000 + b"\0",
        "slow maximum": b"P5 1100 1100 254\n" + bytes(1_210_000),
        "slow text": b"P3 500 500 255\n" + b"10 20 30 " * 250_000,
        "slow comment": b"P6 #" + b"-" * 2_000_000 + b"\n8 8 255\n",
        "slow runs": runs + b"\1\7" * 800_000,
    }


def png(width: int, height: int, chunk: bytes = b"IDAT", data: bytes = b"") -> bytes:
    """A PNG of a size, RGB, whose only other chunk is `chunk`."""
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (chunk, data))
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return MAGIC["png"] + b"".join(packed)


def _every_mode() -> Iterator[tuple[str, bytes]]:
    for format_name, modes in MODES.items():
        for mode in modes:
            yield f"{format_name} {mode}", saved(_in_mode(mode), format_name)
    picture = made_picture(2)
    for compression in COMPRESSIONS:
        yield f"TIFF {compression}", saved(picture, "TIFF", compression=compression)
    yield "TIFF group4", saved(picture.convert("1"), "TIFF", compression="group4")
    yield "JPEG progressive", saved(picture, "JPEG", progressive=True)
    yield "JPEG 4:4:4", saved(picture, "JPEG", subsampling=0, quality=100)
    yield "JPEG 2000 in tiles", saved(picture, "JPEG2000", tile_size=(32, 32))
    yield "WEBP lossless", saved(picture, "WEBP", lossless=True)
    yield "PNG animated", saved(picture, "PNG", save_all=True, append_images=[made_picture(3)])
    yield "GIF animated", saved(picture, "GIF", save_all=True, append_images=[made_picture(3)])
    yield "MPO", saved(picture, "MPO", save_all=True, append_images=[made_picture(3)])


def _in_mode(mode: str) -> Image.Image:
    picture = made_picture(1)
    if mode == "LAB":
        return Image.frombytes("LAB", picture.size, picture.tobytes())
    if mode in {"I", "I;16"}:
        return Image.fromarray(np.asarray(picture.convert("L")).astype({"I": np.int32, "I;16": np.uint16}[mode]) * 200)
    return picture.convert(mode)


def saved(image: Image.Image, format_name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_name, **options)
    return buffer.getvalue()


def _flipped(content: bytes, seed: int) -> bytes:
    random = np.random.default_rng(seed)
    changed = np.frombuffer(content, np.uint8).copy()
    changed[random.integers(0, len(changed), 20)] = random.integers(0, 256, 20)
    return changed.tobytes()


def _turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(made_picture(1), "JPEG", exif=exif)


def _strange() -> dict[str, bytes]:
    """Files that are no pictures, or have strange metadata."""
    picture = made_picture(1)
    return {
        "nothing": b"",
        "text": b"This is not a picture.",
        "text of a web page": b"<!DOCTYPE html><html><body>404</body></html>",
        "text of an SVG": b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "b">]><svg>&a;</svg>',
        "zeros": bytes(5000),
        "ones": b"\xff" * 5000,
        "PDF": b"%PDF-1.7\n",
        "ZIP": b"PK\3\4" + bytes(50),
        "profile of nonsense": saved(picture, "JPEG", icc_profile=b"nonsense" * 99),
        "profile of nothing": saved(picture, "PNG", icc_profile=bytes(128)),
        "exif of nonsense": saved(picture, "JPEG", exif=b"Exif\0\0II*\0" + b"\xff" * 90),
        "exif of many tags": saved(picture, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(12) * 5000),
        "comment": saved(picture, "JPEG", comment=b"\x1b[31m\xff\0" * 500),
        "transparent palette": saved(picture.quantize(9), "PNG", transparency=bytes(9)),
        "transparent colour": saved(picture, "PNG", transparency=(1, 2, 3)),
        "infinite floats": saved(Image.fromarray(np.full((9, 9), np.inf, np.float32)), "TIFF"),
        "floats of no number": saved(Image.fromarray(np.full((9, 9), np.nan, np.float32)), "TIFF"),
        "negative numbers": saved(Image.fromarray(np.full((9, 9), -(2**31), np.int32)), "TIFF"),
        "directory in a circle": tiff_bytes({256: [8], 257: [8], 258: [8], 262: [1]}, [bytes(64)], following=8),
        "directory of nothing": b"II*\0\x08\0\0\0\0\0\0\0\0\0",
        "strips of nothing": tiff_bytes({256: [8], 257: [8], 258: [8], 262: [1], 278: [0]}, []),
        "zero size": png(0, 0),
        "no size": b"P6 0 0 255\n",
    }


def _resized_jpeg(jpeg: bytes, width: int, height: int) -> bytes:
    """A progressive JPEG whose header claims another size."""
    frame = jpeg.index(b"\xff\xc2")
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


def _webp(width: int, height: int) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes(4) + sizes + saved(made_picture(1), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def _codestream(width: int, height: int) -> bytes:
    """A JPEG 2000 codestream whose header claims another size."""
    content = saved(made_picture(1), "JPEG2000", no_jp2=True)
    return content[:8] + struct.pack(">IIIIII", width, height, 0, 0, width, height) + content[32:]
