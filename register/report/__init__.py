"""The register in files that leave the application: for the supervisory authority and for colleagues."""
