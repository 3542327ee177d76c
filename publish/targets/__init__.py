"""Copies of the published site elsewhere: a folder, a bucket, a server that speaks SFTP. One way for all three."""
