"""How documents are shown: a module a format."""
