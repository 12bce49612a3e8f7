"""The complexity regularizer of DiffStride (arXiv 2202.01653, section 2.4).

lam * J, J = sum_{l=1..L} prod_{i<=l} 1 / (S_h,i S_w,i): the sum of the layers' sizes, as parts of
the input's. dJ/dS_h,i = -(1/S_h,i) sum_{l>=i} of the products.
"""

from typing import Any

import numpy as np

from . import differences, relative
from .tensors import array, tensor

GIVEN = ("lam",)
MEASURED = ()
DIGITS = 15


def products(strides: np.ndarray) -> np.ndarray:
    """prod_{i<=l} 1 / (S_h,i S_w,i) for every layer l; strides [L, 2]."""
    return np.cumprod(1 / (strides[:, 0] * strides[:, 1]))


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """lam * J, and its gradient times `upstream`, a number."""
    strides, upstream = array(given["input"]), given["upstream"]
    lam = given["params"]["lam"]
    layers = products(strides)
    from_each = np.array([layers[i:].sum() for i in range(layers.size)])
    return {
        "params": given["params"],
        "input": given["input"],
        "upstream": upstream,
        "output": lam * float(layers.sum()),
        "grads": {"strides": tensor(-upstream * lam * from_each[:, None] / strides)},
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """The gradient by differences."""
    scale = case["upstream"] * case["params"]["lam"]
    slopes = differences.gradient(
        lambda strides: scale * float(products(strides).sum()), array(case["input"])
    )
    return {"central differences": relative.arrays(array(case["grads"]["strides"]), slopes)}
