"""The SQL that stands in Swift sources, with the place where it stands."""
import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
LITERAL = re.compile(r'"""\n(.*?)"""|"((?:[^"\\\n]|\\.)*)"', re.DOTALL)
BEGINS = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s")
SERVICES = {"Intake": "intake", "Routing": "routing", "SLATimer": "sla-timer", "Notification": "notification", "Gateway": "gateway"}
#: Files that are meant for one engine say so in their names; definitions stand once for each engine.
OF_ONE_ENGINE = re.compile(r"SQLite|PostgreSQL|Schema\.swift$|Migrator|/Inspect/|SearchVector|Embedded|/Move/|/Blobs/")


@dataclasses.dataclass(frozen=True)
class Statement:
    path: pathlib.Path
    line: int
    sql: str

    @property
    def place(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"

    @property
    def service(self) -> str:
        """Whose tables it names; statements of the seam are in every store."""
        parts = self.path.relative_to(ROOT).parts
        return SERVICES.get(parts[1], "intake") if parts[0] == "Services" else "intake"

    @property
    def is_whole(self) -> bool:
        """Whether it stands there as it runs."""
        return "\\(" not in self.sql


def statements() -> list[Statement]:
    found = []
    for path in sorted([*(ROOT / "Services").rglob("*.swift"), *(ROOT / "Shared" / "Store").rglob("*.swift"),
                        *(ROOT / "Shared" / "ServiceKit").rglob("*.swift")]):
        if OF_ONE_ENGINE.search(str(path.relative_to(ROOT))):
            continue
        text = path.read_text()
        for match in LITERAL.finditer(text):
            sql = match[1] if match[1] is not None else match[2]
            if BEGINS.match(sql):
                found.append(Statement(path, text.count("\n", 0, match.start()) + 1, sql))
    return found
