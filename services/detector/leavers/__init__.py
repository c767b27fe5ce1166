"""Last days of employment: what somebody opened or took out without explanation before leaving."""
