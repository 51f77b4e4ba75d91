"""How data is reached: a module a kind of source."""
