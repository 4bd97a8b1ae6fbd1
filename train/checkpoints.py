"""A training run's folder: checkpoints, the state to go on from, and TensorBoard's scalars."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.utils.tensorboard import SummaryWriter

from artextract.errors import StorageError
from artextract.files import write_atomic
from train.config import Settings

STATE = "state.pt"


class Run:
    """The folder of one run: `epoch_1.safetensors` …, `final.safetensors`, `state.pt`, events."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Open the folder, or make it.

        Raises:
            StorageError: it holds a run of another configuration; the device doesn't count.
        """
        self.folder = folder
        wanted = json.loads(settings.model_dump_json())
        file = folder / "settings.json"
        if file.exists() and _but_device(json.loads(file.read_text())) != _but_device(wanted):
            raise StorageError(f"{folder} holds a run of another configuration: name another output, or delete it.")
        with write_atomic(file) as temporary:
            temporary.write_text(json.dumps(wanted, indent=1))
        self._writer = SummaryWriter(str(folder / "events"))

    def scalars(self, step: int, values: dict[str, float]) -> None:
        """Write scalars for TensorBoard."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def save_state(self, state: dict[str, Any]) -> None:
        """Keep what the run goes on from after a kill."""
        with write_atomic(self.folder / STATE) as temporary:
            torch.save(state, temporary)

    def load_state(self) -> dict[str, Any] | None:
        """What an earlier process kept, all tensors on the processor, or None.

        Raises:
            StorageError: the file is damaged.
        """
        file = self.folder / STATE
        if not file.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:  # torch raises what it meets in a damaged file
            raise StorageError(f"{file} is damaged: delete {self.folder} and train again.") from error
        return state

    def save_weights(self, name: str, tensors: dict[str, torch.Tensor]) -> Path:
        """Write `<name>.safetensors`."""
        file = self.folder / f"{name}.safetensors"
        with write_atomic(file) as temporary:
            save_file({key: value.contiguous() for key, value in tensors.items()}, temporary)
        return file

    def load_weights(self, name: str) -> dict[str, torch.Tensor]:
        """What `save_weights` wrote."""
        return load_file(self.folder / f"{name}.safetensors")


def _but_device(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name != "device"}


def seed_everything(*seed: int) -> None:
    """Seed every generator that training draws from, the same from the same numbers."""
    one = int(np.random.SeedSequence(seed).generate_state(1)[0])
    random.seed(one)
    np.random.seed(one)
    torch.manual_seed(one)
