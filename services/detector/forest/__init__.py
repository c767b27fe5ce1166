"""Employee-days into a second opinion in shadow: how unusual an isolation forest finds each day."""
