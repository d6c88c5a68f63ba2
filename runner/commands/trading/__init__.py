"""Trading by the wall clock; imported once that is what was asked for."""
