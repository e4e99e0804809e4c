"""Acts come in over HTTP: one at a time, in batches, as findings; each has one answer."""
