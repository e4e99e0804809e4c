"""What it looks like: views of the record, folded from its events and rebuilt from them at any time."""
