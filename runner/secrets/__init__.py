"""Where references to secrets are resolved; one file a provider."""
