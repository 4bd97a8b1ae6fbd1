"""The memory that decoding takes: one budget of bytes for all pictures that a process decodes at the same time.

What a picture needs is computed from its header, before anything is decoded. The numbers of bytes were measured
with Pillow 13, as the peak of a process that decodes a picture of 25 million pixels.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import _imaging

_BLOCK = 64 * 2**20  # Bytes of a part of an image. glibc keeps freed parts of up to 32 MB for each thread.
_RESULT = 4  # Bytes of a pixel in RGB: Pillow adds an unused one
_SMALL_MODES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}  # Mode → bytes of a pixel; others take 4
_DECODERS = {"WEBP": 12, "AVIF": 12, "HEIF": 12}  # Format → bytes that its decoder needs for a pixel, besides the image
_BAND = 40_000_000  # Bytes for the band of a million pixels that `colours` converts
_LEAST = {"AVIF": 500_000_000}  # Its header may lie: libavif scales what it decoded to the size in the header
_imaging.set_block_size(_BLOCK)


class MemoryBudget:
    """Bytes that threads share; who finds too few left waits for its turn."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._used = 0
        self._turn = threading.Lock()  # Held by the first who waits: small pictures do not overtake a large one forever
        self._freed = threading.Condition()

    @contextmanager
    def room(self, need: int) -> Iterator[None]:
        """Use `need` bytes, at most `most`, while the context lasts."""
        with self._turn, self._freed:
            self._freed.wait_for(lambda: self._used + need <= self.most)
            self._used += need
        try:
            yield
        finally:
            with self._freed:
                self._used -= need
                self._freed.notify_all()


MEMORY = MemoryBudget(900_000_000)
"""For all decoding in this process. A picture that needs more is decoded smaller, or refused."""


def bytes_to_decode(format_name: str, mode: str, bands: int, size: tuple[int, int], factor: int) -> int:
    """The bytes that decoding takes at its peak, without the file: the decoder, its image, and the result.

    The picture has a format and a mode of Pillow, `bands` channels, and a size in pixels; `factor` reduces the result.
    """
    image = _SMALL_MODES.get(mode, 4)
    # OpenJPEG has an integer of 32 bits for each sample.
    decoder = 5 * (bands + 1) if format_name == "JPEG2000" else _DECODERS.get(format_name, 0)
    pixels = size[0] * size[1]
    need = pixels * (image + max(decoder, -(-_RESULT // factor**2))) + min(_BAND, 40 * pixels)
    return max(need, _LEAST.get(format_name, 0))
