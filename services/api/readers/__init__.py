"""Reads of signals, as the audit trail holds them, into lookups for the engine that judges readers too."""
