"""What comes in becomes an act, and its answer has one form: over HTTP and over Kafka alike."""
