"""A release: one built, checked, immutable data set."""
