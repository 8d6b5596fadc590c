"""What a process needs of the machine's memory."""
import pathlib


def resident_megabytes(pid: int) -> float:
    """Proportional set size: pages that processes share count once over all of them."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"the kernel tells no Pss of process {pid}")
