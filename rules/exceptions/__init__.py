"""Why data may be kept against a request."""
