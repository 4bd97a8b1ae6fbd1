"""Fit a sequence model to stored feature sequences."""

from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from scipy.special import log_softmax
from torch import Tensor, nn
from tqdm import tqdm

from artextract.attributes.certainty.calibration import fit_temperature
from artextract.attributes.heads import LinearHeads
from artextract.attributes.model import AttributeModel
from artextract.errors import WeightsError
from artextract.files import check_regular
from artextract.vision.device import Device
from train.checkpoints import Run, seed_everything
from train.config import AttributeSettings
from train.data.paintings import Paintings
from train.data.sequences import Sequences
from train.losses import TrainingLoss, accuracies, logits_in_batches


class SequenceTraining:
    """A training run and its state from step to step, in float32."""

    def __init__(self, sequences: Sequences, settings: AttributeSettings, run: Run, device: Device) -> None:
        self.sequences, self.settings, self.run, self.device = sequences, settings, run, device.torch
        seed_everything(settings.seed)
        self.model = AttributeModel(sequences.shape(settings.hidden), settings.dropout)
        if settings.heads is not None:
            _start_from(self.model, settings.heads)
        self.model.to(device.torch)
        self.optimizer = torch.optim.AdamW(
            [weight for weight in self.model.parameters() if weight.requires_grad],
            settings.learning_rate,
            weight_decay=settings.weight_decay,
        )
        self.loss = TrainingLoss(sequences.paintings, settings.label_smoothing, device.torch)
        self.rows = sequences.paintings.rows("fit")
        self.per_epoch = max(len(self.rows) // settings.batch, 1)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, settings.learning_rate, total_steps=settings.epochs * self.per_epoch, pct_start=0.1
        )
        self.losses: list[float] = []
        """The loss on the part set aside, after each epoch."""
        if (state := run.load_state()) is not None:
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.schedule.load_state_dict(state["schedule"])
            self.losses = [float(loss) for loss in state["losses"]]

    @property
    def done(self) -> bool:
        """Whether all epochs are done, or the loss has not improved for too long."""
        without_better = len(self.losses) - int(np.argmin(self.losses)) if self.losses else 0
        return len(self.losses) == self.settings.epochs or without_better > self.settings.patience

    def epoch(self) -> None:
        """Train one more epoch, measure it on the part set aside, and store it."""
        epoch, settings = len(self.losses) + 1, self.settings
        seed_everything(settings.seed, epoch)
        random = np.random.default_rng([settings.seed, epoch])
        order = random.permutation(self.rows)
        self.model.train()
        for number in tqdm(range(self.per_epoch), f"epoch {epoch}/{settings.epochs}", mininterval=5):
            chosen = np.sort(order[number * settings.batch : (number + 1) * settings.batch])
            view = _view(self.sequences, int(random.integers(2)), chosen, self.device)
            loss = self.loss(self.model(*view), chosen)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.schedule.step()
            if number % 20 == 0:
                self.run.scalars((epoch - 1) * self.per_epoch + number, {"loss": loss.item()})
        paintings = self.sequences.paintings
        aside = paintings.rows("aside")
        logits = logits_of(self.model, self.sequences, aside)
        self.losses.append(_calibrated_loss(logits, paintings, aside))
        shares = {f"aside/{name}": share for name, share in accuracies(logits, paintings, aside).items()}
        self.run.finish_epoch(epoch, epoch * self.per_epoch, {"aside/loss": self.losses[-1]} | shares)
        self.run.save_weights(f"epoch_{epoch}", self.model.state_dict())
        self.run.save_state({
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "losses": self.losses,
        })


def fit(sequences: Sequences, settings: AttributeSettings, run: Run, device: Device) -> AttributeModel:
    """Train from where the run stopped; returns the model of the epoch with the least loss on the part set aside.

    A run that was killed and started again gives the same tensors as an uninterrupted one.
    """
    training = SequenceTraining(sequences, settings, run, device)
    while not training.done:
        training.epoch()
    best = load_file(run.folder / f"epoch_{int(np.argmin(training.losses)) + 1}.safetensors")
    training.model.load_state_dict(best)
    run.save_weights("final", best)
    return training.model.eval()


def _start_from(model: AttributeModel, file: Path) -> None:
    try:
        check_regular(file)
        model.pooled_heads.load_state_dict(load_file(file))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise WeightsError(
            f"{file} does not hold linear heads for these classes. Name the heads that were tuned with "
            "the backbone, on the same paintings."
        ) from error
    model.pooled_heads.requires_grad_(False)  # they were trained on the same images


def logits_of(model: AttributeModel | LinearHeads, sequences: Sequences, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Logits of each attribute for the plain pictures, float32 [rows, classes]."""
    if isinstance(model, LinearHeads):
        return model.logits(np.concatenate([part[rows] for part in sequences.pooled], axis=1))
    model.eval()
    device = next(model.parameters()).device
    return logits_in_batches(lambda chosen: model(*_view(sequences, 0, chosen, device)), rows, 64)


def _view(sequences: Sequences, view: int, rows: np.ndarray, device: torch.device) -> tuple[Tensor | None, ...]:
    return tuple(
        None if part is None else torch.from_numpy(part[rows].astype(np.float32)).to(device)
        for part in sequences.views[view]
    )


def _calibrated_loss(logits: dict[str, np.ndarray], paintings: Paintings, rows: np.ndarray) -> float:
    """The loss of held-out paintings after calibration, in nats, without weights or smoothing.

    A tuned backbone has seen the training images, so a model on top becomes overconfident.
    Calibration corrects that, so it must not stop the training.
    """
    total = 0.0
    for name, values in logits.items():
        classes = np.eye(values.shape[1])
        # A row of zeros where a painting has no label.
        wanted = paintings.years if name == "date" else np.vstack([classes, 0 * classes[:1]])[paintings.targets[name]]
        known = wanted[rows].sum(axis=1) > 0
        if known.any():
            own = wanted[rows][known]
            temperature = fit_temperature(values[known], own, np.zeros(len(classes)))
            total -= float((own * log_softmax(values[known] / temperature, axis=1)).sum(axis=1).mean())
    return total
