"""What `runner audit` reads and says: which logs, whether they are intact, what is in them."""
