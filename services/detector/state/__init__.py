"""What the detector remembers, in memory and on disk."""
