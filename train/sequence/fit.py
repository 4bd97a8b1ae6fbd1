"""Fitting a sequence model on cached features."""

from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from scipy.special import log_softmax
from torch import Tensor, nn
from tqdm import tqdm

from artextract.attributes.certainty.temperature import fit_temperature
from artextract.attributes.labels import LABELLED
from artextract.attributes.model import AttributeModel
from artextract.errors import WeightsError
from artextract.files import check_regular
from artextract.vision.device import Device
from train.checkpoints import Run, seed_everything
from train.config import AttributeSettings
from train.losses import BALANCED, Criterion
from train.sequence.prepare import Prepared, class_weights, log_prior


def fit(prepared: Prepared, settings: AttributeSettings, run: Run, device: Device) -> AttributeModel:
    """Train on `device` from where the run stopped, in float32; the model of the epoch with the
    least loss on aside.

    A run that was killed and started again ends with the same tensors as one left alone.
    """
    seed_everything(settings.seed)
    model = AttributeModel(prepared.shape(settings.hidden), settings.dropout)
    if settings.heads is not None:
        _begin_with(model, settings.heads)
    model.to(device.torch)
    optimizer = torch.optim.AdamW(
        [weight for weight in model.parameters() if weight.requires_grad],
        settings.learning_rate,
        weight_decay=settings.weight_decay,
    )
    criterion = _criterion(prepared, settings, device)
    rows, aside = prepared.rows("fit"), prepared.rows("aside")
    per_epoch = max(len(rows) // settings.batch, 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, settings.learning_rate, total_steps=settings.epochs * per_epoch, pct_start=0.1
    )
    losses: list[float] = []
    if (state := run.load_state()) is not None:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        losses = [float(loss) for loss in state["losses"]]

    for epoch in range(len(losses) + 1, settings.epochs + 1):
        if losses and len(losses) - int(np.argmin(losses)) > settings.patience:
            break
        seed_everything(settings.seed, epoch)
        random = np.random.default_rng([settings.seed, epoch])
        order = random.permutation(rows)
        model.train()
        shown = tqdm(range(per_epoch), f"epoch {epoch}/{settings.epochs}", mininterval=5)
        for number in shown:
            chosen = np.sort(order[number * settings.batch : (number + 1) * settings.batch])
            view = _view(prepared, int(random.integers(2)), chosen, device.torch)
            loss = criterion(model(*view), chosen)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            if number % 20 == 0:
                run.scalars((epoch - 1) * per_epoch + number, {"loss": loss.item()})
        found = logits_of(model, prepared, aside)
        losses.append(calibrated_loss(found, prepared, settings, aside))
        scalars = {"aside/loss": losses[-1]} | _accuracies(found, prepared, aside)
        run.scalars(epoch * per_epoch, scalars)
        print(f"epoch {epoch}: " + ", ".join(f"{k} {v:.4f}" for k, v in scalars.items()), flush=True)
        run.save_weights(f"epoch_{epoch}", model.state_dict())
        run.save_state({
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "losses": losses,
        })
    best = run.load_weights(f"epoch_{int(np.argmin(losses)) + 1}")
    model.load_state_dict(best)
    run.save_weights("final", best)
    return model.eval()


def _begin_with(model: AttributeModel, file: Path) -> None:
    try:
        check_regular(file)
        model.pooled_heads.load_state_dict(load_file(file))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise WeightsError(
            f"{file} does not hold the linear heads of these classes: name those that were tuned "
            "with the backbone, on the same paintings."
        ) from error
    model.pooled_heads.requires_grad_(False)  # their own training images have no more to teach


def logits_of(model: AttributeModel, prepared: Prepared, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Logits of each attribute of the plain pictures, float32 [len(rows), classes]."""
    model.eval()
    device = next(model.parameters()).device
    found: dict[str, list[np.ndarray]] = {name: [] for name in model.heads}
    with torch.inference_mode():
        for start in range(0, len(rows), 64):
            chosen = rows[start : start + 64]
            logits = model(*_view(prepared, 0, chosen, device))
            for name, parts in found.items():
                parts.append(logits[name].cpu().numpy())
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _view(prepared: Prepared, view: int, rows: np.ndarray, device: torch.device) -> tuple[Tensor | None, Tensor | None]:
    maps, cells = (
        None if found is None else torch.from_numpy(found[rows].astype(np.float32)).to(device)
        for found in prepared.views[view]
    )
    return maps, cells


def _criterion(prepared: Prepared, settings: AttributeSettings, device: Device) -> Criterion:
    counts = {name: prepared.counts(name) for name in BALANCED}
    adjusted = settings.imbalance == "logit adjustment"
    return Criterion(
        prepared.targets,
        prepared.years,
        {name: class_weights(count, settings) for name, count in counts.items()},
        settings.label_smoothing,
        {name: log_prior(count) for name, count in counts.items()} if adjusted else None,
        device.torch,
    )


def calibrated_loss(
    logits: dict[str, np.ndarray], prepared: Prepared, settings: AttributeSettings, rows: np.ndarray
) -> float:
    """The loss of held-out paintings after calibration, in nats: without weights or smoothing.

    A backbone knows its own training images too well, so what is trained on it grows too sure; as
    the temperature mends that, it is no reason to stop.
    """
    total = 0.0
    for name, found in logits.items():
        added = np.zeros(found.shape[1])
        if name in BALANCED and settings.imbalance == "logit adjustment":
            added = log_prior(prepared.counts(name)).astype(np.float64)
        wanted = prepared.years[rows] if name == "date" else prepared.targets[name][rows]
        known = wanted.sum(axis=1) > 0 if name == "date" else wanted >= 0
        if known.any():
            temperature = fit_temperature(found[known], wanted[known], added)
            scaled = log_softmax(found[known] / temperature + added, axis=1)
            hits = wanted[known] if name == "date" else np.eye(len(added))[wanted[known]]
            total -= float((hits * scaled).sum(axis=1).mean())
    return total


def _accuracies(logits: dict[str, np.ndarray], prepared: Prepared, rows: np.ndarray) -> dict[str, float]:
    found = {}
    for name in LABELLED:
        wanted = prepared.targets[name][rows]
        known = wanted >= 0
        if known.any():
            right = logits[name].argmax(1)[known] == wanted[known]
            found[f"aside/{name}_accuracy"] = float(right.mean())
    return found
