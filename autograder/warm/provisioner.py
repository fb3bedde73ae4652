"""The provisioner: lets ``jupyter_client``, and all that is built on it, have warm kernels."""

import asyncio
import logging
import os
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from autograder.sandbox import command
from autograder.warm.template import NoTemplateError, fork_kernel

NAME = "autograder-warm"
LAUNCHER = "ipykernel_launcher"
SECONDS_BETWEEN_LOOKS = 0.005

log = logging.getLogger(__name__)


class WarmProvisioner(LocalProvisioner):
    """Forks kernels from a template, and starts them from nothing where that cannot be.

    ``KernelManager.start_kernel(sandbox=...)`` takes a sandbox from :func:`autograder.sandbox.describe`.
    """

    async def launch_kernel(
        self, cmd: list[str], sandbox: dict | None = None, cold: bool = False, **kwargs: Any
    ) -> KernelConnectionInfo:
        if not cold:
            try:
                return await self._fork(cmd, sandbox, kwargs)
            except NoTemplateError as reason:
                log.warning("Kernels start from nothing, some seconds each: %s", reason)
        if sandbox is not None:
            cmd = command(cmd, sandbox)
        return await super().launch_kernel(cmd, **kwargs)

    async def _fork(
        self, cmd: list[str], sandbox: dict | None, kwargs: dict[str, Any]
    ) -> KernelConnectionInfo:
        arguments = cmd[cmd.index(LAUNCHER) + 1 :]
        folder = str(kwargs.get("cwd") or os.getcwd())  # noqa: PTH109
        self.process = await asyncio.to_thread(
            fork_kernel, arguments, kwargs["env"], folder, sandbox
        )
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    async def wait(self) -> int | None:
        """As in the base class, which looks only ten times a second."""
        while self.process is not None and self.process.poll() is None:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        return await super().wait()
