"""Offices, instruments, policies and participants, as they were on any day."""
