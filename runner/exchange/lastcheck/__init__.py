"""The last look at a write before the socket, per exchange; written apart from what builds it."""
