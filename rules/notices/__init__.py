"""What firms' published notices say."""
