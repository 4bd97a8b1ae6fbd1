"""Which Parquet files of a data set hold a split."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from artextract.errors import SourceError

_WORDS = {"train": ("train", "training"), "validation": ("validation", "valid", "val", "dev"), "test": ("test", "eval")}


def files_of_split(files: Sequence[str], card: Mapping[str, Any], split: str) -> list[str]:
    """The Parquet files of a split in their order: as the card says, else by their names.

    Raises:
        SourceError: no file is of this split.
    """
    parquet = [file for file in files if file.endswith(".parquet")]
    configured = _configured(card)
    if any(fnmatchcase(file, pattern) for file in parquet for patterns in configured.values() for pattern in patterns):
        patterns = configured.get(split, [])
        chosen = [file for file in parquet if any(fnmatchcase(file, pattern) for pattern in patterns)]
        splits = sorted(configured)
    else:
        named = {file: _split_in(file) for file in parquet}
        if not any(named.values()):
            return parquet  # one split without a name
        chosen = [file for file, its in named.items() if its == split]
        splits = sorted({its for its in named.values() if its})
    if not chosen:
        raise SourceError(f"The data set has no split {split!r}. Choose one of {', '.join(splits)} with --split.")
    return chosen


def _configured(card: Mapping[str, Any]) -> dict[str, list[str]]:
    """The patterns of each split of the default configuration on the card."""
    configs = [config for config in card.get("configs") or [] if isinstance(config, dict)]
    configs.sort(key=lambda config: not (config.get("default") or config.get("config_name") == "default"))
    patterns: dict[str, list[str]] = {}
    data_files = configs[0].get("data_files") if configs else None
    for entry in data_files if isinstance(data_files, list) else []:
        if isinstance(entry, dict) and "path" in entry:
            paths = entry["path"] if isinstance(entry["path"], list) else [entry["path"]]
            patterns.setdefault(str(entry.get("split", "train")), []).extend(map(str, paths))
    return patterns


def _split_in(file: str) -> str:
    """The split that a file's name or folder names; "" without one."""
    words = re.split(r"[^a-z]+", file.lower())
    return next((split for split, names in _WORDS.items() if any(name in words for name in names)), "")
