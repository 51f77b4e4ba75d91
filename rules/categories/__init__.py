"""Data types and the categories they fall into."""
