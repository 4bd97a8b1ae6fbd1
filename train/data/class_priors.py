"""How common the classes are in the whole lists, of which a copy's images are a part.

A copy can hold the styles in other proportions than the lists do; what is met in use is nearer to
the lists'.
"""

from collections import Counter
from pathlib import Path

import numpy as np

from artextract.attributes.labelled_paintings import painter_of
from artextract.attributes.labels import ANOTHER, Classes
from artextract.sources.artgan import Labels, read_labels


def listed_counts(labels: Path, classes: Classes) -> dict[str, np.ndarray]:
    """Training images of each class that the lists name within the styles that are known.

    Args:
        labels: the folder of the label lists.
        classes: what to count.

    Returns:
        "style", "genre" and "artist" → int64 [classes]; 0 for a class without any.

    Raises:
        SourceError: the lists can't be read.
    """
    lists = read_labels(labels)
    folders = _folders(lists, classes)
    found: dict[str, Counter[str]] = {"style": Counter(), "genre": Counter(), "artist": Counter()}
    for attribute, counter in found.items():
        source = "style" if attribute == "artist" else attribute  # who is in the file's name
        if source not in lists:
            continue
        for key, (split, index) in lists[source].listed.items():
            if split == "train" and key.partition("/")[0] in folders:
                name = lists[source].classes[index].replace("_", " ")
                counter[painter_of(key) or ANOTHER if attribute == "artist" else name] += 1
    counts = {}
    for attribute, counter in found.items():
        names = classes.of(attribute)
        counts[attribute] = np.array([counter.pop(name, 0) for name in names])
        if attribute == "artist":  # everybody else is the last class
            counts[attribute][-1] = sum(counter.values())
    return counts


def _folders(lists: dict[str, Labels], classes: Classes) -> set[str]:
    """The folders that hold paintings of the known styles, as `image_key` writes them."""
    if "style" not in lists:
        return {style.replace(" ", "_").casefold() for style in classes.style}
    names, listed = lists["style"].classes, lists["style"].listed
    # A folder needn't be called as its class is: Art_Nouveau_Modern holds Art_Nouveau.
    return {
        key.partition("/")[0]
        for key, (_, index) in listed.items()
        if names[index].replace("_", " ") in classes.style
    }
