"""Tune a backbone on paintings: `python -m train.backbone --config train/configs/backbone.yaml`.

The network learns style, genre, artist and date together, end to end, with one linear head per attribute on its pooled
output. The result is a moving average of the weights (Polyak and Juditsky 1992), for `train.attributes`.

The network is made blind to the copy of the data set that a painting comes from. Copies differ in scaling, compression
and styles, so a network could infer the style from the copy. For styles in several copies, a head predicts the copy
from the pooled output, and the reversed gradient teaches the network to hide it (Ganin et al. 2016).
"""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from timm.optim import param_groups_layer_decay  # type: ignore[attr-defined]
from timm.utils import ModelEmaV3  # type: ignore[attr-defined]
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from artextract.attributes.labels import LABELLED
from artextract.errors import SourceError
from artextract.files import only_writer, write_bytes
from artextract.vision.backbones import build, find_backbone, weights_of
from artextract.vision.device import Device, find_device
from artextract.vision.images import open_picture
from artextract.vision.preprocessing import prepare_whole
from train.checkpoints import Run, seed_everything
from train.config import BackboneSettings, Changes, ConfigFile, Copy, run
from train.data.augmentation import training_batches
from train.data.paintings import Paintings
from train.losses import TrainingLoss, accuracies, logits_in_batches

STRENGTH = 0.3  # Weight of the reversed gradient


class TunedBackbone(nn.Module):
    """A backbone with linear heads."""

    mean: Tensor
    std: Tensor

    def __init__(self, sizes: dict[str, int], settings: BackboneSettings, device: Device) -> None:
        """Build the network on the CPU, so that it starts equal everywhere, and move it to `device`.

        `sizes` is attribute → number of classes. For several copies of the data set a head for the copy is
        added. Raises WeightsError if the weights are not available or belong to another network,
        SourceError if a frozen module does not exist.
        """
        super().__init__()
        backbone, copies = find_backbone(settings.backbone), len(settings.data.copies)
        weights = weights_of(backbone, settings.weights)
        self.backbone = build(backbone, weights, settings.stages[0].size, settings.drop_path)
        self.device = device
        self.dropout = nn.Dropout(settings.dropout)
        self.heads = nn.ModuleDict({name: nn.Linear(backbone.dimension, size) for name, size in sizes.items()})
        self.copy_head = nn.Linear(backbone.dimension, copies) if copies > 1 else None
        for name, values in (("mean", backbone.preprocessing.mean), ("std", backbone.preprocessing.std)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1) * 255, persistent=False)
        parts = dict(self.backbone.named_modules())
        if unknown := [name for name in settings.frozen if name not in parts]:
            raise SourceError(
                f"frozen: the backbone has no module {unknown[0]!r}. It has "
                f"{', '.join(child for child, _ in self.backbone.named_children())}."
            )
        self._frozen = [parts[name] for name in settings.frozen]
        for part in self._frozen:
            part.requires_grad_(False)
        # Depthwise filters are a few per cent of the weights, but on a CPU their gradient takes more than half of a
        # step (oneDNN, bfloat16). They are frozen on every device, so that a configuration learns the same everywhere.
        for module in parts.values():
            if isinstance(module, nn.Conv2d) and module.groups > 1:
                module.weight.requires_grad_(False)
        self.to(device.torch, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def train(self, mode: bool = True) -> Self:
        """Set the mode. Frozen modules also keep the statistics of their batch norms."""
        super().train(mode)
        for part in self._frozen:
            part.eval()
        return self

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """Attribute → logits float32 [n, classes], of uint8 pictures [n, size, size, 3].

        There are logits for "copy", too, if there are several copies.
        """
        batch = pixels.to(self.mean.device).permute(0, 3, 1, 2).float()
        batch = (batch - self.mean) / self.std
        with self.device.autocast():
            pooled = self.backbone(batch.contiguous(memory_format=torch.channels_last))
        pooled = self.dropout(pooled.float())
        logits = {name: head(pooled) for name, head in self.heads.items()}
        if self.copy_head is not None:
            logits["copy"] = self.copy_head(reversed_gradient(pooled))
        return logits

    def optimizer(self, settings: BackboneSettings) -> torch.optim.Optimizer:
        """AdamW with layer-wise learning rate decay (Bao et al. 2022) and a faster rate for the heads."""
        groups = param_groups_layer_decay(self.backbone, settings.weight_decay, layer_decay=settings.layer_decay)
        for group in groups:
            group["params"] = [weight for weight in group["params"] if weight.requires_grad]
            group["lr"] = settings.learning_rate * group["lr_scale"]
        copy_head = [] if self.copy_head is None else self.copy_head.parameters()
        heads = {
            "params": [*self.heads.parameters(), *copy_head],
            "lr": settings.head_learning_rate,
            "weight_decay": settings.weight_decay,
        }
        return torch.optim.AdamW([*(group for group in groups if group["params"]), heads])


class _Reversed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, values: Tensor) -> Tensor:
        return values.view_as(values)

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, *gradients: Any) -> Tensor:
        return -STRENGTH * gradients[0]


reversed_gradient = _Reversed.apply  # The same values with a reversed gradient


def epoch_rows(table: pd.DataFrame, copies: Sequence[Copy]) -> np.ndarray:
    """The rows of an epoch, int64: each training image as often as its copy says (`Copy.repeats`)."""
    fit = table[table["part"] == "fit"]
    return np.repeat(fit.index.to_numpy(), [copies[copy].repeats for copy in fit["copy"]]).astype(np.int64)


def copy_targets(table: pd.DataFrame, copies: Sequence[Copy]) -> tuple[np.ndarray, np.ndarray]:
    """Targets int64 [n] for the copy head, and weights float32 [n].

    The target is -1 for styles in only one copy, and for copies that are not hidden (`Copy.hidden`).
    The weights have the same sum for each copy of a style.
    """
    hidden = np.array([copies[copy].hidden for copy in table["copy"]])
    fit = table[(table["part"] == "fit") & table["style"].notna() & hidden]
    several = hidden & (table["style"].map(fit.groupby("style")["copy"].nunique()).fillna(0).to_numpy() > 1)
    target = np.where(several, table["copy"], -1).astype(np.int64)
    weights = np.zeros(len(table), dtype=np.float32)
    fit = fit[several[fit.index]]
    counts = fit.groupby(["style", "copy"])["path"].transform("count")
    largest = counts.groupby(fit["style"]).transform("max")
    weights[fit.index] = (largest / counts).to_numpy(np.float32)
    return target, weights


def copy_loss(logits: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """Weighted cross-entropy of the copy over the paintings with a target, a scalar."""
    losses = cross_entropy(logits, target, ignore_index=-1, reduction="none")
    return (losses * weights).sum() / weights.sum().clamp(min=1e-12)


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
