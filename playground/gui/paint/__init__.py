"""Points of one's own, painted on the plane."""
