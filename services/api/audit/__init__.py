"""Who read, revealed or decided what: the audit trail."""
