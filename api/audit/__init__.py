"""The record itself, for those who check it: its events, its log, what is said of them, and who read what."""
