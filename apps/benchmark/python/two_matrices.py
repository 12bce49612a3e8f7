"""Spectral pooling and DiffStride as products with two real matrices, in PyTorch.

`y = Re(P_h x P_wᵀ) = R_h x R_wᵀ - U (V x I_wᵀ)`. R are real parts, I_w is an imaginary part. The
imaginary part of P_h is U V: only frequencies whose mirror image is absent, or has another mask
value, contribute to it. The scale is that of norm="ortho". Images are NCHW.
"""

import math

import torch


def angles(frequencies, size, points):
    """[points, frequencies]: 2π · frequency · point / size."""
    return 2 * math.pi * torch.outer(torch.arange(points), frequencies) / size


def row_matrix(source, height, mask):
    """R_h [h, height] of a full spectrum, whose row k holds frequency source[k]."""
    h = len(source)
    target = torch.arange(h)
    theta, phi = angles(target, h, h), angles(source, height, height)
    scale = 1 / math.sqrt(h * height)
    # cos(θ − φ) = cos θ cos φ + sin θ sin φ, summed over the frequencies.
    return scale * ((theta.cos() * mask) @ phi.cos().T + (theta.sin() * mask) @ phi.sin().T)


def column_matrices(mask, w, width):
    """R_w and I_w [w, width] of a half spectrum with this mask."""
    frequency = torch.arange(len(mask))
    theta, phi = angles(frequency, w, w), angles(frequency, width, width)
    own_mirror = (frequency == 0) | (2 * frequency == w)
    weight = mask * torch.where(own_mirror, 1.0, 2.0) / math.sqrt(w * width)
    cos, sin = theta.cos() * weight, theta.sin() * weight
    return cos @ phi.cos().T + sin @ phi.sin().T, sin @ phi.cos().T - cos @ phi.sin().T


def skew_factors(source, height, mask):
    """U [h, 2k] and V [2k, height] with the imaginary part U V of P_h."""
    h = len(source)
    place = {s: at for at, s in enumerate(source.tolist())}
    values = mask.detach().tolist()
    active, mirrors = [], []
    for target, s in enumerate(place):
        if 2 * s % height == 0 and 2 * target % h == 0:
            continue
        mirror = place.get((height - s) % height, -1)
        if mirror >= 0 and mirror != target and (target + mirror) % h == 0:
            # One of the pair represents both. Equal masks cancel. On the ramp they differ.
            if mirror < target or values[mirror] == values[target]:
                continue
        else:
            mirror = -1
        active.append(target)
        mirrors.append(mirror)
    if not active:
        return None
    target = torch.tensor(active)
    difference = mask[target] - torch.cat([mask, mask.new_zeros(1)])[torch.tensor(mirrors)]
    theta, phi = angles(target, h, h), angles(source[target], height, height)
    weight = difference / math.sqrt(h * height)
    return torch.cat([theta.sin() * weight, -theta.cos() * weight], 1), torch.cat(
        [phi.cos(), phi.sin()], 1
    ).T


def by_einsum(x, rows, columns):
    return torch.einsum("hp,ncpq,wq->nchw", rows, x, columns)


def by_products(x, rows, columns):
    """Columns first: one large product of all rows of all images."""
    return torch.matmul(rows, torch.matmul(x, columns.T))


def pool(x, matrices, product):
    rows, columns, skew = matrices
    y = product(x, rows, columns)
    if skew is None:
        return y
    (synthesis, analysis), imaginary = skew
    return y - torch.matmul(synthesis, product(x, analysis, imaginary))


def matrices_of(source, row_mask, height, column_mask, w, width):
    real, imaginary = column_matrices(column_mask, w, width)
    factors = skew_factors(source, height, row_mask)
    skew = None if factors is None else (factors, imaginary)
    return row_matrix(source, height, row_mask), real, skew


def spectral_matrices(height, width, h, w):
    """Those of fixed spectral pooling to [h, w], with h even."""
    source = torch.cat([torch.arange(h // 2), torch.arange(height - h // 2, height)])
    return matrices_of(source, torch.ones(h), height, torch.ones(w // 2 + 1), w, width)
