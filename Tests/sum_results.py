"""Adds up the JUnit files of a folder: a line for each test that failed, and the closing line; exits 1 when one failed or none ran."""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def main(folder: str) -> int:
    passed = failed = skipped = 0
    for path in sorted(pathlib.Path(folder).glob("*.xml")):
        for case in ElementTree.parse(path).iter("testcase"):
            broken = [*case.findall("failure"), *case.findall("error")]
            if broken:
                failed += 1
                print(f"failed: {path.stem}: {case.get('classname')} {case.get('name')}: {broken[0].get('message', '')[:500]}")
            elif case.find("skipped") is not None:
                skipped += 1
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
