"""Which events fit a question: sets of positions beside the record, of what it says openly and of what it protects."""
