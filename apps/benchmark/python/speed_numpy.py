"""numpy's FFTs for `speed fft`: reads one JSON request a line, {"shape": [...], "runs": r}, answers {"ms": …} for one run of rfft or rfft2."""

import json
import sys
import time

import numpy as np

print(json.dumps({"version": np.__version__}), flush=True)
inputs = {}
for line in sys.stdin:
    request = json.loads(line)
    shape = tuple(request["shape"])
    if shape not in inputs:
        inputs[shape] = np.random.default_rng(1).random(shape)
    x = inputs[shape]
    transform = np.fft.rfft if x.ndim == 1 else np.fft.rfft2
    start = time.perf_counter()
    for _ in range(request["runs"]):
        transform(x)
    print(json.dumps({"ms": 1000 * (time.perf_counter() - start) / request["runs"]}), flush=True)
