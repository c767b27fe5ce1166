"""Signals of a run as an investigator reads them, on the command line."""
