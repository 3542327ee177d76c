"""The contents of the example municipality: everything in them is made up."""
