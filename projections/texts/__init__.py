"""Standards, thresholds and the framework: which text was proposed, who signed it, and what is in force."""
