"""Tune a backbone on paintings: `python -m train.backbone --config train/configs/backbone.yaml`.

The network learns style, genre, artist and date at once, end to end, with a linear head an
attribute on its pooled output; what is kept is the backbone, for `train.attributes`. The weights
that count are a moving average of those that are trained (Polyak and Juditsky 1992).
"""

import time
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
import typer
from timm.utils import ModelEmaV3  # type: ignore[attr-defined]
from torch import Tensor, nn
from tqdm import tqdm

from artextract.attributes import dates
from artextract.attributes.labels import LABELLED, Classes
from artextract.cli.common import errors_as_sentences
from artextract.files import only_writer
from artextract.vision.backbones import find_backbone
from artextract.vision.device import Device, find_device
from artextract.vision.images import open_picture
from artextract.vision.preprocessing import prepare_whole
from train.checkpoints import Run, seed_everything
from train.config import BackboneSettings
from train.data.augmentation import training_batches
from train.data.copy_blind import copy_loss, copy_targets, drawn_rows
from train.data.paintings import labelled_paintings
from train.losses import BALANCED, Criterion, effective_number_weights
from train.tuned_backbone import Tuned, learning_rate_factor, optimizer_of


def measure(model: nn.Module, table: pd.DataFrame, targets: dict[str, Tensor], size: int) -> dict[str, float]:
    """Accuracy of each attribute over the rows of `table`, whole pictures, by the heads."""
    model.eval()
    rows = torch.from_numpy(table.index.to_numpy(copy=True))
    wanted = {name: targets[name][rows.to(targets[name].device)] for name in LABELLED}
    hits = {name: torch.zeros_like((target >= 0).sum()) for name, target in wanted.items()}
    with torch.inference_mode():
        for start in range(0, len(table), 16):
            paths = table["path"].iloc[start : start + 16]
            pixels = np.stack([prepare_whole(open_picture(p).image, size) for p in paths])
            logits = model(torch.from_numpy(pixels))
            for name, target in wanted.items():  # without a label it is -1: no class is that
                hits[name] += (logits[name].argmax(1) == target[start : start + 16]).sum()
    return {
        f"{name}_accuracy": float(hits[name] / (target >= 0).sum())
        for name, target in wanted.items()
        if (target >= 0).any()
    }


def criterion_of(table: pd.DataFrame, classes: Classes, settings: BackboneSettings, device: Device) -> Criterion:
    """The loss on the rows of a table of `labelled_paintings`, of logits on the device."""
    targets = classes.encode(table)
    weights = {}
    for name in BALANCED:
        known = targets[name][(table["part"] == "fit") & (targets[name] >= 0)]
        counts = np.bincount(known, minlength=len(classes.of(name)))
        weights[name] = effective_number_weights(counts, settings.effective_number)
    years = dates.soft_targets(table["year"].to_numpy(float, na_value=np.nan))
    return Criterion(targets, years, weights, settings.label_smoothing, device=device.torch)


class Training:
    """A run of a configuration: what changes from step to step, and how it is kept."""

    def __init__(self, settings: BackboneSettings) -> None:
        self.settings = settings
        device = find_device(settings.device)
        self.table = labelled_paintings(settings.data)
        fit = self.table[self.table["part"] == "fit"]
        classes = Classes.from_table(fit, settings.data.artist_at_least)
        self.criterion = criterion_of(self.table, classes, settings, device)
        self.run = Run(settings.output, settings)
        seed_everything(settings.seed)
        sizes = {name: len(classes.of(name)) for name in LABELLED} | {"date": dates.BINS}
        copies = len(settings.data.copies)
        self.copies = [torch.from_numpy(one).to(device.torch) for one in copy_targets(self.table)]
        self.rows = drawn_rows(self.table)
        self.model = Tuned(find_backbone(settings.backbone), sizes, copies, settings, device)
        self.average = ModelEmaV3(self.model, decay=settings.average, use_warmup=True, warmup_power=0.75)
        self.optimizer = optimizer_of(self.model, settings)
        # float16 holds no small gradients: they are computed of a loss made larger.
        self.scaler = torch.amp.GradScaler(device.kind, enabled=device.arithmetic == "float16")
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        self.sizes = [stage.size for stage in settings.stages for _ in range(stage.epochs)]
        self.per_epoch = len(self.rows) // settings.batch
        self.done = 0
        if (state := self.run.load_state()) is not None:
            self.model.load_state_dict(state["model"])
            self.average.module.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            if scaler := state.get("scaler"):  # empty where the run used another arithmetic
                self.scaler.load_state_dict(scaler)
            self.done = int(state["epochs"])

    def epoch(self) -> None:
        """Train one more epoch, measure it on the part kept aside, and keep it."""
        epoch, settings = self.done + 1, self.settings
        size = self.sizes[self.done]
        seed_everything(settings.seed, epoch)
        self.model.train()
        began, rows = time.monotonic(), self.rows
        batches = training_batches(
            list(self.table["path"].iloc[rows]),
            settings.batch,
            size,
            settings.crop,
            settings.seed,
            epoch,
        )
        label = f"epoch {epoch}/{len(self.sizes)} at {size} px"
        for number, (chosen, pixels) in enumerate(tqdm(batches, label, self.per_epoch)):
            step = self.done * self.per_epoch + number
            loss = self._step(step, torch.from_numpy(pixels), rows[chosen])
            if number % 20 == 0:
                rate = self.optimizer.param_groups[-1]["lr"]
                self.run.scalars(step, {"loss": float(loss), "learning_rate": rate})
        aside = self.table[self.table["part"] == "aside"]
        found = {"images_per_second": len(rows) / (time.monotonic() - began)}
        for copy, part in aside.groupby("copy"):
            figures = measure(self.average.module, part, self.criterion.targets, size)
            found |= {f"aside/copy_{copy}/{name}": value for name, value in figures.items()}
        self.run.scalars(epoch * self.per_epoch, found)
        print(f"epoch {epoch}:", ", ".join(f"{k} {v:.3f}" for k, v in found.items()), flush=True)
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
        """Write the averaged backbone as `<name>.safetensors`, its heads beside it."""
        self.run.save_weights(f"{name}.heads", _part_of(self.average.module, "heads."))
        return self.run.save_weights(name, _part_of(self.average.module, "backbone."))

    def _step(self, step: int, pixels: Tensor, rows: np.ndarray) -> Tensor:
        """One step of the optimizer; the loss before it, still on the device."""
        steps = len(self.sizes) * self.per_epoch
        factor = learning_rate_factor(step, steps, self.settings.warm_up)
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * factor
        logits = self.model(pixels)
        loss: Tensor = self.criterion(logits, rows)
        if "copy" in logits:
            loss = loss + copy_loss(logits["copy"], *(one[rows] for one in self.copies))
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self.scaler.unscale_(self.optimizer)
        nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.average.update(self.model, step)
        return loss.detach()


def train(settings: BackboneSettings) -> Path:
    """Run the configuration to its end, from where it stopped; the path of the final weights.

    A run that was killed and started again ends with the same tensors as one left alone.

    Raises:
        ArtExtractError: the data, the weights or the output folder isn't what it should be.
    """
    with only_writer(settings.output, f"training {settings.name}", timeout=1):
        training = Training(settings)
        while training.done < len(training.sizes):
            training.epoch()
        return training.save("final")


def _part_of(model: nn.Module, prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor.clone()
        for name, tensor in model.state_dict().items()
        if name.startswith(prefix)
    }


@errors_as_sentences
def main(
    config: Annotated[Path, typer.Option(help="A YAML file: see train/configs.")],
) -> None:
    """Tune a backbone on paintings; run again, it goes on where it stopped."""
    print(f"Written: {train(BackboneSettings.read(config))}")


if __name__ == "__main__":
    typer.run(main)
