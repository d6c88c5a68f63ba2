"""What may be sent to an exchange within its limits, shared by all runners of this machine."""
