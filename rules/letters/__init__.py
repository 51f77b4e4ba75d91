"""Letters to those who ask, as templates: a firm's own folder may replace each by its name."""
