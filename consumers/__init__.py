"""What runs beside the interface: inbox, relay, projector and timer, each a process with a composition root."""
