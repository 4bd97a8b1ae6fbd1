"""The folder of a training run: checkpoints, the state to resume from, and TensorBoard scalars."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch.utils.tensorboard import SummaryWriter

from artextract.errors import StorageError
from artextract.files import write_atomic, write_bytes
from train.config import Settings


class Run:
    """The folder of one run: `epoch_1.safetensors` …, `final.safetensors`, `state.pt`, events."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Open the folder, or create it.

        Raises StorageError if it holds a run with another configuration (the device may differ).
        """
        self.folder = folder
        wanted = json.loads(settings.model_dump_json())
        file = folder / "settings.json"
        if file.exists() and json.loads(file.read_text()) | {"device": ""} != wanted | {"device": ""}:
            raise StorageError(f"{folder} holds a run with another configuration. Name another output, or delete it.")
        write_bytes(file, json.dumps(wanted, indent=1).encode())
        self._writer = SummaryWriter(str(folder / "events"))

    def scalars(self, step: int, values: dict[str, float]) -> None:
        """Write scalars for TensorBoard."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def finish_epoch(self, epoch: int, step: int, figures: dict[str, float]) -> None:
        """Write and print the figures of an epoch."""
        self.scalars(step, figures)
        print(f"epoch {epoch}:", ", ".join(f"{name} {value:.4f}" for name, value in figures.items()), flush=True)

    def save_state(self, state: dict[str, Any]) -> None:
        """Store the state to resume from."""
        # Written to an open file: by its name, PyTorch would hide the reason why a disk refuses it.
        with write_atomic(self.folder / "state.pt") as temporary, temporary.open("wb") as file:
            torch.save(state, file)

    def load_state(self) -> dict[str, Any] | None:
        """The stored state with all tensors on the CPU; None before the first epoch. Raises StorageError if damaged."""
        file = self.folder / "state.pt"
        if not file.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:  # torch raises many kinds for a damaged file
            raise StorageError(f"{file} is damaged. Delete {self.folder} and train again.") from error
        return state

    def save_weights(self, name: str, tensors: dict[str, torch.Tensor]) -> Path:
        """Write `<name>.safetensors`."""
        file = self.folder / f"{name}.safetensors"
        with write_atomic(file) as temporary:
            save_file({key: value.contiguous() for key, value in tensors.items()}, temporary)
        return file


def seed_everything(*seed: int) -> None:
    """Seed every random generator of the training; equal numbers give equal states."""
    state = int(np.random.SeedSequence(seed).generate_state(1)[0])
    random.seed(state)
    np.random.seed(state)
    torch.manual_seed(state)
