"""Podman with storage of its own, so that nothing of a test remains on the machine."""
import os
import pathlib
import shutil
import subprocess

# What containers need on a machine that nobody else manages: no systemd, no network of their own, no raised limits.
SETTINGS = """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
netns = "host"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "runc"
"""
BUILD = ["--isolation=chroot", "--network=host"]


class Engine:
    """The images and containers below one folder; ends with `remove`."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        settings, self.places = folder / "containers.conf", folder / "storage.conf"
        settings.write_text(SETTINGS)
        self.environment = {**os.environ, "CONTAINERS_CONF": str(settings), "CONTAINERS_STORAGE_CONF": str(self.places)}
        # Overlays share what layers have in common; where the kernel has none, each layer is a copy.
        for driver in ("overlay", "vfs"):
            self.places.write_text(
                f'[storage]\ndriver = "{driver}"\ngraphroot = "{folder / "storage"}"\nrunroot = "{folder / "run"}"\n')
            if self.podman("info", check=False).returncode == 0:
                return
            shutil.rmtree(folder / "storage", ignore_errors=True)
        raise RuntimeError(f"podman does not work: {self.podman('info', check=False).stderr}")

    def podman(self, *arguments, check: bool = True, timeout: float = 120, **more) -> subprocess.CompletedProcess:
        return self._call("podman", *arguments, check=check, timeout=timeout, **more)

    def buildah(self, *arguments, timeout: float = 300) -> subprocess.CompletedProcess:
        return self._call("buildah", *arguments, check=True, timeout=timeout)

    def _call(self, *command, check: bool, timeout: float, **more) -> subprocess.CompletedProcess:
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, timeout=timeout, env=self.environment, **more)
        if check and done.returncode != 0:
            raise RuntimeError(f"{command}: {done.returncode} {done.stderr}")
        return done

    def run(self, image: str, *arguments, options=()) -> subprocess.CompletedProcess:
        """One command in a container of its own."""
        return self.podman("run", "--rm", *options, image, *arguments)

    def remove(self):
        """Everything, running or not."""
        self.podman("rm", "--all", "--force", "--time=0", check=False)
        self.podman("volume", "rm", "--all", "--force", check=False)
        # Podman mounts its storage onto itself.
        for mounted in ("storage/overlay", "storage/overlay-containers"):
            subprocess.run(["umount", "--quiet", self.folder / mounted], capture_output=True)
        shutil.rmtree(self.folder)
