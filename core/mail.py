"""Sends a mail through the server of the settings. Without one, callers show on screen what they would have sent."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from core.errors import Failed
from core.settings import Settings, read_secret

SECONDS = 15


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that was written and not sent yet."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


def send(settings: Settings, *, to: str, subject: str, text: str, attachments: Sequence[Attachment] = ()) -> None:
    """Send one plain text mail.

    Raises:
        Failed: the server is away, refuses us or refuses the address; nothing was sent.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.smtp_from, to, subject
    message.set_content(text)
    for one in attachments:
        main, _, sub = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name)
    try:
        with _connected(settings) as server:
            if settings.smtp_user and settings.smtp_password_file:
                server.login(settings.smtp_user, read_secret(settings.smtp_password_file, "SMTP_PASSWORD_FILE"))
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise Failed(
            "De mail is niet verstuurd: de mailserver antwoordt niet of weigert. Vraag uw beheerder."
        ) from error


def _connected(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS)
    if settings.smtp_security == "starttls":
        server.starttls(context=context)
    return server
