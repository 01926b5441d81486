"""The worker thread, the gate and the session: the only place that knows of threads."""
