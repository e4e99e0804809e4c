"""A report counts what its reader may see, of a period, at a position, and names the events behind each number."""
