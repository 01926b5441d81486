"""`python -m tests.bench [--json FILE] [--quick]`: all figures as tables, and as JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.bench import engine, window


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--quick", action="store_true", help="short and rough")
    options = parser.parse_args()
    pairs, seconds = (1, 0.2) if options.quick else (5, 0.6)
    results = {
        "engine against the straight-line floor": engine.against_floor(pairs, seconds),
        "layers": engine.layer_costs(pairs, seconds),
        "replicas": engine.replica_gain(pairs, seconds),
        "window": [{"": name, "value": value} for name, value in window.run().items()],
    }
    for title, rows in results.items():
        print(f"\n{title}")
        _print_table(rows)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


def _print_table(rows: list[dict[str, object]]) -> None:
    names = list(rows[0])
    widths = [max(len(n), *(len(str(row[n])) for row in rows)) for n in names]
    for cells in (names, *([str(row[n]) for n in names] for row in rows)):
        line = (cell.ljust(w) for cell, w in zip(cells, widths, strict=True))
        print("  " + "  ".join(line).rstrip())


if __name__ == "__main__":
    main()
