"""A demonstration on invented data: forty cases from 2 June 2026 on, told as CloudEvents for the public intake."""
