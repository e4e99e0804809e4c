"""The one loop: events are folded into the rows of every view, live as in a rebuild."""
