"""What makes two pictures alike in content or in style, and a picture smooth."""

from typing import Any

from keras import ops

Tensor = Any
"""A tensor of the backend in use, or a NumPy array."""


def gram_matrix(maps: Tensor) -> Tensor:
    """Which maps are active together, wherever that is.

    G[k, l] = mean over i, j of A[i, j, k] A[i, j, l]

    The positions are averaged out, so what is left describes texture (Gatys 2016, equation 3, which has
    the sum in place of the mean).

    Args:
        maps: ``(batch, height, width, maps)``.

    Returns:
        ``(batch, maps, maps)``, symmetric.

    Raises:
        ValueError: not four axes.
    """
    if len(maps.shape) != 4:
        raise ValueError(f"maps are (batch, height, width, maps), not {tuple(maps.shape)}")
    batch, height, width, channels = maps.shape
    values = ops.reshape(maps, (batch, height * width, channels))
    return ops.matmul(ops.transpose(values, (0, 2, 1)), values) / (height * width)


def style_loss(maps: Tensor, style_gram: Tensor) -> Tensor:
    """Squared distance of Gram matrices (Gatys 2016, equation 4, with means over positions).

    E = sum over k, l of (G[k, l] - S[k, l])² / (4 N²) for N maps

    Args:
        maps: of the picture, ``(batch, height, width, N)``.
        style_gram: Gram matrix of the style, ``(batch or 1, N, N)``; it may come from an image of
            another size.

    Returns:
        A scalar, the mean over the batch.
    """
    number = maps.shape[-1]
    if tuple(style_gram.shape[1:]) != (number, number):
        raise ValueError(
            f"{number} maps have a Gram matrix {number}×{number}, not {tuple(style_gram.shape[1:])}"
        )
    difference = ops.square(gram_matrix(maps) - style_gram)
    return ops.mean(ops.sum(difference, axis=(1, 2))) / (4 * number**2)


def content_loss(maps: Tensor, content_maps: Tensor) -> Tensor:
    """Half the mean squared difference of maps, place by place.

    Gatys (2016, equation 1) takes the sum; with the mean, a weight means the same for every layer and
    size.

    Args:
        maps, content_maps: ``(batch, height, width, maps)``, of one shape.

    Returns:
        A scalar.
    """
    if tuple(maps.shape) != tuple(content_maps.shape):
        raise ValueError(
            f"content is compared place by place: {tuple(maps.shape)} and "
            f"{tuple(content_maps.shape)} do not fit"
        )
    return ops.mean(ops.square(maps - content_maps)) / 2


def total_variation(images: Tensor) -> Tensor:
    """Mean squared difference of neighbouring pixels, down and to the right.

    Small for smooth pictures; it takes out single pixels that no layer minds (Mahendran 2015,
    section 3.1, with exponent 2).

    Args:
        images: ``(batch, height, width, channels)``.

    Returns:
        A scalar; 0 for a picture of one colour.
    """
    down = images[:, 1:] - images[:, :-1]
    right = images[:, :, 1:] - images[:, :, :-1]
    return ops.mean(ops.square(down)) + ops.mean(ops.square(right))
