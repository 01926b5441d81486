"""Gradient Playground from a checkout: `python main.py --help` says what it can do."""

import sys

# This file alone stays readable for Python 3.8, so that an old one gets this far.
if sys.version_info < (3, 11):
    sys.exit(
        "Gradient Playground needs Python 3.11, 3.12 or 3.13, and this is Python "
        f"{sys.version_info[0]}.{sys.version_info[1]}.\n"
        "`make run` looks for a suitable one and sets everything up."
    )

if __name__ == "__main__":
    try:
        from playground.__main__ import main

        status = main()
    except KeyboardInterrupt:
        sys.exit(130)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "playground":
            raise
        sys.exit(
            f"The Python package {error.name} is not installed. Either use `make run`, or install "
            f"what is needed with:\n    {sys.executable} -m pip install -e {sys.path[0]}"
        )
    raise SystemExit(status)
