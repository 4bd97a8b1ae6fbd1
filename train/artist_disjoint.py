"""The artist-disjoint split: nobody who painted a validation painting painted a training one.

    python -m train.artist_disjoint --images … --labels … > train/splits/artist_disjoint_val.txt

The lists' own split has nearly every validation artist in training too, so a model can answer the
style of the artist; here it has to know the style.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from artextract.attributes.labelled_paintings import read_paintings
from artextract.cli.common import errors_as_sentences

SEED = 0
PART = 1 / 6
"""Of each style that is for validation."""
MOST = 120
"""Paintings of an artist who may be held out: one artist alone must not be a style's measure."""


def artist_disjoint_files(table: pd.DataFrame) -> list[str]:
    """The files of the validation part: about a sixth of each style, by artists of their own.

    Artists are taken in a random order (of a fixed seed) into the validation part as long as the
    style that they painted most in has too few there.

    Args:
        table: of `read_paintings`; every row has a style.

    Returns:
        `Style/name.jpg` of each, sorted. The same images give the same list.
    """
    counts = pd.crosstab(table["painter"], table["style"]).sort_index()
    wanted = counts.sum() * PART
    held: list[str] = []
    for painter in np.random.default_rng(SEED).permutation(counts.index):
        paintings = counts.loc[painter]
        main = paintings.idxmax()
        room = wanted[main] - counts.loc[held, main].sum()
        if room > 0 and paintings.sum() <= min(MOST, room + 5):
            held.append(painter)
    return sorted(table["file"][table["painter"].isin(held)])


@errors_as_sentences
def main(
    images: Annotated[Path, typer.Option(help="The folder with <Style>/<artist>_<title>.jpg.")],
    labels: Annotated[Path, typer.Option(help="The folder with Style, Genre and Artist lists.")],
) -> None:
    """Print the artist-disjoint validation list of a copy."""
    table = read_paintings(images, labels)
    listed = table[table["style"].notna()].reset_index(drop=True)
    print("\n".join(artist_disjoint_files(listed)))


if __name__ == "__main__":
    typer.run(main)
