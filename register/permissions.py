"""What a user may do in register/."""

READ = "register:read"
EDIT = "register:edit"
ESTABLISH = "register:establish"
