"""What a malformed query or update gets: the place, the reason, and the likely fix."""
