"""How long data may and must be kept."""
