"""The registers of work and relatives into which readers may not look at whom, loaded into the API."""
