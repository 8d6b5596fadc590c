"""How much is measured, and where."""
import dataclasses
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("FIRSTLINE_TEST_PROGRAMS", ROOT / ".build" / "release"))


@dataclasses.dataclass(frozen=True)
class Plan:
    folder: pathlib.Path
    """Empty at first, on a disk that fsyncs; thrown away at the end."""
    quick: bool = False

    @property
    def rounds(self) -> int:
        return 1 if self.quick else 5

    def scaled(self, count: int) -> int:
        """A number of requests or entries, less of them in a quick run."""
        return count // 5 if self.quick else count
