"""What a user may do in wmebv/."""

READ = "wmebv:read"
EDIT = "wmebv:edit"
ESTABLISH = "wmebv:establish"
