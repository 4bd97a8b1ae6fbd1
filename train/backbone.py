"""Tune a backbone on paintings: `python -m train.backbone --config train/configs/backbone.yaml`.

The network learns style, genre, artist and date at once, end to end, with a linear head an
attribute on its pooled output; what is kept is the backbone, for `train.attributes`. The weights
that count are a moving average of those that are trained (Polyak and Juditsky 1992).
"""

import math
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import torch
import typer
from timm.optim import param_groups_layer_decay
from timm.utils import ModelEmaV3
from torch import Tensor, nn
from tqdm import tqdm

from artextract.attributes import dates
from artextract.attributes.losses import (
    effective_number_weights,
    masked_cross_entropy,
    soft_cross_entropy,
)
from artextract.attributes.paintings import LABELLED, Classes
from artextract.cli import spoken
from artextract.vision.backbones import Backbone, build, find_backbone, weights_of
from artextract.vision.embedding import prepare_whole
from artextract.vision.images import open_picture
from train.config import BackboneSettings
from train.data import labelled_paintings, training_batches
from train.run import Run, seed_everything

HEADS = (*LABELLED, "date")
WEIGHTS = {"style": 1.0, "genre": 1.0, "artist": 1.0, "date": 0.5}
"""Of the attributes' losses: a date's is about twice as large in nats."""


class Tuned(nn.Module):
    """A backbone with linear heads."""

    def __init__(self, backbone: Backbone, sizes: dict[str, int], settings: BackboneSettings):
        super().__init__()
        self.backbone = build(
            backbone, weights_of(backbone), settings.stages[0].size, settings.drop_path
        )
        self.dropout = nn.Dropout(settings.dropout)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(backbone.dimension, size) for name, size in sizes.items()}
        )
        mean, std = backbone.preprocessing.mean, backbone.preprocessing.std
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1) * 255, persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1) * 255, persistent=False)

    def forward(self, pixels: Tensor) -> dict[str, Tensor]:
        """Logits of each attribute, float32 [n, classes], of uint8 pictures [n, size, size, 3]."""
        batch = (pixels.permute(0, 3, 1, 2).float() - self.mean) / self.std
        with torch.autocast("cpu", torch.bfloat16, torch.ops.mkldnn._is_mkldnn_bf16_supported()):
            pooled = self.backbone(batch.contiguous(memory_format=torch.channels_last))
        pooled = self.dropout(pooled.float())
        return {name: head(pooled) for name, head in self.heads.items()}


def freeze_spatial_filters(backbone: nn.Module) -> None:
    """Keep the depthwise filters of a convolutional network as they are.

    They are a few per cent of the weights, but on a processor their gradient is more than half of
    a training step (oneDNN, bfloat16); the channels' mixing is what learns.
    """
    for module in backbone.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1:
            module.weight.requires_grad_(False)


def optimizer_of(model: Tuned, settings: BackboneSettings) -> torch.optim.Optimizer:
    """AdamW, slower towards the picture (Bao et al. 2022), faster for the heads."""
    groups = param_groups_layer_decay(
        model.backbone, settings.weight_decay, layer_decay=settings.layer_decay
    )
    for group in groups:
        group["params"] = [weight for weight in group["params"] if weight.requires_grad]
        group["lr"] = settings.learning_rate * group["lr_scale"]
    groups = [group for group in groups if group["params"]]
    groups.append(
        {
            "params": list(model.heads.parameters()),
            "lr": settings.head_learning_rate,
            "weight_decay": settings.weight_decay,
        }
    )
    return torch.optim.AdamW(groups)


def learning_rate_factor(step: int, steps: int, warm_up: int) -> float:
    """A linear rise and a cosine's fall to nothing (Loshchilov and Hutter 2017)."""
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(steps - warm_up, 1)))


def measure(
    model: nn.Module, table: pd.DataFrame, targets: dict[str, Tensor], size: int
) -> dict[str, float]:
    """Accuracy of each attribute over the rows of `table`, whole pictures, by the heads."""
    model.eval()
    hits: dict[str, list[Tensor]] = {name: [] for name in LABELLED}
    with torch.inference_mode():
        for start in range(0, len(table), 16):
            rows = table.iloc[start : start + 16]
            pixels = np.stack([prepare_whole(open_picture(p).image, size) for p in rows["path"]])
            logits = model(torch.from_numpy(pixels))
            for name in LABELLED:
                wanted = targets[name][rows.index]
                right = logits[name].argmax(1) == wanted
                hits[name].append(right[wanted >= 0].float())
    return {f"aside/{name}_accuracy": torch.cat(found).mean().item() for name, found in hits.items()}


def train(settings: BackboneSettings) -> Path:
    """Run the configuration to its end, from where it stopped; the path of the final weights."""
    torch.set_num_threads(torch.get_num_threads())
    table = labelled_paintings(settings.data)
    fit, aside = table[table["part"] == "fit"], table[table["part"] == "aside"]
    classes = Classes.found_in(fit, settings.data.artist_at_least)
    encoded = classes.encode(table)
    targets = {name: torch.from_numpy(encoded[name]) for name in LABELLED}
    years = torch.from_numpy(dates.soft_targets(table["year"].to_numpy(float, na_value=np.nan)))
    weights = {
        name: torch.from_numpy(
            effective_number_weights(
                np.bincount(known[known >= 0], minlength=len(classes.of(name))),
                settings.effective_number,
            )
        )
        for name in ("style", "genre")
        if (known := encoded[name][fit.index]) is not None
    }

    run = Run(settings.output, settings)
    seed_everything(settings.seed)
    sizes = {name: len(classes.of(name)) for name in LABELLED} | {"date": dates.BINS}
    model = Tuned(find_backbone(settings.backbone), sizes, settings)
    freeze_spatial_filters(model.backbone)
    model.to(memory_format=torch.channels_last)
    average = ModelEmaV3(model, decay=settings.average, use_warmup=True, warmup_power=0.75)
    optimizer = optimizer_of(model, settings)
    rates = [group["lr"] for group in optimizer.param_groups]

    epochs = [stage.size for stage in settings.stages for _ in range(stage.epochs)]
    per_epoch = len(fit) // settings.batch
    done = 0
    if (state := run.load_state()) is not None:
        model.load_state_dict(state["model"])
        average.module.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        done = int(state["epochs"])

    rows = fit.index.to_numpy()
    for epoch, size in enumerate(epochs[done:], start=done + 1):
        seed_everything(settings.seed, epoch)
        model.train()
        began, total = time.monotonic(), 0.0
        batches = training_batches(
            list(fit["path"]), settings.batch, size, settings.crop, settings.seed, epoch
        )
        shown = tqdm(batches, f"epoch {epoch}/{len(epochs)} at {size} px", per_epoch, mininterval=5)
        for number, (chosen, pixels) in enumerate(shown):
            step = (epoch - 1) * per_epoch + number
            factor = learning_rate_factor(step, len(epochs) * per_epoch, settings.warm_up)
            for group, rate in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * factor
            logits = model(torch.from_numpy(pixels))
            loss = soft_cross_entropy(logits["date"], years[rows[chosen]]) * WEIGHTS["date"]
            for name in LABELLED:
                loss = loss + WEIGHTS[name] * masked_cross_entropy(
                    logits[name],
                    targets[name][rows[chosen]],
                    weights.get(name),
                    settings.label_smoothing,
                )
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            average.update(model, step)
            total += loss.item()
            if number % 20 == 0:
                shown.set_postfix(loss=f"{total / (number + 1):.3f}")
                run.scalars(step, {"loss": loss.item(), "learning_rate": rates[-1] * factor})
        found = measure(average.module, aside, targets, size)
        found["images_per_second"] = len(fit) / (time.monotonic() - began)
        run.scalars(epoch * per_epoch, found)
        print(f"epoch {epoch}: " + ", ".join(f"{k} {v:.3f}" for k, v in found.items()), flush=True)
        run.save_weights(f"epoch_{epoch}", _backbone_of(average.module))
        run.save_state(
            {
                "model": model.state_dict(),
                "average": average.module.state_dict(),
                "optimizer": optimizer.state_dict(),
                "epochs": epoch,
            }
        )
    return run.save_weights("final", _backbone_of(average.module))


def _backbone_of(model: nn.Module) -> dict[str, Tensor]:
    return {
        name.removeprefix("backbone."): tensor.clone()
        for name, tensor in model.state_dict().items()
        if name.startswith("backbone.")
    }


@spoken
def main(
    config: Annotated[Path, typer.Option(help="A YAML file: see train/configs.")],
) -> None:
    """Tune a backbone on paintings; run again, it goes on where it stopped."""
    print(f"Written: {train(BackboneSettings.read(config))}")


if __name__ == "__main__":
    typer.run(main)
