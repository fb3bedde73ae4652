"""Sizes: how wide the output of a sliding window is, and how much padding that takes.

Every convolution and pooling layer slides a window along each spatial axis. The rules here are
those of TensorFlow (https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2).
"""

from collections.abc import Sequence
from numbers import Integral

Padding = str | int | tuple[int, int]
"""``"valid"``, ``"same"``, ``"causal"``, zeros on both sides, or zeros as (before, after)."""


def effective_kernel(kernel: int, dilation: int = 1) -> int:
    """Positions that ``kernel`` weights span with ``dilation - 1`` gaps between neighbours."""
    _require_positive(kernel=kernel, dilation=dilation)
    return (kernel - 1) * dilation + 1


def padding_amounts(
    size: int, kernel: int, stride: int = 1, padding: Padding = "valid", dilation: int = 1
) -> tuple[int, int]:
    """Zeros added before and after one axis of ``size`` positions.

    ``"same"`` adds just enough for ``ceil(size / stride)`` outputs; an odd total puts the extra
    zero after (right or bottom). ``"causal"`` puts all zeros before, so that no output sees its
    future.

    Raises:
        ValueError: a size that is not positive, a negative padding or an unknown padding name.
    """
    _require_positive(size=size, stride=stride)
    span = effective_kernel(kernel, dilation)
    if padding == "valid":
        return 0, 0
    if padding == "same":
        outputs = -(-size // stride)
        total = max((outputs - 1) * stride + span - size, 0)
        return total // 2, total - total // 2
    if padding == "causal":
        return span - 1, 0
    if isinstance(padding, str):
        raise ValueError(
            f'padding must be "valid", "same", "causal", a number or (before, after), '
            f'not "{padding}"'
        )
    before, after = (padding, padding) if isinstance(padding, Integral) else padding
    if before < 0 or after < 0:
        raise ValueError(f"padding must not be negative, got {padding}")
    return before, after


def output_size(
    size: int, kernel: int, stride: int = 1, padding: Padding = "valid", dilation: int = 1
) -> int:
    """Positions in the output along one axis: ``floor((W - F + P_before + P_after) / S) + 1``.

    ``F`` is the span of the dilated kernel. The division is rounded down: a last window that would
    hang over the edge is dropped, as all frameworks do.

    Raises:
        ValueError: the window does not fit into the padded input even once, or a bad argument.
    """
    before, after = padding_amounts(size, kernel, stride, padding, dilation)
    span = effective_kernel(kernel, dilation)
    room = size + before + after - span
    if room < 0:
        raise ValueError(
            f"a window of {span} does not fit into {size + before + after} positions "
            "(padding included)"
        )
    return room // stride + 1


def transposed_output_size(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: str = "valid",
    dilation: int = 1,
    output_padding: int | None = None,
) -> int:
    """Positions along one axis after a transposed convolution, as Keras counts them.

    ``padding`` is that of the convolution which the transposed one turns round. As that one rounds
    down, several sizes lead to the same ``size``. Without ``output_padding`` Keras chooses
    ``(W - 1) S + max(F, S)`` for ``"valid"`` and ``W S`` for ``"same"``; with it,
    ``(W - 1) S + F + output_padding`` and ``(W - 1) S + F mod 2 + output_padding``, ``F`` being
    the span of the dilated kernel.

    Raises:
        ValueError: a bad argument, or an ``output_padding`` that gives a size which the
            convolution does not take back to ``size``.
    """
    _require_positive(size=size, stride=stride)
    span = effective_kernel(kernel, dilation)
    if padding not in ("valid", "same"):
        raise ValueError(
            f'padding of a transposed convolution must be "valid" or "same", not {padding!r}'
        )
    if output_padding is None:
        last = max(span, stride) if padding == "valid" else stride
        return (size - 1) * stride + last
    base = span if padding == "valid" else span % 2
    enlarged = (size - 1) * stride + base + output_padding
    smallest = (size - 1) * stride + (span if padding == "valid" else 1)
    if enlarged not in range(smallest, smallest + stride):
        raise ValueError(
            f"output_padding {output_padding} gives {enlarged} positions, but only {smallest} to "
            f"{smallest + stride - 1} become {size} in a convolution with this stride and padding"
        )
    return enlarged


def per_axis(value: int | Sequence[int], rank: int, name: str) -> tuple[int, ...]:
    """``value`` for each of ``rank`` spatial axes; a sequence must already have that length."""
    if isinstance(value, Integral):
        return (int(value),) * rank
    if len(value) != rank:
        raise ValueError(f"{name} has {len(value)} values for {rank} spatial axes: {tuple(value)}")
    return tuple(int(v) for v in value)


def _require_positive(**values: int) -> None:
    for name, value in values.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
