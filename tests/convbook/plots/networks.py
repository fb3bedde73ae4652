"""Small networks of every form that the course draws."""

import keras
from keras import layers

from convbook import costs


def three_convs() -> keras.Model:
    """A stack; 80,266 parameters (Atienza 2018)."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(10),
        ]
    )


def inception_module() -> keras.Model:
    """Four ways from the input to one concatenation."""

    def conv(maps, kernel, x):
        return layers.Conv2D(maps, kernel, padding="same", activation="relu")(x)

    x = keras.Input((14, 14, 24))
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    ways = [
        conv(8, 1, x),
        conv(16, 3, conv(8, 1, x)),
        conv(6, 5, conv(4, 1, x)),
        conv(4, 1, pooled),
    ]
    return keras.Model(x, layers.Concatenate()(ways))


def residual(units: int = 2) -> keras.Model:
    """Residual units with batch normalisation, the first one with a projection."""
    inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, padding="same", name="stem")(inputs)
    for unit in range(units):
        strides = 2 if unit == 0 else 1
        name = f"unit{unit}"
        y = layers.Conv2D(16, 3, strides, "same", name=f"{name}_1")(x)
        y = layers.Activation("relu")(layers.BatchNormalization()(y))
        y = layers.Conv2D(16, 3, padding="same", name=f"{name}_2")(y)
        if strides == 2:
            x = layers.Conv2D(16, 1, 2, name=f"{name}_0")(x)
        x = layers.Activation("relu")(layers.Add(name=f"{name}_add")([x, y]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10)(x))


def squeeze_and_excitation() -> keras.Model:
    """A block that goes through one position and back."""
    inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(8, 3, padding="same")(inputs)
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = layers.Dense(8, activation="sigmoid")(layers.Dense(2, activation="relu")(y))
    x = layers.Multiply()([x, y])
    return keras.Model(inputs, layers.Conv2D(4, 3, padding="same")(x))


def unet() -> keras.Model:
    """Down twice and up again, with a link past it at each size."""
    x = inputs = keras.Input((32, 32, 3))
    skipped = []
    for maps in (4, 8):
        x = layers.Conv2D(maps, 3, padding="same")(x)
        skipped.append(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(16, 3, padding="same")(x)
    for maps, skip in zip((8, 4), reversed(skipped), strict=True):
        x = layers.Conv2DTranspose(maps, 2, strides=2)(x)
        x = layers.Conv2D(maps, 3, padding="same")(layers.Concatenate()([x, skip]))
    return keras.Model(inputs, layers.Conv2D(2, 1)(x))


def text() -> keras.Model:
    """1D; 1,315,937 parameters, the 500-word model of the syllabus."""
    return keras.Sequential(
        [
            keras.Input((500,)),
            layers.Embedding(10_000, 128),
            layers.Conv1D(32, 7),
            layers.MaxPooling1D(5),
            layers.Conv1D(32, 7),
            layers.GlobalMaxPooling1D(),
            layers.Dense(1),
        ]
    )


def volumes() -> costs.NetworkCost:
    """3D, from a list of layers."""
    stack = [costs.Conv(8, 3), costs.Pool(2), costs.Flatten(), costs.Dense(3)]
    return costs.of_layers(stack, (16, 32, 24, 1))


def wide() -> costs.NetworkCost:
    """Twenty convolutions with large numbers under them."""
    return costs.of_layers([costs.Conv(4096, 3, padding="same")] * 20, (7, 7, 4096))


def least() -> costs.NetworkCost:
    """One pooling, no parameters at all."""
    return costs.of_layers([costs.Pool(2)], (4, 4, 1))


ALL = [
    three_convs,
    inception_module,
    residual,
    squeeze_and_excitation,
    unet,
    text,
    volumes,
    wide,
    least,
]
