"""What clocks say already is recorded."""
