"""An installation as it stands into findings: what is in order, what is not, and what to do about it."""
