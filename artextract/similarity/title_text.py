"""Words in titles and artists' names, looked for through a million of them in a few hundredths of
a second.

All texts lie one after another in Arrow's one buffer. Comparing that with a letter at a time, the
rarest of the word first, leaves few places after the first step; Arrow's own search of each text
(and pandas', which is Arrow's) takes some three times as long, measured in docs/measured.md.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_SAMPLE = 2_000_000
"""Bytes by which it is told which letters are rare."""


class TitleText:
    """Title and artist of works, in small letters, ready to be searched."""

    def __init__(self, works: pd.DataFrame) -> None:
        title, artist = (
            pc.fill_null(pa.array(works[name].astype("str")).cast(pa.large_string()), "")
            for name in ("title", "artist")
        )
        apart = pa.scalar("\n", pa.large_string())
        texts = pc.utf8_lower(pc.binary_join_element_wise(title, artist, apart))
        self._texts = pa.concat_arrays(getattr(texts, "chunks", [texts]))
        _, ends, letters = self._texts.buffers()
        self._ends = np.frombuffer(ends, np.int64)[: len(works) + 1]
        self._letters = np.frombuffer(letters, np.uint8) if letters else np.empty(0, np.uint8)
        self._often = np.bincount(self._letters[:_SAMPLE], minlength=256)

    def having(self, word: str) -> np.ndarray:
        """Which works have a word in their title or artist, bool [n], in any case.

        Args:
            word: one or more characters without white space.
        """
        sought = np.frombuffer(pc.utf8_lower(word).as_py().encode(), np.uint8)
        if len(sought) == 1:  # nearly everywhere: each text ends at its first
            return pc.match_substring(self._texts, chr(sought[0])).to_numpy(zero_copy_only=False)
        rarest_first = np.argsort(self._often[sought], kind="stable")
        last = len(self._letters) - len(sought) + 1
        first = rarest_first[0]
        at = np.flatnonzero(self._letters[first : max(first, first + last)] == sought[first])
        for place in rarest_first[1:]:
            at = at[self._letters[at + place] == sought[place]]
        rows = np.searchsorted(self._ends, at, side="right") - 1
        within = at + len(sought) <= self._ends[rows + 1]
        has = np.zeros(len(self._texts), dtype=bool)
        has[rows[within]] = True
        return has
