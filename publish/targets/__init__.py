"""Copies of the published site elsewhere: a folder, a bucket, a server that speaks SFTP or WebDAV. One way for all."""
