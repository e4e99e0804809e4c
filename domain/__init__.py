"""What may happen, and why: facts, requests, rules, and the ledger that keeps them."""
