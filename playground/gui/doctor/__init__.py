"""What the doctor says, in the window: a line, a list, and the reasons."""
