"""What both deployables must agree on, and nothing else."""
