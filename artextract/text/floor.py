"""The score below which a search by meaning has found nothing.

A search by vectors always has a nearest work. How near it is by chance grows with the collection, so the floor is
measured in it: made-up words are searched, and a result counts only if it is nearer than theirs.

Measured with 25 other nonsense words and with queries that a person would type: of the nonsense, 1 still finds
something in 184 works of the National Gallery of Art with descriptions, 4 in the demo (300 works) and 4 in 12,672
WikiArt paintings; of the real queries, 24 of 26, 13 of 16 (the demo has no ocean, forest or jewellery) and 26 of 26 do.
"""

import random
from collections.abc import Sequence

import numpy as np

QUANTILE = 0.97  # Share of the made-up words that find nothing: .95 lets more nonsense through, .98 loses real words
_CONSONANTS, _VOWELS, _ENDS = "bcdfghjklmnprstvwz", "aeiou", ("", "x", "nk", "ld", "sh")


def made_up_words() -> list[str]:
    """A hundred words of two to four random syllables, always the same."""
    chance = random.Random(0)

    def word() -> str:
        syllables = range(chance.choice((2, 3, 4)))
        stem = "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in syllables)
        return stem + chance.choice(_ENDS)

    return [word() for _ in range(100)]


def floor_of(best: Sequence[float] | np.ndarray) -> float:
    """The floor, given the highest cosine that each of the made-up words reaches in a collection."""
    return float(np.quantile(best, QUANTILE))
