"""The record as it happens: one message for each position, to whoever may know of it."""
