"""What data types look like, and what columns that hold them are called."""
