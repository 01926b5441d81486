"""Formats in which an experiment goes out to other programs; :mod:`.registry` lists them."""
