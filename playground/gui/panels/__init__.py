"""The panels: they show the experiment and ask for edits of it, and keep no truth of their own."""
