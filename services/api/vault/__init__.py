"""Sealed identities, and who may have one of them opened."""
