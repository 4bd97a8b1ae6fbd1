"""Tune a backbone on paintings: `python -m train.backbone --config train/configs/backbone.yaml`.

The network learns style, genre, artist and date together, end to end, with one linear head per attribute on its pooled
output. The result is a moving average of the weights (Polyak and Juditsky 1992), for `train.attributes`.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from timm.utils import ModelEmaV3  # type: ignore[attr-defined]
from torch import Tensor, nn
from tqdm import tqdm

from artextract.attributes.labels import LABELLED
from artextract.files import only_writer, write_bytes
from artextract.vision.device import find_device
from artextract.vision.images import open_picture
from artextract.vision.preprocessing import prepare_whole
from train.checkpoints import Run, seed_everything
from train.config import BackboneSettings, Changes, ConfigFile, run
from train.data.augmentation import training_batches
from train.data.paintings import Paintings
from train.losses import TrainingLoss, accuracies, logits_in_batches
from train.tuned_backbone import TunedBackbone, copy_loss, copy_targets, epoch_rows


class BackboneTraining:
    """A training run and its state from step to step."""

    def __init__(self, settings: BackboneSettings) -> None:
        self.settings = settings
        device = find_device(settings.device)
        self.paintings = Paintings.read(settings.data)
        self.loss = TrainingLoss(self.paintings, settings.label_smoothing, device.torch)
        self.run = Run(settings.output, settings)
        seed_everything(settings.seed)
        copies = settings.data.copies
        self.copies = [torch.from_numpy(array).to(device.torch) for array in copy_targets(self.paintings.table, copies)]
        self.rows = epoch_rows(self.paintings.table, copies)
        self.model = TunedBackbone(self.paintings.sizes, settings, device)
        self.average = ModelEmaV3(self.model, decay=settings.average, use_warmup=True, warmup_power=0.75)
        self.optimizer = self.model.optimizer(settings)
        # Small gradients underflow in float16, so they are computed from a scaled loss.
        self.scaler = torch.amp.GradScaler(device.kind, enabled=device.torch_arithmetic == "float16")
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        self.sizes = [phase.size for phase in settings.stages for _ in range(phase.epochs)]
        self.per_epoch = len(self.rows) // settings.batch
        self.done = 0
        if (state := self.run.load_state()) is not None:
            self.model.load_state_dict(state["model"])
            self.average.module.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            if scaler := state.get("scaler"):  # empty if the run used another arithmetic
                self.scaler.load_state_dict(scaler)
            self.done = int(state["epochs"])

    def epoch(self) -> None:
        """Train one more epoch, measure it on the part set aside, and store it."""
        epoch, size, settings = self.done + 1, self.sizes[self.done], self.settings
        seed_everything(settings.seed, epoch)
        self.model.train()
        paths = list(self.paintings.table["path"].iloc[self.rows])
        batches = training_batches(paths, settings.batch, size, settings.crop, settings.seed, epoch)
        label = f"epoch {epoch}/{len(self.sizes)} at {size} px"
        for number, (chosen, pixels) in enumerate(tqdm(batches, label, self.per_epoch)):
            step = self.done * self.per_epoch + number
            loss = self._step(step, torch.from_numpy(pixels), self.rows[chosen])
            if number % 20 == 0:
                rate = self.optimizer.param_groups[-1]["lr"]
                self.run.scalars(step, {"loss": float(loss), "learning_rate": rate})
        figures: dict[str, float] = {}
        aside = self.paintings.rows("aside")
        copies = self.paintings.table["copy"].to_numpy()[aside]
        for copy in np.unique(copies):
            measured = self._measure(aside[copies == copy], size)
            figures |= {f"aside/copy_{copy}/{name}": share for name, share in measured.items()}
        self.run.finish_epoch(epoch, epoch * self.per_epoch, figures)
        self.save(f"epoch_{epoch}")
        self.run.save_state({
            "model": self.model.state_dict(),
            "average": self.average.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "epochs": epoch,
        })
        self.done = epoch

    def save(self, name: str) -> Path:
        """Write the averaged backbone `<name>.safetensors`, its heads `<name>.heads.safetensors` and `classes.json`."""
        classes = {attribute: self.paintings.classes.of(attribute) for attribute in LABELLED}
        write_bytes(self.run.folder / "classes.json", json.dumps(classes).encode())
        self.run.save_weights(f"{name}.heads", _with_prefix(self.average.module, "heads."))
        return self.run.save_weights(name, _with_prefix(self.average.module, "backbone."))

    def _measure(self, rows: np.ndarray, size: int) -> dict[str, float]:
        """The accuracies of the averaged heads on whole pictures."""
        network, paths = self.average.module.eval(), self.paintings.table["path"]

        def forward(chosen: np.ndarray) -> dict[str, Tensor]:
            pixels = np.stack([prepare_whole(open_picture(path).image, size) for path in paths.iloc[chosen]])
            logits: dict[str, Tensor] = network(torch.from_numpy(pixels))
            return logits

        return accuracies(logits_in_batches(forward, rows, 16), self.paintings, rows)

    def _step(self, step: int, pixels: Tensor, rows: np.ndarray) -> Tensor:
        """One step of the optimizer; returns the loss before the step, still on the device."""
        steps, warm_up = len(self.sizes) * self.per_epoch, self.settings.warm_up
        # Linear warm-up, then cosine decay to 0 (Loshchilov and Hutter 2017).
        factor = 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(steps - warm_up, 1)))
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * ((step + 1) / warm_up if step < warm_up else factor)
        logits = self.model(pixels)
        loss: Tensor = self.loss(logits, rows)
        if "copy" in logits:
            loss = loss + copy_loss(logits["copy"], *(array[rows] for array in self.copies))
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self.scaler.unscale_(self.optimizer)
        nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.average.update(self.model, step)
        return loss.detach()


def train(settings: BackboneSettings) -> Path:
    """Train from where the run stopped; returns the path of the final weights.

    A run that was killed and started again gives the same tensors as an uninterrupted one. Raises
    ArtExtractError if the data, the weights or the output folder are missing or wrong.
    """
    with only_writer(settings.output, f"training {settings.name}", timeout=1):
        training = BackboneTraining(settings)
        while training.done < len(training.sizes):
            training.epoch()
        return training.save("final")


def _with_prefix(model: nn.Module, prefix: str) -> dict[str, Tensor]:
    state = model.state_dict().items()
    return {name.removeprefix(prefix): tensor.clone() for name, tensor in state if name.startswith(prefix)}


def main(config: ConfigFile, changes: Changes = None) -> None:
    """Tune a backbone on paintings. A stopped run continues after its last epoch."""
    print(f"Written: {train(BackboneSettings.read(config, changes))}")


if __name__ == "__main__":
    run(main)
