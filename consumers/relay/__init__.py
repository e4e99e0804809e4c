"""What the ledger holds goes to Kafka once, and comes back from there when a store is lost."""
