"""What a user may do in register/."""

READ = "register:read"
EDIT = "register:edit"
APPROVE = "register:approve"
"""Say that a record is ready to be established, send it back with a question, or close a finding with a reason."""
ESTABLISH = "register:establish"
REMARK = "register:remark"
"""Write remarks as the data protection officer, who never approves or establishes (GDPR art. 38(6))."""
