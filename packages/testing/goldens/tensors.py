"""Tensors as the fixtures store them: `{shape, data}`, or `{shape, re, im}` if complex."""

from typing import Any

import numpy as np

from . import lcg


def array(tensor: dict[str, Any]) -> np.ndarray:
    """A stored tensor as an array."""
    keys = set(tensor) if isinstance(tensor, dict) else set()
    if not (keys >= {"shape", "data"} or keys >= {"shape", "re", "im"}):
        raise ValueError(f"a tensor must be {{shape, data}} or {{shape, re, im}}, got {tensor!r}")
    if "re" in tensor:
        values = np.array(tensor["re"], float) + 1j * np.array(tensor["im"], float)
    else:
        values = np.array(tensor["data"], float)
    return values.reshape(tensor["shape"])


def tensor(values: np.ndarray) -> dict[str, Any]:
    """An array as a stored tensor."""
    shape, flat = list(values.shape), values.ravel()
    if np.iscomplexobj(values):
        return {"shape": shape, "re": flat.real, "im": flat.imag}
    return {"shape": shape, "data": flat}


def upstream_of(given: dict[str, Any], output: np.ndarray) -> np.ndarray:
    """dL/d output of a case. It must have the output's shape."""
    upstream = array(given["upstream"])
    if upstream.shape != output.shape:
        shapes = f"{list(output.shape)}, got {list(upstream.shape)}"
        raise ValueError(f"upstream must have the output's shape {shapes}")
    return upstream


def filled(value: Any) -> Any:
    """A tensor given as `{shape, seed}` gets its values (`milli`); any other value stays."""
    if not isinstance(value, dict) or "seed" not in value:
        return value
    shape = value["shape"]
    return tensor(lcg.milli(value["seed"], int(np.prod(shape))).reshape(shape))
