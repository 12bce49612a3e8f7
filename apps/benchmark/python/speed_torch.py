"""The cases of `speed` on PyTorch: reads one JSON request a line, answers one JSON line.

{"prepare": case, "threads": n, "path": …} prepares a case and runs it once. {"time": true} runs it
once and answers {"ms": …}. {"peak": true} answers {"gflops": …, "size": n}: the fastest product of
two square matrices on one thread. The path of spectral pooling is "fft", rfft2 → mask → crop →
irfft2 as published, or "matrices", the same map as products with two real matrices.
"""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

import two_matrices


def nchw(shape):
    n, h, w, c = shape
    return [n, c, h, w]


def spectral_pool(x, h, w):
    f = torch.fft.rfft2(x, norm="ortho")
    half = h // 2
    low = torch.cat([f[:, :, :half, : w // 2 + 1], f[:, :, -half:, : w // 2 + 1]], 2)
    return torch.fft.irfft2(low, s=(h, w), norm="ortho")


def masks_of(height, width, strides, smoothness):
    """The masks of DiffStride on the half-spectrum, with the published alignment of rows."""
    bound = [n / (n - smoothness) if n > smoothness else 1.0 for n in (height, width)]
    s = torch.maximum(strides, torch.tensor(bound))
    rows = torch.cat([torch.arange((height + 1) // 2), torch.arange(height // 2 - 1, -1, -1)])
    columns = torch.arange(width // 2 + 1)
    mask_h = ((smoothness + height / s[0] / 2 - rows) / smoothness).clamp(0, 1)
    mask_w = ((smoothness + width / s[1] / 2 + 1 - columns) / smoothness).clamp(0, 1)
    return mask_h, mask_w


def diff_stride(x, strides, smoothness):
    mask_h, mask_w = masks_of(*x.shape[2:], strides, smoothness)
    f = torch.fft.rfft2(x, norm="ortho") * mask_h[:, None] * mask_w[None, :]
    kept_h = torch.nonzero(mask_h.detach() > 0)[:, 0]
    kept_w = torch.nonzero(mask_w.detach() > 0)[:, 0]
    low = f.index_select(2, kept_h).index_select(3, kept_w)
    return torch.fft.irfft2(low, s=(len(kept_h), 2 * (len(kept_w) - 1)), norm="ortho")


def spectral_pool_by_matrices(product):
    """Spectral pooling whose matrices are computed once for each size."""
    known = {}

    def pool(x, h, w):
        sizes = (*x.shape[2:], h, w)
        if sizes not in known:
            known[sizes] = two_matrices.spectral_matrices(*sizes)
        return two_matrices.pool(x, known[sizes], product)

    return pool


def diff_stride_by_matrices(product):
    """DiffStride whose matrices are functions of the strides, and carry their gradient."""

    def pool(x, strides, smoothness):
        height, width = x.shape[2:]
        mask_h, mask_w = masks_of(height, width, strides, smoothness)
        source = torch.nonzero(mask_h.detach() > 0)[:, 0]
        kept_w = torch.nonzero(mask_w.detach() > 0)[:, 0]
        w = 2 * (len(kept_w) - 1)
        matrices = two_matrices.matrices_of(
            source, mask_h[source], height, mask_w[kept_w], w, width
        )
        return two_matrices.pool(x, matrices, product)

    return pool


def new_paths(path):
    """Pairs of the two poolings. Matrices are multiplied in two ways, and the faster one counts."""
    if path == "fft":
        return [(spectral_pool, diff_stride)]
    return [
        (spectral_pool_by_matrices(product), diff_stride_by_matrices(product))
        for product in (two_matrices.by_einsum, two_matrices.by_products)
    ]


class Pool(nn.Module):
    def __init__(self, pooling, stride, smoothness, poolings):
        super().__init__()
        self.pooling, self.stride, self.smoothness = pooling, stride, smoothness
        self.spectral, self.diffstride = poolings
        if pooling == "diffstride":
            self.strides = nn.Parameter(torch.tensor([float(stride), float(stride)]))

    def forward(self, x):
        if self.pooling == "diffstride":
            return self.diffstride(x, self.strides, self.smoothness)
        h, w = x.shape[2] // self.stride, x.shape[3] // self.stride
        return self.spectral(x, max(h - h % 2, 2), max(w, 2))


class Block(nn.Module):
    """A pre-activation block; the branches of a projecting one share their pooling."""

    def __init__(self, before, filters, stride, pooling, projects, poolings):
        super().__init__()
        step = stride if pooling == "conv" else 1
        self.bn1, self.bn2 = nn.BatchNorm2d(before), nn.BatchNorm2d(filters)
        self.conv1 = nn.Conv2d(before, filters, 3, step, 1, bias=False)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(before, filters, 1, step, bias=False) if projects else None
        pools = projects and pooling != "conv"
        self.pool = Pool(pooling, stride, 1, poolings) if pools else nn.Identity()

    def forward(self, x):
        y = self.pool(self.conv1(F.relu(self.bn1(x))))
        y = self.conv2(F.relu(self.bn2(y)))
        return y + (self.pool(self.shortcut(x)) if self.shortcut else x)


def resnet18(pooling, width, poolings, strides=(1, 1, 3, 1, 3)):
    layers = [nn.Conv2d(3, width, 3, 1, 1, bias=False)]
    if pooling != "conv":
        layers.append(Pool(pooling, strides[0], 1, poolings))
    before = width
    for stage in range(1, 5):
        filters = width * 2 ** (stage - 1)
        for index in range(2):
            projects = stage > 1 and index == 0
            stride = strides[stage] if projects else 1
            layers.append(Block(before, filters, stride, pooling, projects, poolings))
            before = filters
    head = [nn.BatchNorm2d(before), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers, *head, nn.Linear(before, 10))


def backward_of(forward, *inputs):
    dy = torch.ones_like(forward())

    def run():
        for tensor in inputs:
            tensor.grad = None
        forward().backward(dy)

    return run


def resample(case, product):
    """Products with two given matrices, forward and backward."""
    x = torch.randn(nchw(case["shape"]), requires_grad=True)
    is_all = case["gradients"] == "all"
    (h, w), (_, height, width, _) = case["size"], case["shape"]
    rows = torch.randn(h, height, requires_grad=is_all)
    columns = torch.randn(w, width, requires_grad=is_all)
    return backward_of(lambda: product(x, rows, columns), x, rows, columns)


def require_same_map(case):
    """Raises an error unless both paths have the same values and gradients on a small batch.

    In float64, since the gradients of strides are sums of terms that nearly cancel.
    """
    torch.set_default_dtype(torch.float64)
    try:
        compare_paths(case)
    finally:
        torch.set_default_dtype(torch.float32)


def compare_paths(case):
    _, height, width, _ = case["shape"]
    x = torch.randn(2, 3, height, width, requires_grad=True)
    s = torch.tensor([float(v) for v in case["strides"]], requires_grad=True)
    found = []
    for spectral, diffstride in (*new_paths("fft"), *new_paths("matrices")):
        if case["kind"] == "spectral":
            h, w = (int(n / v) for n, v in zip((height, width), case["strides"]))
            y, inputs = spectral(x, max(h - h % 2, 2), max(w, 2)), (x,)
        else:
            y, inputs = diffstride(x, s, case["smoothness"]), (x, s)
        dy = torch.linspace(-1, 1, y.numel()).reshape(y.shape)
        found.append((y.detach(), *torch.autograd.grad(y, inputs, dy)))
    for name, *values in zip(("values", "image gradients", "stride gradients"), *found):
        for other in values[1:]:
            error = float((other - values[0]).abs().max() / values[0].abs().max())
            if not error < 1e-9:
                raise ArithmeticError(f"the {name} of both paths differ by {error:.1e}")


def ready(case, path):
    """A function that runs a case once. Of several ways to multiply, the faster one."""
    if path == "matrices":
        if case["kind"] in ("spectral", "diffstride"):
            require_same_map(case)
        elif case["kind"] in ("convolution", "blur") or case.get("pooling") == "conv":
            raise ValueError("the case has no spectral pooling")
        elif case["kind"] == "resample":
            ways = (two_matrices.by_einsum, two_matrices.by_products)
            return fastest([resample(case, product) for product in ways])
    return fastest([ready_with(case, poolings) for poolings in new_paths(path)])


def fastest(runs):
    if len(runs) == 1:
        return runs[0]

    def seconds(run):
        times = []
        for _ in range(4):
            start = time.perf_counter()
            run()
            times.append(time.perf_counter() - start)
        return min(times[1:])

    return min(runs, key=seconds)


def ready_with(case, poolings):
    spectral, diffstride = poolings
    kind = case["kind"]
    if kind == "resample":
        x = torch.randn(nchw(case["shape"]), requires_grad=True)
        h, w = case["size"]
        return backward_of(lambda: spectral(x, h, w), x)
    if kind == "spectral":
        x = torch.randn(nchw(case["shape"]), requires_grad=True)
        h, w = (int(n / s) for n, s in zip(case["shape"][1:3], case["strides"]))
        return backward_of(lambda: spectral(x, max(h - h % 2, 2), max(w, 2)), x)
    if kind == "diffstride":
        x = torch.randn(nchw(case["shape"]), requires_grad=True)
        s = torch.tensor([float(v) for v in case["strides"]], requires_grad=True)
        return backward_of(lambda: diffstride(x, s, case["smoothness"]), x, s)
    if kind == "convolution":
        n, h, w, c = case["shape"]
        k, stride, filters = case["kernel"], case["stride"], case["filters"]
        x, f = torch.randn(n, c, h, w), torch.randn(filters, c, k, k)
        dy = torch.randn(n, filters, math.ceil(h / stride), math.ceil(w / stride))
        pad = k // 2
        passes = {
            "forward": lambda: F.conv2d(x, f, None, stride, pad),
            "input": lambda: torch.nn.grad.conv2d_input(x.shape, f, dy, stride, pad),
            "filter": lambda: torch.nn.grad.conv2d_weight(x, f.shape, dy, stride, pad),
        }
        return passes[case["pass"]]
    if kind == "blur":
        x = torch.randn(nchw(case["shape"]), requires_grad=True)
        c = x.shape[1]
        row = torch.tensor([1.0, 2.0, 1.0]) / 4
        kernel = (row[:, None] * row[None, :]).expand(c, 1, 3, 3).contiguous()
        stride = case["stride"]
        return backward_of(
            lambda: F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), kernel, None, stride, groups=c), x
        )
    if kind == "step":
        model = resnet18(case["pooling"], case["width"], poolings)
        optimizer = torch.optim.SGD(model.parameters(), 1e-3, 0.9)
        images = torch.randn(case["batch"], 3, 32, 32)
        labels = torch.arange(case["batch"]) % 10

        def step():
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()

        return step
    raise ValueError(f"no case of kind {kind}")


def peak():
    """The fastest product of two square float32 matrices on one thread, over sizes."""
    torch.set_num_threads(1)
    best = {"gflops": 0, "size": 0}
    for size in (256, 512, 768, 1024, 1536, 2048):
        a, b, out = (torch.randn(size, size) for _ in range(3))
        end = time.perf_counter() + 0.2
        while (start := time.perf_counter()) < end:
            torch.mm(a, b, out=out)
            gflops = 2 * size**3 / (time.perf_counter() - start) / 1e9
            best = max(best, {"gflops": gflops, "size": size}, key=lambda one: one["gflops"])
    return best


def main():
    cuda = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    # Old versions do not report the widest vectors that they use.
    cpu = getattr(torch.backends, "cpu", None)
    vectors = cpu.get_cpu_capability() if cpu else None
    about = {"version": torch.__version__, "cuda": cuda, "vectors": vectors}
    print(json.dumps(about), flush=True)
    synchronize = lambda: None
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "peak" in request:
                answer = peak()
            elif "prepare" in request:
                torch.set_num_threads(request["threads"])
                if request["device"] == "cuda":
                    torch.set_default_device("cuda")
                    # What the others compute in: fp32 throughout.
                    torch.backends.cuda.matmul.allow_tf32 = False
                    torch.backends.cudnn.allow_tf32 = False
                    synchronize = torch.cuda.synchronize
                run = ready(request["prepare"], request["path"])
                run()
                synchronize()
                answer = {"ready": True}
            else:
                start = time.perf_counter()
                run()
                synchronize()
                answer = {"ms": 1000 * (time.perf_counter() - start)}
        except Exception as error:  # goes to the caller
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
