"""HTTP without endpoints: messages, negotiation, conditions, problems, addresses, settings."""
