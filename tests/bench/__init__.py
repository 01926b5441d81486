"""`make bench`: speeds as ratios measured in one run, since machines are noisy."""
