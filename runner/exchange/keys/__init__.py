"""What an API key may do, read from each exchange's own words."""
