"""Compare the predictions of two trained models for the same validation paintings.

    python -m benchmarks.model_difference artextract/attributes/shipped results/new

The interval of the difference is narrower than those of the two accuracies: what makes a painting difficult for
both models cancels out.
"""

import argparse
from pathlib import Path

import pandas as pd

from artextract.attributes.evaluation.metrics import mean_by_artist
from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import Bundle
from artextract.similarity.evaluation.measures import Estimate, artist_numbers


def accuracy_difference(before: pd.DataFrame, after: pd.DataFrame, attribute: str) -> tuple[int, Estimate]:
    """The number of paintings that both models predicted, and the gain in accuracy with its 95% interval by artist.

    Both tables have the columns of `Bundle.validation`. Paintings whose label differs between the tables are left out.
    """
    columns = ["file", "copy", attribute, f"{attribute}_predicted"]
    both = after.merge(before[columns].dropna(), on=["file", "copy", attribute], suffixes=("", "_before"))
    right, right_before = (
        (both[f"{attribute}_predicted{suffix}"] == both[attribute]).to_numpy(float) for suffix in ("", "_before")
    )
    return len(both), mean_by_artist(right - right_before, artist_numbers(pd.factorize(both["painter"])[0]))


def main() -> None:
    """Print the gain in accuracy of each attribute."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    options = parser.parse_args()
    before, after = (Bundle.open(folder).validation for folder in (options.before, options.after))
    for attribute in LABELLED:
        count, gain = accuracy_difference(before, after, attribute)
        print(f"{attribute}: {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}) on {count:,} paintings")


if __name__ == "__main__":
    main()
