"""The devices that Keras's backend computes on, asked in a process of its own, since asking takes hold of them."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

QUESTION = """
import json, keras
backend = keras.backend.backend()
if backend == "tensorflow":
    import tensorflow as tf
    details = [tf.config.experimental.get_device_details(each) for each in tf.config.list_physical_devices("GPU")]
    gpus = [each.get("device_name", "GPU") for each in details]
elif backend == "jax":
    import jax
    gpus = [each.device_kind for each in jax.devices() if each.platform == "gpu"]
else:
    import torch
    gpus = [torch.cuda.get_device_name(each) for each in range(torch.cuda.device_count())]
print(json.dumps([backend, gpus]))
"""
SECONDS_TO_IMPORT = 120


@dataclass(frozen=True)
class Devices:
    """What computes: Keras's backend, and the names of the GPUs that it sees."""

    backend: str
    gpus: tuple[str, ...]


def find_devices() -> Devices | None:
    """None where Keras or its backend does not import."""
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            [sys.executable, "-c", QUESTION],
            capture_output=True,
            text=True,
            timeout=SECONDS_TO_IMPORT,
            check=True,
        )
        backend, gpus = json.loads(answer.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, ValueError, IndexError):
        return None
    return Devices(backend, tuple(gpus))


def processor() -> str:
    """The processor's name, as far as the system tells it."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or os.name
