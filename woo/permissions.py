"""What a person may do with categories and documents; `app/roles.py` hands these out."""

READ = "woo:read"
EDIT = "woo:edit"
"""Add and change categories, dossiers and documents that the public does not see yet."""
PUBLISH = "woo:publish"
"""Publish, plan, replace, move to another category, withdraw; establish a category for the website."""

DECIDE = "woo:decide"
"""Decide as the second person over something critical that the check of a file found."""
