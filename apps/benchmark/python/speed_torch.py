"""The cases of `speed` on PyTorch: reads one JSON request a line, answers one JSON line.

{"prepare": case, "threads": n} makes a case ready and warms it up; {"time": true} runs it once and
answers {"ms": …}. Spectral pooling goes the FFT way, rfft2 → mask → crop → irfft2, as published.
"""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


def nchw(shape):
    n, h, w, c = shape
    return [n, c, h, w]


def spectral_pool(x, h, w):
    f = torch.fft.rfft2(x, norm="ortho")
    half = h // 2
    low = torch.cat([f[:, :, :half, : w // 2 + 1], f[:, :, -half:, : w // 2 + 1]], 2)
    return torch.fft.irfft2(low, s=(h, w), norm="ortho")


def diff_stride(x, strides, smoothness):
    """Learned strides with the published alignment of rows, as masks on the half-spectrum."""
    _, _, height, width = x.shape
    bound = [n / (n - smoothness) if n > smoothness else 1.0 for n in (height, width)]
    s = torch.maximum(strides, torch.tensor(bound))
    rows = torch.cat([torch.arange((height + 1) // 2), torch.arange(height // 2 - 1, -1, -1)])
    columns = torch.arange(width // 2 + 1)
    mask_h = ((smoothness + height / s[0] / 2 - rows) / smoothness).clamp(0, 1)
    mask_w = ((smoothness + width / s[1] / 2 + 1 - columns) / smoothness).clamp(0, 1)
    f = torch.fft.rfft2(x, norm="ortho") * mask_h[:, None] * mask_w[None, :]
    kept_h = torch.nonzero(mask_h.detach() > 0)[:, 0]
    kept_w = torch.nonzero(mask_w.detach() > 0)[:, 0]
    low = f.index_select(2, kept_h).index_select(3, kept_w)
    return torch.fft.irfft2(low, s=(len(kept_h), 2 * (len(kept_w) - 1)), norm="ortho")


class Pool(nn.Module):
    def __init__(self, pooling, stride, smoothness):
        super().__init__()
        self.pooling, self.stride, self.smoothness = pooling, stride, smoothness
        if pooling == "diffstride":
            self.strides = nn.Parameter(torch.tensor([float(stride), float(stride)]))

    def forward(self, x):
        if self.pooling == "diffstride":
            return diff_stride(x, self.strides, self.smoothness)
        h, w = x.shape[2] // self.stride, x.shape[3] // self.stride
        return spectral_pool(x, max(h - h % 2, 2), max(w, 2))


class Block(nn.Module):
    """A pre-activation block; the branches of a projecting one share their pooling."""

    def __init__(self, before, filters, stride, pooling, projects):
        super().__init__()
        step = stride if pooling == "conv" else 1
        self.bn1, self.bn2 = nn.BatchNorm2d(before), nn.BatchNorm2d(filters)
        self.conv1 = nn.Conv2d(before, filters, 3, step, 1, bias=False)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.shortcut = nn.Conv2d(before, filters, 1, step, bias=False) if projects else None
        self.pool = Pool(pooling, stride, 1) if projects and pooling != "conv" else nn.Identity()

    def forward(self, x):
        y = self.pool(self.conv1(F.relu(self.bn1(x))))
        y = self.conv2(F.relu(self.bn2(y)))
        return y + (self.pool(self.shortcut(x)) if self.shortcut else x)


def resnet18(pooling, width, strides=(1, 1, 3, 1, 3)):
    layers = [nn.Conv2d(3, width, 3, 1, 1, bias=False)]
    if pooling != "conv":
        layers.append(Pool(pooling, strides[0], 1))
    before = width
    for stage in range(1, 5):
        filters = width * 2 ** (stage - 1)
        for index in range(2):
            projects = stage > 1 and index == 0
            layers.append(Block(before, filters, strides[stage] if projects else 1, pooling, projects))
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


def ready(case):
    kind = case["kind"]
    if kind == "resample":
        x = torch.randn(nchw(case["shape"]), requires_grad=True)
        h, w = case["size"]
        return backward_of(lambda: spectral_pool(x, h, w), x)
    if kind == "spectral":
        x = torch.randn(nchw(case["shape"]), requires_grad=True)
        h, w = (int(n / s) for n, s in zip(case["shape"][1:3], case["strides"]))
        return backward_of(lambda: spectral_pool(x, max(h - h % 2, 2), max(w, 2)), x)
    if kind == "diffstride":
        x = torch.randn(nchw(case["shape"]), requires_grad=True)
        s = torch.tensor([float(v) for v in case["strides"]], requires_grad=True)
        return backward_of(lambda: diff_stride(x, s, case["smoothness"]), x, s)
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
        model = resnet18(case["pooling"], case["width"])
        optimizer = torch.optim.SGD(model.parameters(), 1e-3, 0.9)
        images = torch.randn(case["batch"], 3, 32, 32)
        labels = torch.arange(case["batch"]) % 10

        def step():
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()

        return step
    raise ValueError(f"no case of kind {kind}")


def main():
    cuda = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    print(json.dumps({"version": torch.__version__, "cuda": cuda}), flush=True)
    synchronize = lambda: None
    run = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                torch.set_num_threads(request["threads"])
                if request["device"] == "cuda":
                    torch.set_default_device("cuda")
                    # What the others compute in: fp32 throughout.
                    torch.backends.cuda.matmul.allow_tf32 = False
                    torch.backends.cudnn.allow_tf32 = False
                    synchronize = torch.cuda.synchronize
                run = ready(request["prepare"])
                run()
                synchronize()
                answer = {"ready": True}
            else:
                start = time.perf_counter()
                run()
                synchronize()
                answer = {"ms": 1000 * (time.perf_counter() - start)}
        except Exception as error:  # told to the one who asked
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
