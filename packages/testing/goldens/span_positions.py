"""Adaptive attention span with relative positions (arXiv 1905.07799, eq. 1).

s_tr = q_t . (k_r + p_(t-r)), y_t = sum_r a_tr v_r with the weights of `span_attention`. p_x is the
embedding of distance x = 1 .. S. All heads share it.
"""

from typing import Any

import numpy as np

from . import basis, differences, lcg, ramp, relative, span_attention
from .tensors import array, tensor, upstream_of

GIVEN = ("maxSpan", "R", "z", "positionsSeed")
MEASURED = ()
DIGITS = 15


def scores_of(q: np.ndarray, k: np.ndarray, p: np.ndarray) -> np.ndarray:
    """q, k [M, T, d] and p [S, d] to scores [M, T, T]. Keys out of reach have 0."""
    scores = np.zeros((q.shape[0], q.shape[1], q.shape[1]))
    for head, t, r in np.ndindex(*scores.shape):
        if 1 <= t - r <= len(p):
            scores[head, t, r] = q[head, t] @ (k[head, r] + p[t - r - 1])
    return scores


def attention(qkv: np.ndarray, p: np.ndarray, z: np.ndarray, smoothness: float) -> np.ndarray:
    """q, k and v [3, M, T, d] to y [M, T, d]."""
    q, k, v = qkv
    return span_attention.attention(scores_of(q, k, p), z, len(p), smoothness) @ v


def gradients(
    qkv: np.ndarray, p: np.ndarray, z: np.ndarray, smoothness: float, upstream: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients of q, k and v, of p, and of z."""
    q, k, v = qkv
    scores = scores_of(q, k, p)
    weights = span_attention.attention(scores, z, len(p), smoothness)
    of_weights = upstream @ np.swapaxes(v, 1, 2)
    ds, dz = span_attention.gradients(scores, z, len(p), smoothness, of_weights)
    dqkv, dp = np.zeros(qkv.shape), np.zeros(p.shape)
    for head, t, r in np.ndindex(*scores.shape):
        dqkv[2, head, r] += weights[head, t, r] * upstream[head, t]
        if 1 <= t - r <= len(p):
            slope = ds[head, t, r]
            dqkv[0, head, t] += slope * (k[head, r] + p[t - r - 1])
            dqkv[1, head, r] += slope * q[head, t]
            dp[t - r - 1] += slope * q[head, t]
    return dqkv, dp, dz


def positions_of(params: dict[str, Any], depth: int) -> np.ndarray:
    """p [S, d], of its seed."""
    span = params["maxSpan"]
    return lcg.milli(params["positionsSeed"], span * depth).reshape(span, depth)


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """y and all gradients. The input is [3, M, T, d]: q, k and v."""
    params, qkv = given["params"], array(given["input"])
    z = np.array(params["z"], float)
    if qkv.ndim != 4 or qkv.shape[:2] != (3, z.size):
        raise ValueError(f"the input's shape must be [3, M, T, d], got {list(qkv.shape)}")
    p = positions_of(params, qkv.shape[3])
    output = attention(qkv, p, z, params["R"])
    dqkv, dp, dz = gradients(qkv, p, z, params["R"], upstream_of(given, output))
    return {
        "params": {**params, "positions": tensor(p)},
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {"input": tensor(dqkv), "positions": tensor(dp), "z": tensor(dz)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """All gradients by differences; the spans' only where no mask is near a corner."""
    params, upstream, qkv = case["params"], array(case["upstream"]), array(case["input"])
    p, z, smoothness = array(params["positions"]), np.array(params["z"], float), params["R"]

    def loss(x: np.ndarray, e: np.ndarray, s: np.ndarray) -> float:
        return basis.inner(upstream, attention(x, e, s, smoothness))

    ways = {
        "input": (lambda x: loss(x, p, z), qkv),
        "positions": (lambda e: loss(qkv, e, z), p),
    }
    distances = span_attention.distances(params["maxSpan"])
    if min(ramp.kink_distance(smoothness, one, distances) for one in z) > differences.CLEAR:
        ways["z"] = (lambda s: loss(qkv, p, s), z)
    errors = [
        relative.arrays(array(case["grads"][name]), differences.gradient(one, at))
        for name, (one, at) in ways.items()
    ]
    return {"central differences": max(errors)}
