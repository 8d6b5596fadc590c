"""Measures Firstline and what it is compared with. Loads are bounded in count or time and end by themselves."""
import argparse
import json
import pathlib
import sys
import tempfile

import codec
import containers
import desk_load
import failover
import journal
import mail_in
import rpc
import store
from figures import markdown, text
from plan import ROOT, Plan

MEASURES = {
    "rpc": rpc.measure,
    "codec": codec.measure,
    "store": store.measure,
    "journal": journal.measure,
    "start": desk_load.measure_start,
    "http": desk_load.measure_http,
    "mail": lambda plan: mail_in.measure(plan) + desk_load.measure_mail(plan),
    "containers": containers.measure,
    "failover": failover.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="Tests/Benchmarks/run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASURES) + "; none means all")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="FILE", help="write the figures there as a table")
    parser.add_argument("--quick", action="store_true", help="one short round: whether it runs, not how fast it is")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in MEASURES]:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    figures = []
    # Below the repository: a temporary folder may lie in memory, where an fsync costs nothing.
    scratch = ROOT / ".build" / "benchmarks"
    scratch.mkdir(parents=True, exist_ok=True)
    for name in arguments.names or MEASURES:
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            for row in MEASURES[name](Plan(pathlib.Path(folder), arguments.quick)):
                figures.append(row)
                print(text(row), flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    if arguments.markdown:
        arguments.markdown.write_text(markdown(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
