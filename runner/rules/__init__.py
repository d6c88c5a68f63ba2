"""The YAML door: text in, a compiled strategy or diagnostics out."""
