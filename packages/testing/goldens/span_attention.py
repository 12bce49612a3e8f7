"""Adaptive attention span: Sukhbaatar, Grave, Bojanowski & Joulin (ACL 2019, arXiv 1905.07799).

m(x) = clip((R + z - x) / R, 0, 1), x = t - r; for r = t - S .. t - 1
a_tr = m(t - r) exp(s_tr) / sum_q m(t - q) exp(s_tq), and 0 where the sum is 0.
The penalty (lam/M) sum |z| over M heads has its own value and gradient.
"""

from typing import Any

import numpy as np

from . import basis, differences, ramp, relative
from .tensors import array, tensor, upstream_of

GIVEN = ("heads", "T", "maxSpan", "R", "z", "lam")
MEASURED = ()
DIGITS = 15


def distances(span: int) -> np.ndarray:
    """0 .. S."""
    return np.arange(span + 1, dtype=float)


def keys_of(t: int, span: int) -> range:
    """The keys that query t may look at: at most S back, and none from before the start."""
    return range(max(t - span, 0), t)


def attention(scores: np.ndarray, z: np.ndarray, span: int, smoothness: float) -> np.ndarray:
    """Scores [M, T, T] and spans [M] to attention [M, T, T]."""
    weights = np.zeros(scores.shape)
    for head, span_of_head in enumerate(z):
        mask = ramp.mask(smoothness, span_of_head, distances(span))
        for t in range(scores.shape[1]):
            for r in keys_of(t, span):
                weights[head, t, r] = mask[t - r] * np.exp(scores[head, t, r])
    totals = weights.sum(axis=2, keepdims=True)
    return np.divide(weights, totals, out=np.zeros(scores.shape), where=totals > 0)


def gradients(
    scores: np.ndarray, z: np.ndarray, span: int, smoothness: float, upstream: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """dL/ds_tr = a_tr (g_tr - sum_q g_tq a_tq); dL/dz sums the same over dm/dz instead of m."""
    a = attention(scores, z, span, smoothness)
    excess = upstream - (upstream * a).sum(axis=2, keepdims=True)
    dz = np.zeros(z.shape)
    for head, span_of_head in enumerate(z):
        mask = ramp.mask(smoothness, span_of_head, distances(span))
        slope = ramp.slope(smoothness, span_of_head, distances(span))
        for t in range(scores.shape[1]):
            keys = keys_of(t, span)
            total = sum(mask[t - r] * np.exp(scores[head, t, r]) for r in keys)
            for r in keys if total > 0 else ():
                weight_slope = slope[t - r] * np.exp(scores[head, t, r]) / total
                dz[head] += excess[head, t, r] * weight_slope
    return a * excess, dz


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The attention, the gradients of scores and spans, and the penalty."""
    params = given["params"]
    span, smoothness = params["maxSpan"], params["R"]
    scores = array(given["input"])
    z = np.array(params["z"], float)
    heads = params["heads"]
    if scores.shape != (heads, params["T"], params["T"]) or z.shape != (heads,):
        raise ValueError(
            f"the input's shape must be [heads, T, T], got {list(scores.shape)}, "
            f"and z must have one value a head, got {z.size}"
        )
    output = attention(scores, z, span, smoothness)
    upstream = upstream_of(given, output)
    ds, dz = gradients(scores, z, span, smoothness, upstream)
    masks = np.array([ramp.mask(smoothness, value, distances(span)) for value in z])
    return {
        "params": {**params, "maskAtDistance0toS": tensor(masks)},
        "input": given["input"],
        "upstream": given["upstream"],
        "output": tensor(output),
        "grads": {
            "scores": tensor(ds),
            "z": tensor(dz),
            "penaltyValue": params["lam"] / heads * float(np.abs(z).sum()),
            "penaltyGradZ": tensor(params["lam"] / heads * np.sign(z)),
        },
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """Both gradients by differences; the spans' only where no mask is near a corner."""
    params, upstream = case["params"], array(case["upstream"])
    span, smoothness, z = params["maxSpan"], params["R"], np.array(params["z"], float)
    scores = array(case["input"])
    ds = differences.gradient(
        lambda s: basis.inner(upstream, attention(s, z, span, smoothness)), scores
    )
    errors = [relative.arrays(array(case["grads"]["scores"]), ds)]
    kinks = [ramp.kink_distance(smoothness, value, distances(span)) for value in z]
    if min(kinks) > differences.CLEAR:
        dz = differences.gradient(
            lambda spans: basis.inner(upstream, attention(scores, spans, span, smoothness)), z
        )
        errors.append(relative.arrays(array(case["grads"]["z"]), dz))
    return {"central differences": max(errors)}
