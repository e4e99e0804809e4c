"""Views folded from the ledger topic, shared between all that run."""
