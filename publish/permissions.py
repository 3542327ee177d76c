"""What a user may do with the published site."""

READ = "publish:read"
RUN = "publish:run"
