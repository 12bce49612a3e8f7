"""The boundaries of fractional max-pooling: Graham (arXiv 1412.6071), and TensorFlow's kernel.

Graham's pseudorandom sequence is ceil(alpha (i + u)), alpha = N_in / N_out. By itself it does not
go from 0 to N_in. `shifted` subtracts its first value; `tf` subtracts 1 and pins both ends, for u
below min((k + 2) / alpha - 1, (N_in + 1 - k) / alpha - (N_out - 1)), k = floor(alpha).
"""

import math
from typing import Any

GIVEN = ("nIn", "nOut")
MEASURED = ()
DIGITS = 17

DRAWS = (0.25, 0.7)
"""The draws u of `shifted`. Those of `tf` are the same parts of what u may be there."""


def largest_draw(n_in: int, n_out: int) -> float:
    """TensorFlow's bound of u; 1 at most, which rounding may exceed."""
    alpha, k = n_in / n_out, n_in // n_out
    return min((k + 2) / alpha - 1, (n_in + 1 - k) / alpha - (n_out - 1), 1.0)


def shifted(n_in: int, n_out: int, u: float) -> list[int]:
    """ceil(alpha (i + u)) - ceil(alpha u), i = 0 .. N_out."""
    alpha = n_in / n_out
    raw = [math.ceil(alpha * (i + u)) for i in range(n_out + 1)]
    return [value - raw[0] for value in raw]


def pinned(n_in: int, n_out: int, u: float) -> list[int]:
    """ceil(alpha (i + u)) - 1 between 0 and N_in."""
    alpha = n_in / n_out
    return [0, *(math.ceil(alpha * (i + u)) - 1 for i in range(1, n_out)), n_in]


def complete(given: dict[str, Any]) -> dict[str, Any]:
    """The rules for random sequences, and the pseudorandom sequences of two draws."""
    n_in, n_out = given["params"]["nIn"], given["params"]["nOut"]
    k = n_in // n_out
    larger = n_in - k * n_out
    bound = largest_draw(n_in, n_out)
    return {
        "params": {"nIn": n_in, "nOut": n_out, "alpha": n_in / n_out},
        "output": {
            "allowedIncrements": [k, k + 1],
            "length": n_out + 1,
            "first": 0,
            "last": n_in,
            "countOfLarger": larger,
            "countOfSmaller": n_out - larger,
            "tfUMax": bound,
            "pseudorandom": [
                {
                    "u": u,
                    "shifted": shifted(n_in, n_out, u),
                    "uTf": u * bound,
                    "tf": pinned(n_in, n_out, u * bound),
                }
                for u in DRAWS
            ],
        },
    }


def second_ways(case: dict[str, Any]) -> dict[str, float]:
    """Counts the increments that break the rules. There must be none."""
    output = case["output"]
    sequences = [drawn[name] for drawn in output["pseudorandom"] for name in ("shifted", "tf")]
    return {"rules of increments": float(sum(broken(found, output) for found in sequences))}


def broken(sequence: list[int], output: dict[str, Any]) -> bool:
    """Whether a sequence has another end, another increment or another count of the larger one."""
    increments = [end - start for start, end in zip(sequence, sequence[1:])]
    ends = [sequence[0], sequence[-1]]
    return (
        ends != [output["first"], output["last"]]
        or not set(increments) <= set(output["allowedIncrements"])
        or increments.count(output["allowedIncrements"][1]) != output["countOfLarger"]
    )
