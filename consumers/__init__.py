"""What runs beside the interface: inbox, relay, projector and timer, each a process that is its own composition root."""
