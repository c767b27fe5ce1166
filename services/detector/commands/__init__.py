"""The detector's commands, a module each, so that a command loads only what it needs."""
