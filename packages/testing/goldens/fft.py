"""Real discrete Fourier transforms of one axis, by their definition, beyond double precision.

X_k = sum_t x_t exp(-2 pi i k t / n), k = 0 .. floor(n/2), and its inverse with 1/n. The sums run in
numpy's `longdouble`, so that the 17 digits are right where it is longer than a double.
"""

import math
from typing import Any

import numpy as np

from . import dft, lcg

GIVEN = ("n", "seed", "inputFormula")
MEASURED = ("numpyRelL2",)
DIGITS = 17

PAIRS = "unit pairs (re, im)"
"""The `inputFormula` of a complex input, which is transformed back; "unit" is a real one."""


def bound(n: int) -> float:
    """FFTW's measure: 16 * 2^-53 * sqrt(log2 n), the largest relative L2 error."""
    return 16 * 2.0**-53 * math.sqrt(max(math.log2(n), 1))


def is_inverse(params: dict[str, Any]) -> bool:
    """Whether the transform goes from a spectrum to a signal."""
    formula = params["inputFormula"]
    if formula not in ("unit", PAIRS):
        raise ValueError(f"inputFormula must be 'unit' or {PAIRS!r}, got {formula!r}")
    return formula == PAIRS


def sampled(count: int) -> list[int]:
    """The places whose values are stored of a large transform."""
    inside = (count // 7, count // 5, count // 3, count // 2, 2 * count // 3)
    places = {0, 1, *inside, count - 2, count - 1}
    return sorted(place for place in places if 0 <= place < count)


def parts(values: np.ndarray) -> dict[str, np.ndarray]:
    """Real and, if there are any, imaginary parts."""
    return {"re": values.real, "im": values.imag} if np.iscomplexobj(values) else {"re": values}


def l2(values: np.ndarray) -> float:
    """The Euclidean norm."""
    return float(np.sqrt(np.sum(np.abs(values) ** 2)))


def error(got: np.ndarray, want: np.ndarray) -> float:
    """||got - want|| / ||want||."""
    return l2(got - want) / l2(want)


def both(params: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The input, its transform by definition, and numpy's."""
    n, seed = params["n"], params["seed"]
    if is_inverse(params):
        x = lcg.unit_pairs(seed, n // 2 + 1)
        return x, dft.irfft(x.astype(np.clongdouble), n), np.fft.irfft(x, n)
    x = lcg.unit(seed, n)
    return x, dft.rfft(x.astype(np.longdouble)), np.fft.rfft(x)


def whole(values: np.ndarray) -> Any:
    """All values of a small transform: a list, or two if complex."""
    return parts(values) if np.iscomplexobj(values) else values


def samples(values: np.ndarray) -> dict[str, Any]:
    """Some values of a large transform, and the norm and the sum of all."""
    name = "sampledBins" if np.iscomplexobj(values) else "sampledPoints"
    places = sampled(values.size)
    total = values.sum()
    shown = [total.real, total.imag] if np.iscomplexobj(values) else total
    return {name: places, **parts(values[places]), "l2": l2(values), "sum": shown}


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The transform of an input from a seed; of a case without a stored input, samples of it."""
    params = given["params"]
    x, exact, numpys = both(params)
    is_large = given["input"] is None
    return {
        "params": {**params, "relL2Bound": bound(params["n"])},
        "numpyRelL2": error(numpys, exact),
        "input": None if is_large else whole(x),
        "output": samples(exact) if is_large else whole(exact),
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """numpy's FFT, as it was measured."""
    return {"numpy.fft": case["numpyRelL2"]}
