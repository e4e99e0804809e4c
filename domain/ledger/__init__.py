"""The only way to append: load, decide, append or decide again."""
