"""Where lookups and registers come from: each source gives slices of validated records with their positions."""
