"""What happened to every order, on disk before it is on the wire."""
