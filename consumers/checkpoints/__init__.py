"""Checkpoints of the log are signed, witnessed, kept, and told to whoever asks."""
