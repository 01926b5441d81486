"""How large an experiment may be: stated once, used by validation and its messages."""

MAX_SAMPLES = 100_000
MAX_UNITS = 512
MAX_LAYERS = 32
MAX_REPLICAS = 64
MAX_CLASSES = 20
MAX_COORDINATE = 1e9
"""Of one's own points: its square is far from the end of single precision."""
MAX_PARAMETERS = 10_000_000
"""Of all replicas together: some 250 MB with an optimizer's state and the kept copies."""
LARGEST_SEED = 2**32 - 1
