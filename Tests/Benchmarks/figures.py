"""Figures: rows {name, value, unit, target, bound, holds, peer?, peer_name?, ratio?}, as the contract has them.

`target` bounds `ratio` where there is one, else `value`; `bound` says from which side.
"""
import statistics
from collections.abc import Callable

Sample = dict[str, float]


def figure(name: str, value: float, unit: str, target: float | None = None, at_most: bool = False) -> dict:
    """An absolute figure."""
    return {"name": name, "value": _rounded(value), "unit": unit, **_verdict(value, target, at_most)}


def against(
    name: str, unit: str, ours: list[float], peer: list[float], peer_name: str, target: float | None = None, at_most: bool = False
) -> dict:
    """A figure beside a peer's, from alternated rounds: medians, and the median of the rounds' ratios (ours by the peer's)."""
    ratio = statistics.median(own / other for own, other in zip(ours, peer, strict=True))
    return {
        "name": name, "value": _rounded(statistics.median(ours)), "unit": unit, **_verdict(ratio, target, at_most),
        "peer": _rounded(statistics.median(peer)), "peer_name": peer_name, "ratio": _rounded(ratio),
    }


def alternate(rounds: int, *sides: Callable[[], Sample]) -> list[list[Sample]]:
    """Runs the sides in turn, `rounds` times; each side's samples."""
    samples: list[list[Sample]] = [[] for _ in sides]
    for _ in range(rounds):
        for side, kept in zip(sides, samples, strict=True):
            kept.append(side())
    return samples


def column(samples: list[Sample], name: str) -> list[float]:
    return [sample[name] for sample in samples]


def text(row: dict) -> str:
    """One line for a terminal."""
    parts = [f"{row['name']:<34} {row['value']:>12g} {row['unit']}"]
    if "ratio" in row:
        parts.append(f"{row['ratio']:g} x {row['peer_name']} ({row['peer']:g})")
    if row["target"] is not None:
        parts.append(f"{row['bound']} {row['target']:g}: {'holds' if row['holds'] else 'MISSED'}")
    return "  ".join(parts)


def markdown(rows: list[dict]) -> str:
    """The table of the README."""
    lines = ["| figure | ours | peer | ratio | target | holds |", "| --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        peer = f"{row['peer']:,g} ({row['peer_name']})" if "peer" in row else ""
        ratio = f"{row['ratio']:g}" if "ratio" in row else ""
        target = "" if row["target"] is None else f"{row['bound']} {row['target']:g}"
        holds = "" if row["holds"] is None else "yes" if row["holds"] else "**no**"
        lines.append(f"| `{row['name']}` | {row['value']:,g} {row['unit']} | {peer} | {ratio} | {target} | {holds} |")
    return "\n".join(lines) + "\n"


def _verdict(value: float, target: float | None, at_most: bool) -> dict:
    holds = None if target is None else (value <= target if at_most else value >= target)
    return {"target": None if target is None else _rounded(target), "bound": "at most" if at_most else "at least", "holds": holds}


def _rounded(value: float) -> float:
    """Four digits that count: more would be noise."""
    return float(f"{value:.4g}")
