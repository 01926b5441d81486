"""How large an experiment may be: stated once, used by validation and its messages."""

MAX_SAMPLES = 100_000
MAX_UNITS = 512
MAX_LAYERS = 32
MAX_REPLICAS = 64
MAX_CLASSES = 20
MAX_COORDINATE = 1e9
"""Of one's own points: its square is far from the end of single precision."""
MAX_FEATURES = 32
MAX_FORMULA_LENGTH = 200
"""Characters of a feature of one's own."""
MAX_FORMULA_DEPTH = 24
"""Of parentheses, functions and signs within each other."""
LARGEST_FEATURE = MAX_COORDINATE**2
"""Of a formula's value, in size; what is beyond counts as having no value."""
MAX_PARAMETERS = 3_000_000
"""Of all replicas together: what training has made of them fits into ``MAX_BYTES`` in any state."""
MAX_ACTIVATIONS = 40_000_000
"""Units times samples of a batch, of all replicas: each takes some five numbers in training."""
LARGEST_SEED = 2**32 - 1

HISTORY_ROWS = 2000
"""Of a run's losses over the epochs, unless a table with all of them is asked for."""
MAX_HISTORY_VALUES = 2_000_000
"""Numbers in the rows of a history: 16 MB, and 21 MB in a file."""

MAX_BYTES = 400_000_000
"""Of a file: the largest network with all that is needed to go on training fits."""
MAX_EXPERIMENT_BYTES = 12_000_000
"""Of a file without what training has made: 100,000 points of one's own, however indented."""
MAX_TABLE_BYTES = 50_000_000
"""Of a table that is imported: 100,000 rows of 500 bytes."""
MAX_TABLE_COLUMNS = 200
MAX_TABLE_CELLS = 3_000_000
"""30 in each of 100,000 rows."""
MAX_TABLE_LINES = 1_000_000
"""With comments, empty lines, and lines within quotation marks."""
MAX_CELL = 1000
"""Characters in a cell of a table."""
MAX_VALUES = MAX_PARAMETERS + 10 * MAX_SAMPLES
"""In a file: weights, points and the rest. More would fill the memory before it is looked at."""
MAX_LISTS = 1_300_000
"""In a file: a row of weights for each input of each layer, and points."""
MAX_ENTRIES = 1000
"""Of any other list or object in a file than points and weights that are held."""
MAX_FIELDS = 300_000
MAX_TEXTS = 1_000_000
"""Quotation marks in a file; fields have names, and few have texts."""
MAX_DEPTH = 32
"""Of objects and lists in a file."""
MAX_DIGITS = 100
"""Of a number in a file."""
MAX_LINK = 10_000
"""Characters of a link; the longest that is of use has some 600."""
ENDLESS = 1_000_000_000
"""Epochs; so many stand for a run without an end."""
