"""Duties: who has to do what by when, who has claimed it, who has looked at it, and what is late."""
