"""Volume: days on which an employee opened far more files without explanation than before."""
