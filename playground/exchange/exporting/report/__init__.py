"""A report of a run: what was chosen, what came of it, and what the doctor says, on one page."""
