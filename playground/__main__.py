"""The command: `python -m playground` is the same as the installed `gradient-playground`."""

from __future__ import annotations

from playground.startup import lasting, open_streams


def main() -> int:
    """Run the command of this process and return its exit code."""
    open_streams()
    with lasting():
        from playground.cli import main as command
    return command()


if __name__ == "__main__":
    raise SystemExit(main())
