"""The comparison of two subsets: typical works and terms of each."""

from dataclasses import dataclass

import pandas as pd

from artextract.comparison.subsets import SubsetPair
from artextract.comparison.typical_terms import TypicalTerm, typical_terms
from artextract.comparison.typicality import Typicality, most_typical, typicality_of
from artextract.progress import Report, silent


@dataclass(frozen=True)
class SubsetComparison:
    """What is typical of each subset, the first and the second."""

    pair: SubsetPair
    typicality: Typicality
    terms: tuple[list[TypicalTerm], list[TypicalTerm]]

    def works(self, side: int, count: int = 12) -> list[tuple[int, float]]:
        """Row and typicality of at most `count` works of a subset (0 or 1), the most typical first."""
        rows, values = self.typicality.rows[side], self.typicality.values[side]
        chosen = most_typical(values, self.pair.works["artist"].iloc[rows], count)
        return [(int(rows[position]), float(values[position])) for position in chosen]


def compare_subsets(pair: SubsetPair, report: Report = silent) -> SubsetComparison:
    """Compare two subsets; `report` may stop it."""
    artists = pd.factorize(pair.works["artist"])[0]
    return SubsetComparison(pair, typicality_of(pair.vectors, pair.rows, artists, report), typical_terms(pair))
