"""What is looked for and how long it may be kept: TOML packs."""
