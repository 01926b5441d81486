"""`python -m playground` is the same as the installed command `gradient-playground`."""

from playground.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
