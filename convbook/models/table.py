"""All architectures of the course with their published parameter counts."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import keras

from convbook.costs import outline
from convbook.models import (
    alexnet,
    densenet,
    googlenet,
    highway,
    lenet,
    mobilenet,
    mobilenetv2,
    resnet,
    senet,
    vgg,
    xception,
    zfnet,
)

NO_CONV_BIAS = "no convolution biases; batch-norm statistics not counted"
NO_CONV_BIAS_ALL = "no convolution biases; batch-norm statistics counted"
KERAS_RESNET = "convolution biases and batch-norm statistics counted"
NO_BATCH_NORM = "biases everywhere; no batch normalisation"


@dataclass(frozen=True)
class Architecture:
    """One row of the table."""

    name: str
    paper: str
    """Key of the paper in the bibliography."""
    build: Callable[[], keras.Model]
    """Makes the network at its published size."""
    published: int
    """Parameters as published."""
    counts: Literal["all", "trainable"]
    """Which parameters the published figure counts."""
    convention: str
    """The same in words."""
    to_nearest: int = 1
    """Unit to which the published figure is rounded."""
    small: Callable[..., keras.Model] | None = None
    """``small(input_shape, classes)``, in the one row that stands for its file."""

    def parameters(self) -> int:
        """Parameters of the network built here, counted as the published ones are."""
        model = outline(self.build)
        if self.counts == "all":
            return model.count_params()
        return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def architectures() -> dict[str, Architecture]:
    """Every architecture by name, in the order of the course."""
    rows = [
        Architecture(
            "LeNet-5 (1998)",
            "lecun1998",
            lenet.lenet5_original,
            60_000,
            "trainable",
            "sparse C3, trainable subsampling; output codes are fixed and not counted",
        ),
        Architecture(
            "LeNet-5",
            "lecun1998",
            lenet.lenet5,
            61_706,
            "all",
            NO_BATCH_NORM,
            small=lenet.small,
        ),
        Architecture(
            "LeNet 20-50-500",
            "lecun1998",
            lenet.lenet_20_50_500,
            431_080,
            "all",
            NO_BATCH_NORM,
        ),
        Architecture(
            "AlexNet",
            "krizhevsky2012",
            alexnet.alexnet,
            62_378_344,
            "all",
            NO_BATCH_NORM,
            small=alexnet.small,
        ),
        Architecture(
            "AlexNet, two groups",
            "krizhevsky2012",
            partial(alexnet.alexnet, groups=2),
            60_965_224,
            "all",
            f"{NO_BATCH_NORM}; convolutions 2, 4 and 5 in two groups",
        ),
        Architecture(
            "ZFNet",
            "zeiler2014",
            zfnet.zfnet,
            62_357_608,
            "all",
            NO_BATCH_NORM,
            small=zfnet.small,
        ),
        Architecture(
            "VGG-16",
            "simonyan2014",
            vgg.vgg16,
            138_357_544,
            "all",
            NO_BATCH_NORM,
            small=vgg.small,
        ),
        Architecture(
            "VGG-19",
            "simonyan2014",
            vgg.vgg19,
            143_667_240,
            "all",
            NO_BATCH_NORM,
        ),
        Architecture(
            "GoogLeNet",
            "szegedy2015",
            googlenet.googlenet,
            6_998_552,
            "all",
            f"{NO_BATCH_NORM}; no auxiliary heads",
            small=googlenet.small,
        ),
        Architecture(
            "GoogLeNet with heads",
            "szegedy2015",
            partial(googlenet.googlenet, auxiliary=("4a", "4d")),
            13_378_280,
            "all",
            f"{NO_BATCH_NORM}; both auxiliary heads",
        ),
        Architecture(
            "Highway, 16 maps",
            "srivastava2015",
            highway.highway_conv,
            39_000,
            "all",
            NO_BATCH_NORM,
            to_nearest=1000,
            small=highway.small,
        ),
        Architecture(
            "Highway, 32 maps",
            "srivastava2015",
            partial(highway.highway_conv, width=32),
            151_000,
            "all",
            NO_BATCH_NORM,
            to_nearest=1000,
        ),
        Architecture(
            "ResNet-18",
            "he2015",
            resnet.resnet18,
            11_689_512,
            "trainable",
            NO_CONV_BIAS,
            small=resnet.small,
        ),
        Architecture(
            "ResNet-34",
            "he2015",
            resnet.resnet34,
            21_797_672,
            "trainable",
            NO_CONV_BIAS,
        ),
        Architecture(
            "ResNet-50",
            "he2015",
            partial(resnet.resnet50, use_bias=True),
            25_636_712,
            "all",
            KERAS_RESNET,
        ),
        Architecture(
            "ResNet-101",
            "he2015",
            partial(resnet.resnet101, use_bias=True),
            44_707_176,
            "all",
            KERAS_RESNET,
        ),
        Architecture(
            "ResNet-152",
            "he2015",
            partial(resnet.resnet152, use_bias=True),
            60_419_944,
            "all",
            KERAS_RESNET,
        ),
        Architecture(
            "DenseNet-121",
            "huang2017",
            densenet.densenet121,
            8_062_504,
            "all",
            NO_CONV_BIAS_ALL,
            small=densenet.small,
        ),
        Architecture(
            "Xception",
            "chollet2017",
            xception.xception,
            22_910_480,
            "all",
            NO_CONV_BIAS_ALL,
            small=xception.small,
        ),
        Architecture(
            "MobileNet",
            "howard2017",
            mobilenet.mobilenet,
            4_253_864,
            "all",
            NO_CONV_BIAS_ALL,
            small=mobilenet.small,
        ),
        Architecture(
            "MobileNetV2",
            "sandler2018",
            mobilenetv2.mobilenetv2,
            3_538_984,
            "all",
            NO_CONV_BIAS_ALL,
            small=mobilenetv2.small,
        ),
        Architecture(
            "SE-ResNet-50",
            "hu2018",
            senet.se_resnet50,
            28_088_024,
            "trainable",
            NO_CONV_BIAS,
            small=senet.small,
        ),
        Architecture(
            "SENet-154",
            "hu2018",
            senet.senet154,
            115_088_984,
            "trainable",
            NO_CONV_BIAS,
        ),
    ]
    return {row.name: row for row in rows}
