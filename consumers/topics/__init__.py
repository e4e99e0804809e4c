"""What lies on Kafka: names, bytes, rights, where a topic ends, and how it is read."""
