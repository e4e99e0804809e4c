"""What offices ask over Kafka: each record once, each answered."""
