"""The losses of the attributes (masked, weighted) and the model that they train."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import cross_entropy

from artextract.attributes.model import AttributeModel, Shape
from train.losses import effective_number_weights, masked_cross_entropy, soft_cross_entropy

OUTPUTS = {"style": 5, "genre": 3, "artist": 4, "date": 6}
CELLS = 9

some = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 2**32 - 1)
counts_of_classes = st.lists(st.integers(0, 2000), min_size=1, max_size=8).filter(any).map(np.array)


def random_logits(seed: int, n: int = 6, classes: int = 4) -> Tensor:
    values = np.random.default_rng(seed).normal(0, 3, (n, classes)).astype(np.float32)
    return torch.from_numpy(values)


def gradient(loss: Tensor, of: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(loss, of)
    return found


def test_effective_number_weights_worked_out_by_hand() -> None:
    # (1 - 0.5ⁿ) / (1 - 0.5) is 1, 1.5 and 1.75; the mean of 1, 2/3 and 4/7 is 47/63.
    found = effective_number_weights(np.array([1, 2, 0, 3]), 0.5)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [63 / 47, 42 / 47, 0, 36 / 47], rtol=1e-6)


@given(counts_of_classes, st.floats(0, 0.9999))
@some
def test_effective_number_weights_follow_the_formula(counts: np.ndarray, beta: float) -> None:
    found = effective_number_weights(counts, beta)
    by_hand = np.array([(1 - beta) / (1 - beta**n) if n else 0.0 for n in counts.tolist()])
    by_hand *= (counts > 0).sum() / by_hand.sum()
    np.testing.assert_allclose(found, by_hand, rtol=1e-5)
    assert found[counts > 0].mean() == pytest.approx(1, rel=1e-5)


@given(counts_of_classes, st.floats(0.01, 0.9999))
@some
def test_a_rarer_class_never_weighs_less(counts: np.ndarray, beta: float) -> None:
    present = counts > 0
    found = effective_number_weights(counts, beta)[present]
    assert (np.diff(found[np.argsort(counts[present], kind="stable")]) <= 1e-5).all()


@given(counts_of_classes)
@some
def test_effective_number_weights_go_from_all_alike_to_the_inverse(counts: np.ndarray) -> None:
    present = counts > 0
    alike = effective_number_weights(counts, 0.0)
    assert alike.tolist() == present.astype(float).tolist()
    inverse = present / np.maximum(counts, 1)
    nearly = effective_number_weights(counts, 1 - 1e-9)
    np.testing.assert_allclose(nearly, inverse / inverse[present].mean(), rtol=1e-4)


def test_cross_entropy_worked_out_by_hand() -> None:
    logits = torch.tensor([[0.0, 0.0], [3.0, 0.0], [5.0, -5.0]])
    target = torch.tensor([0, 0, -1])
    by_hand = (np.log(2) + np.log1p(np.exp(-3))) / 2
    assert masked_cross_entropy(logits, target).item() == pytest.approx(by_hand, rel=1e-6)
    weighted = masked_cross_entropy(logits, torch.tensor([0, 1, -1]), torch.tensor([1.0, 3.0]))
    by_hand = (np.log(2) + 3 * np.log1p(np.exp(3))) / 4
    assert weighted.item() == pytest.approx(by_hand, rel=1e-6)


@given(seeds, st.lists(st.integers(-1, 3), min_size=6, max_size=6), st.sampled_from([0.0, 0.1]), st.booleans())
@some
def test_paintings_without_a_label_change_neither_loss_nor_gradient(
    seed: int, labels: list[int], smoothing: float, weighted: bool
) -> None:
    target = torch.tensor(labels)
    labelled = target >= 0
    logits = random_logits(seed).requires_grad_()
    weights = torch.tensor([0.5, 1.0, 2.0, 0.5]) if weighted else None
    loss = masked_cross_entropy(logits, target, weights, smoothing)
    found = gradient(loss, logits)
    assert (found[~labelled] == 0).all()
    other = logits.detach().clone()
    other[~labelled] = 50.0
    other.requires_grad_()
    changed = masked_cross_entropy(other, target, weights, smoothing)
    assert changed.item() == loss.item()
    torch.testing.assert_close(gradient(changed, other), found)
    if labelled.any():
        alone = cross_entropy(logits[labelled], target[labelled], weight=weights, label_smoothing=smoothing)
        assert loss.item() == pytest.approx(alone.item(), rel=1e-6)
        assert found[labelled].abs().sum() > 0


def test_a_batch_without_any_label_has_no_loss_and_no_gradient() -> None:
    logits = random_logits(1).requires_grad_()
    loss = masked_cross_entropy(logits, torch.full((6,), -1))
    assert loss.item() == 0
    assert (gradient(loss, logits) == 0).all()
    loss = soft_cross_entropy(logits, torch.zeros(6, 4))
    assert loss.item() == 0
    assert (gradient(loss, logits) == 0).all()


def test_soft_cross_entropy_worked_out_by_hand() -> None:
    logits = torch.tensor([[np.log(3.0), 0.0], [1.0, 1.0], [7.0, -9.0]])
    target = torch.tensor([[0.5, 0.5], [1.0, 0.0], [0.0, 0.0]])
    first = (np.log(4 / 3) + np.log(4)) / 2
    by_hand = (first + np.log(2)) / 2
    assert soft_cross_entropy(logits, target).item() == pytest.approx(by_hand, rel=1e-6)


@given(seeds, st.lists(st.booleans(), min_size=6, max_size=6).filter(any))
@some
def test_paintings_without_a_date_change_neither_loss_nor_gradient(seed: int, dated: list[bool]) -> None:
    known = torch.tensor(dated)
    target = random_logits(seed + 1).softmax(dim=1) * known[:, None]
    logits = random_logits(seed).requires_grad_()
    loss = soft_cross_entropy(logits, target)
    alone = cross_entropy(logits[known], target[known])
    assert loss.item() == pytest.approx(alone.item(), rel=1e-5)
    found = gradient(loss, logits)
    assert (found[~known] == 0).all()
    np.testing.assert_allclose(found, gradient(alone, logits), atol=1e-6)


@given(seeds, st.lists(st.integers(0, 3), min_size=6, max_size=6))
@some
def test_a_certain_distribution_is_a_label(seed: int, labels: list[int]) -> None:
    logits, target = random_logits(seed), torch.tensor(labels)
    soft = soft_cross_entropy(logits, torch.eye(4)[target])
    assert soft.item() == pytest.approx(masked_cross_entropy(logits, target).item(), rel=1e-5)


def model_of(features: int, gabor: int) -> AttributeModel:
    torch.manual_seed(0)
    model = AttributeModel(Shape(features, gabor, OUTPUTS, hidden=8)).eval()
    for head in model.heads.values():  # before training they say nothing
        torch.nn.init.normal_(head.weight)  # type: ignore[arg-type]
    return model


def inputs_of(model: AttributeModel, n: int = 3, seed: int = 1) -> tuple[Tensor | None, ...]:
    random = torch.Generator().manual_seed(seed)
    sizes = (model.shape.features, model.shape.gabor)
    return tuple(torch.randn(n, CELLS, size, generator=random) if size else None for size in sizes)


kinds = pytest.mark.parametrize(("features", "gabor"), [(12, 8), (12, 0), (0, 8)], ids=["both", "features", "texture"])


@kinds
def test_each_attribute_has_logits(features: int, gabor: int) -> None:
    model = model_of(features, gabor)
    assert {name: tuple(values.shape) for name, values in model(*inputs_of(model)).items()} == {
        name: (3, classes) for name, classes in OUTPUTS.items()
    }


@kinds
def test_the_gradient_reaches_every_parameter(features: int, gabor: int) -> None:
    model = model_of(features, gabor)
    logits = model(*inputs_of(model))
    torch.stack([values.square().sum() for values in logits.values()]).sum().backward()
    still = [
        name
        for name, parameter in model.named_parameters()
        if parameter.grad is None or not parameter.grad.abs().sum() > 0
    ]
    assert still == []


@kinds
def test_the_order_of_the_cells_matters(features: int, gabor: int) -> None:
    model = model_of(features, gabor)
    straight = inputs_of(model)
    reversed_cells = [part.flip(1) if part is not None else None for part in straight]
    there, back = model(*straight), model(*reversed_cells)
    for name in OUTPUTS:
        assert (there[name] - back[name]).abs().max() > 1e-4


@kinds
def test_a_painting_is_answered_alone_as_among_others(features: int, gabor: int) -> None:
    model = model_of(features, gabor)
    parts = inputs_of(model)
    together = model(*parts)
    alone = model(*[part[1:2] if part is not None else None for part in parts])
    for name in OUTPUTS:
        torch.testing.assert_close(together[name][1:2], alone[name], rtol=1e-4, atol=1e-5)


def test_both_sequences_are_heard() -> None:
    model = model_of(12, 8)
    (features, gabor), (other_features, other_gabor) = inputs_of(model), inputs_of(model, seed=2)
    plain = model(features, gabor)
    for changed in (model(other_features, gabor), model(features, other_gabor)):
        for name in OUTPUTS:
            assert (plain[name] - changed[name]).abs().max() > 1e-4


def test_dropout_is_for_training_only() -> None:
    model = model_of(12, 8)
    parts = inputs_of(model)
    assert torch.equal(model(*parts)["style"], model(*parts)["style"])
    model.train()
    torch.manual_seed(1)
    assert not torch.equal(model(*parts)["style"], model(*parts)["style"])
