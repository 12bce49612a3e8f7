"""TIPS: Saha & Gokhale, "Improving Shift Invariance ... Polyphase Sampling" (WACV 2025).

psi[p, q] = relu(sum_ij kernel[i, j] x[p + i - 1, q + j - 1]), positions modulo the padded size
tau = softmax_k(scale mean_{group k} psi), y[p, q] = sum_k tau_k x[S_h p + i, S_w q + j], k = S_w i + j
Each channel has its own kernel, scale and tau. The losses are mean(1 - |tau|_2) and
mean((psi - T x)^2) with a shift T that zeros follow.
"""

from typing import Any

import numpy as np

from . import basis, differences, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("strides", "averaging", "kernel", "scale", "shift")
MEASURED = ()
DIGITS = 15


def padded(x: np.ndarray, strides: list[int]) -> np.ndarray:
    """x [N, C, H, W] with zeros at the end, up to multiples of the strides."""
    sides = [-(-size // stride) * stride for size, stride in zip(x.shape[2:], strides)]
    whole = np.zeros((*x.shape[:2], *sides))
    whole[:, :, : x.shape[2], : x.shape[3]] = x
    return whole


def convolved(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """A 3x3 correlation of each channel with its kernel [3, 3, C], positions modulo the size."""
    sums = np.zeros(x.shape)
    for i in range(3):
        for j in range(3):
            sums += kernel[i, j][:, None, None] * np.roll(x, (1 - i, 1 - j), (2, 3))
    return sums


def groups(sides: tuple[int, int], strides: list[int], averaging: str) -> np.ndarray:
    """The index k of the mean to which each position belongs, [H, W]."""
    row, column = (
        np.arange(size) % stride if averaging == "phase" else np.arange(size) // (size // stride)
        for size, stride in zip(sides, strides)
    )
    return row[:, None] * strides[1] + column[None, :]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Over the last axis."""
    powers = np.exp(logits)
    return powers / powers.sum(axis=-1, keepdims=True)


def mixing(x: np.ndarray, params: dict[str, Any]) -> dict[str, np.ndarray]:
    """What leads from a padded image to the weights tau [N, C, K]."""
    strides = params["strides"]
    kernel, scale = array(params["kernel"]), array(params["scale"])
    sums = convolved(x, kernel)
    psi = np.maximum(sums, 0)
    group = groups(x.shape[2:], strides, params["averaging"])
    count = strides[0] * strides[1]
    means = np.stack([psi[:, :, group == k].mean(axis=2) for k in range(count)], axis=2)
    tau = softmax(scale[:, None] * means)
    return {"sums": sums, "psi": psi, "group": group, "means": means, "tau": tau}


def components(x: np.ndarray, strides: list[int]) -> list[np.ndarray]:
    """All grids of a padded image, in row-major order of their offsets."""
    step_h, step_w = strides
    return [x[:, :, i::step_h, j::step_w] for i in range(step_h) for j in range(step_w)]


def pooled(x: np.ndarray, params: dict[str, Any]) -> np.ndarray:
    """The output [N, C, h, w]."""
    whole = padded(x, params["strides"])
    tau = mixing(whole, params)["tau"]
    parts = components(whole, params["strides"])
    return sum(tau[:, :, k, None, None] * part for k, part in enumerate(parts))


def gradients(
    x: np.ndarray, params: dict[str, Any], upstream: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dL/dx, dL/dkernel and dL/dscale, by the chain rule."""
    strides, (_, _, height, width) = params["strides"], x.shape
    kernel, scale = array(params["kernel"]), array(params["scale"])
    whole = padded(x, strides)
    found = mixing(whole, params)
    tau, group = found["tau"], found["group"]
    parts = components(whole, strides)
    dtau = np.stack([(upstream * part).sum(axis=(2, 3)) for part in parts], axis=2)
    dlogits = tau * (dtau - (tau * dtau).sum(axis=2, keepdims=True))
    dscale = (found["means"] * dlogits).sum(axis=(0, 2))
    dmeans = scale[:, None] * dlogits
    size = group.size // len(parts)
    dsums = np.where(found["sums"] > 0, dmeans[:, :, group] / size, 0)
    dwhole = np.zeros(whole.shape)
    dkernel = np.zeros(kernel.shape)
    for i in range(3):
        for j in range(3):
            dwhole += kernel[i, j][:, None, None] * np.roll(dsums, (i - 1, j - 1), (2, 3))
            seen = np.roll(whole, (1 - i, 1 - j), (2, 3))
            dkernel[i, j] = (dsums * seen).sum(axis=(0, 2, 3))
    for k, part in enumerate(components(dwhole, strides)):
        part += tau[:, :, k, None, None] * upstream
    return dwhole[:, :, :height, :width], dkernel, dscale


def mixing_loss(tau: np.ndarray) -> float:
    """mean(1 - |tau|_2)."""
    return float(np.mean(1 - np.sqrt((tau**2).sum(axis=2))))


def undo_loss(x: np.ndarray, params: dict[str, Any]) -> float:
    """mean((psi - T x)^2) of the image without padding."""
    psi = np.maximum(convolved(x, array(params["kernel"])), 0)
    down, right = params["shift"]
    target = np.zeros(x.shape)
    for p, q in np.ndindex(*x.shape[2:]):
        if 0 <= p - down < x.shape[2] and 0 <= q - right < x.shape[3]:
            target[:, :, p, q] = x[:, :, p - down, q - right]
    return float(np.mean((psi - target) ** 2))


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The output, the gradients, the weights and both losses."""
    params = given["params"]
    x = array(given["input"])
    output = pooled(x, params)
    upstream = upstream_of(given, output)
    dx, dkernel, dscale = gradients(x, params, upstream)
    tau = mixing(padded(x, params["strides"]), params)["tau"]
    return {
        "params": params,
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "weights": tensor(tau),
        "losses": {"mixing": mixing_loss(tau), "undo": undo_loss(x, params)},
        "grads": {"input": tensor(dx), "kernel": tensor(dkernel), "scale": tensor(dscale)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The gradients by differences, where no position is near the corner of the ReLU."""
    params, x, upstream = case["params"], array(case["input"]), array(case["upstream"])
    sums = mixing(padded(x, params["strides"]), params)["sums"]
    if np.abs(sums).min() < differences.CLEAR:
        return {}

    def loss_at(name: str, values: np.ndarray) -> float:
        changed = {**params, name: tensor(values)}
        return basis.inner(upstream, pooled(x, changed))

    slopes = {
        "input": differences.gradient(lambda at: basis.inner(upstream, pooled(at, params)), x),
        **{
            name: differences.gradient(lambda at, name=name: loss_at(name, at), array(params[name]))
            for name in ("kernel", "scale")
        },
    }
    errors = [relative.arrays(array(case["grads"][name]), slopes[name]) for name in slopes]
    return {"central differences": max(errors)}
