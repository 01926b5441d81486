"""What leaves the program and comes back: experiment files, tables, presets."""
