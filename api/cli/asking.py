"""As whom a command asks: by a token, or on a machine of development by its header."""

from pathlib import Path

from api.cli.say import fail
from api.identity.development import DEVELOPMENT_HEADER


def asking(principal: str | None, token_file: Path | None) -> dict[str, str]:
    """The header that says so; a token is read from its file, so that it shows in no list of processes."""
    if (principal is None) == (token_file is None):
        fail("one of --as and --token-file says who asks", 2)
    if token_file is None:
        return {DEVELOPMENT_HEADER: str(principal)}
    try:
        token = token_file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{token_file} cannot be read: {error}")
    return {"Authorization": f"Bearer {token}"}
