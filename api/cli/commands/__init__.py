"""What each command is told, by subject; what it does is imported when it runs."""
