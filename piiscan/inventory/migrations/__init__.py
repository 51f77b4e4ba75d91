"""How the store's tables came to be: one Alembic migration for each release that changed them."""
