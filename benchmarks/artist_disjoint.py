"""The artist-disjoint split: no artist has both training and validation paintings.

    python -m benchmarks.artist_disjoint --images … --labels … > train/splits/artist_disjoint_val.txt

In the split of the lists nearly every validation artist is also in training, so a model can recognise
the artist instead of the style. Here it has to know the style.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from artextract.attributes.labelled_paintings import read_paintings
from train.config import run

Images = Annotated[Path, typer.Option(help="The folder with <Style>/<artist>_<title>.jpg.")]
Labels = Annotated[Path, typer.Option(help="The folder with the Style, Genre and Artist lists.")]

SEED = 0
PART = 1 / 6  # Share of each style for validation
MOST = 120  # Paintings of an artist who may be held out: one artist must not dominate a style


def artist_disjoint_files(table: pd.DataFrame) -> list[str]:
    """The files (`Style/name.jpg`, sorted) of the validation part of a table: about a sixth of each style.

    Artists join it in random order (with a fixed seed) as long as their main style has too few
    paintings there. The same images give the same list.
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


def main(images: Images, labels: Labels) -> None:
    """Print the artist-disjoint validation list of a copy."""
    table = read_paintings(images, labels)
    listed = table[table["style"].notna()].reset_index(drop=True)
    print("\n".join(artist_disjoint_files(listed)))


if __name__ == "__main__":
    run(main)
