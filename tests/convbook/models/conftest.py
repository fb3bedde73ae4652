"""Every test starts with the same random weights, whichever ran before it."""

import keras
import pytest


@pytest.fixture(autouse=True)
def same_weights():
    keras.utils.set_random_seed(1)
