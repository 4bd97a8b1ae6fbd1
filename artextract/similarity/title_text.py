"""Search for words in titles and artists' names: a million texts in a few hundredths of a second.

This is the filter of the screens: it matches any part of a word at every keystroke, and needs no index
(`artextract.text` searches all texts by word stems and meaning). All texts are in one buffer of Arrow.
The search compares the buffer with one letter of the word at a time, the rarest letter first, so few
places remain after the first step. Arrow's own search of each text takes about three times as long
(docs/measured.md).
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_SAMPLE = 2_000_000
"""Bytes in which letters are counted."""


class TitleText:
    """Titles and artists of works, in lower case without accents, ready for search."""

    def __init__(self, works: pd.DataFrame) -> None:
        title, artist = (
            pc.fill_null(pa.array(works[name].astype("str")).cast(pa.large_string()), "")
            for name in ("title", "artist")
        )
        separator = pa.scalar("\n", pa.large_string())
        texts = pc.binary_join_element_wise(title, artist, separator)
        self._texts = _folded(pa.concat_arrays(getattr(texts, "chunks", [texts])))
        _, ends, letters = self._texts.buffers()
        self._ends = np.frombuffer(ends, np.int64)[: len(works) + 1]
        self._letters = np.frombuffer(letters, np.uint8) if letters else np.empty(0, np.uint8)
        self._frequency = np.bincount(self._letters[:_SAMPLE], minlength=256)

    def having(self, word: str) -> np.ndarray:
        """Which works have a word in their title or artist, bool [n]; case and accents do not matter.

        Args:
            word: one or more characters without white space.
        """
        wanted = np.frombuffer(_folded(pa.array([word], pa.large_string()))[0].as_py().encode(), np.uint8)
        if not len(wanted):  # nothing but accents
            return np.ones(len(self._texts), dtype=bool)
        if len(wanted) == 1:  # frequent: each text ends its own search at the first place
            return pc.match_substring(self._texts, chr(wanted[0])).to_numpy(zero_copy_only=False)
        rarest_first = np.argsort(self._frequency[wanted], kind="stable")
        last = len(self._letters) - len(wanted) + 1
        first = rarest_first[0]
        starts = np.flatnonzero(self._letters[first : max(first, first + last)] == wanted[first])
        for place in rarest_first[1:]:
            starts = starts[self._letters[starts + place] == wanted[place]]
        rows = np.searchsorted(self._ends, starts, side="right") - 1
        is_within = starts + len(wanted) <= self._ends[rows + 1]
        mask = np.zeros(len(self._texts), dtype=bool)
        mask[rows[is_within]] = True
        return mask


def _folded(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Texts in lower case without accents. Only texts that are not ASCII take time."""
    texts = pc.utf8_lower(texts)
    accented = pc.invert(pc.string_is_ascii(texts))
    plain = pc.replace_substring_regex(pc.utf8_normalize(texts.filter(accented), "NFD"), r"\p{Mn}+", "")
    return pc.replace_with_mask(texts, accented, plain)
