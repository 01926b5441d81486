"""`python -m tests.bench [NAME …] [--json FILE] [--quick]`: figures as tables, and as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from tests.bench import engine, growth, peers, soak, window_rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", metavar="NAME", nargs="*", help="which tables; all if none")
    parser.add_argument(
        "--json", type=Path, default=Path("build/bench.json"), help="where to write"
    )
    parser.add_argument("--quick", action="store_true", help="short and rough")
    options = parser.parse_args()
    pairs, seconds = (1, 0.2) if options.quick else (5, 0.6)
    window_seconds = 3.0 if options.quick else window_rows.SECONDS
    soak_minutes = soak.MINUTES if "soak" in options.only else soak.FEW_MINUTES
    soak_minutes = 0.25 if options.quick else soak_minutes
    tables: dict[str, tuple[str, Callable[[], list[dict[str, object]]]]] = {
        "floor": (
            "engine against the straight-line floor, steps a second",
            lambda: engine.against_floor(pairs, seconds),
        ),
        "peers": (
            "engine against its peers, steps a second",
            lambda: peers.against_peers(pairs, seconds),
        ),
        "layers": ("layers", lambda: engine.layer_costs(pairs, seconds)),
        "replicas": ("replicas", lambda: engine.replica_gain(pairs, seconds)),
        "growth": ("growth", lambda: growth.growth(pairs)),
        "memory": ("memory over a long run", growth.memory),
        "window": ("the window at work", lambda: window_rows.rows(window_seconds)),
        "soak": ("the window's memory", lambda: soak.rows(soak_minutes)),
    }
    unknown = set(options.only) - set(tables)
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; the tables are {', '.join(tables)}")
    results = {}
    for name, (title, measure) in tables.items():
        if not options.only or name in options.only:
            results[name] = measure()
            print(f"\n{title}")
            _print_table(results[name])
            if name == "peers" and peers.missing():
                print(f"  not installed: {', '.join(peers.missing())}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(results, indent=1) + "\n")
    print(f"\nWritten to {options.json}.")


def _print_table(rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    names = list(rows[0])
    widths = [max(len(n), *(len(str(row[n])) for row in rows)) for n in names]
    for cells in (names, *([str(row[n]) for n in names] for row in rows)):
        line = (cell.ljust(w) for cell, w in zip(cells, widths, strict=True))
        print("  " + "  ".join(line).rstrip())


if __name__ == "__main__":
    main()
