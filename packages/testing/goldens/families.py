"""The families of golden numbers, by name."""

from typing import Any, Protocol

from . import (
    blur_pool,
    blur_upsample,
    complexity,
    dct,
    dct_diffstride,
    diffstride,
    fft,
    fft2,
    fft2_grads,
    fractional_max_pool,
    fractional_sequences,
    grown_stride,
    max_blur_pool,
    paper_masks,
    resnet18,
    size_masks,
    span_attention,
    span_positions,
    spectral_pool,
    spectral_upsample,
    tips_pool,
    torch_fractional_max_pool,
)


class Family(Protocol):
    """What a family's module has."""

    GIVEN: tuple[str, ...]
    """The params that a case gives. All others are computed."""

    MEASURED: tuple[str, ...]
    """Values of a case that depend on numpy's build, and are not compared."""

    DIGITS: int
    """Significant digits of the numbers in a file."""

    def complete(self, given: dict[str, Any]) -> dict[str, Any]:
        """A case of the given params, input and upstream, with all that is computed from them."""

    def second_ways(self, case: dict[str, Any]) -> dict[str, float]:
        """How far a complete case is from what other ways to its numbers give, by their names."""


FAMILIES: dict[str, Family] = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        blur_pool,
        blur_upsample,
        complexity,
        dct,
        dct_diffstride,
        diffstride,
        fft,
        fft2,
        fft2_grads,
        fractional_max_pool,
        fractional_sequences,
        grown_stride,
        max_blur_pool,
        paper_masks,
        resnet18,
        size_masks,
        span_attention,
        span_positions,
        spectral_pool,
        spectral_upsample,
        tips_pool,
        torch_fractional_max_pool,
    )
}
