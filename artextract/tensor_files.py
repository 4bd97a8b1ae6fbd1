"""safetensors files: arrays, and facts about them in the header."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import BaseModel
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from artextract.files import check_regular, write_atomic

HEADER = "artextract"
Facts = TypeVar("Facts", bound=BaseModel)


def read_facts(file: Path, kind: type[Facts]) -> Facts:
    """The facts that `write_tensors` wrote.

    Raises OSError if the file can't be read, ValueError if it is damaged or has no such facts.
    """
    check_regular(file)
    try:
        with safe_open(file, "np") as opened:
            return kind.model_validate_json((opened.metadata() or {}).get(HEADER, ""))
    except SafetensorError as error:
        raise ValueError(f"{file} is damaged") from error


def read_tensors(file: Path, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays called `names` (None: all of them).

    Raises OSError if the file can't be read, ValueError if it is damaged or lacks one of the arrays.
    """
    check_regular(file)
    try:
        with safe_open(file, "np") as opened:
            return {name: opened.get_tensor(name) for name in (opened.keys() if names is None else names)}
    except SafetensorError as error:
        raise ValueError(f"{file} is damaged or lacks an array") from error


def write_tensors(file: Path, tensors: Mapping[str, np.ndarray], facts: BaseModel | None = None) -> None:
    """Write arrays, with facts in the header. Raises StorageError if the file can't be written."""
    # Converted to C order, because safetensors writes the memory of an array unchanged.
    ordered = {name: np.asarray(array, order="C") for name, array in tensors.items()}
    with write_atomic(file) as temporary:
        save_file(ordered, temporary, None if facts is None else {HEADER: facts.model_dump_json()})
