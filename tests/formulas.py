"""Hypothesis strategies for formulas."""

from __future__ import annotations

from hypothesis import strategies as st

from playground.core.formula import CHOOSERS, CONSTANTS, FUNCTIONS, PAIRS, VARIABLES
from playground.core.limits import MAX_FORMULA_LENGTH

_ATOMS = st.sampled_from([*VARIABLES, *CONSTANTS, "2", "0.5", "3", ".25", "1e-2", "10", "0"])
_OPERATORS = st.sampled_from(["+", "-", "*", "/", "^", " + ", " - ", " * ", "**"])


def texts() -> st.SearchStrategy[str]:
    """Texts of valid formulas that are written alike in Python, but for ``^``."""

    def larger(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(part, _OPERATORS, part).map("".join),
            st.tuples(part, _OPERATORS, part).map("".join),
            part.map("({})".format),
            part.map("-{}".format),
            st.builds("{}({})".format, st.sampled_from(FUNCTIONS), part),
            st.builds("{}({}, {})".format, st.sampled_from([*PAIRS, *CHOOSERS]), part, part),
        )

    found = st.recursive(_ATOMS, larger, max_leaves=10)
    return found.filter(lambda text: len(text) <= MAX_FORMULA_LENGTH)
