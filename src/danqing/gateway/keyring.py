"""Secrets: mints keys, recognises them, and signs the links that are given to people who have none."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from danqing.domain.keys import PREFIXES
from danqing.domain.webhooks import SECRET_PREFIX

LINK_DAYS = 7
SESSION_HOURS = 12
_SESSION = "session-"
_OWNER = "owner"
_SIGNATURE = 24  # hex digits, 96 bits


class Keyring:
    """All that needs the server's pepper. Keys are 256 random bits, so a keyed hash is enough to store them."""

    def __init__(self, pepper: bytes, clock: Callable[[], float] = time.time) -> None:
        self._pepper = pepper
        self._clock = clock

    def mint(self, *, test: bool) -> str:
        """A new key; shown once and never stored."""
        return PREFIXES[test] + secrets.token_urlsafe(32)

    @property
    def first_token(self) -> str:
        """The first test key: follows from the pepper, so that all machines that share it print the same one."""
        digest = hmac.new(self._pepper, b"first test key", hashlib.sha256).digest()
        return PREFIXES[True] + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def digest(self, token: str) -> str:
        """What is stored in place of a key: HMAC-SHA256 with the pepper, in hex. A session stands for its key."""
        if token.startswith(_SESSION):
            return self._resumed(token)
        return hmac.new(self._pepper, b"key:" + token.encode(errors="replace"), hashlib.sha256).hexdigest()

    @property
    def owner_token(self) -> str:
        """The key of the server's owner: follows from the pepper, so whoever may read the data directory has it."""
        return "sk-owner-" + hmac.new(self._pepper, b"owner", hashlib.sha256).hexdigest()

    def is_owner(self, token: str) -> bool:
        """Whether this is the owner's key, or a session that was begun with it."""
        if token.startswith(_SESSION):
            return self._resumed(token) == _OWNER
        return hmac.compare_digest(token.encode(errors="replace"), self.owner_token.encode())

    def session(self, token: str) -> tuple[str, datetime]:
        """What a browser is given in place of a key, and when it ends; the key cannot be worked out from it.

        It is good for as long as its key is: a key that is revoked, or gets another secret, ends it. A session is no
        key and begins no other.
        """
        ends = int(self._clock()) + SESSION_HOURS * 3600
        who = _OWNER if self.is_owner(token) else self.digest(token)
        text = f"{_SESSION}{ends}-{secrets.token_hex(8)}-{who}"
        return f"{text}-{self._seal(text)}", datetime.fromtimestamp(ends, UTC)

    def session_of(self, token: str) -> tuple[str, datetime] | None:
        """The id of a session and when it ends; None for a key, and for one that is forged or over."""
        if not token.startswith(_SESSION) or (found := self._opened(token)) is None:
            return None
        return found[1], datetime.fromtimestamp(found[0], UTC)

    def _resumed(self, session: str) -> str:
        """Whose session it is: the digest of a key, or the owner; "" when it is forged or over."""
        found = self._opened(session)
        return found[2] if found else ""

    def _opened(self, session: str) -> tuple[int, str, str] | None:
        """When it ends, its id, and whose it is."""
        text, _, signature = session.rpartition("-")
        if not hmac.compare_digest(signature.encode(errors="replace"), self._seal(text).encode()):
            return None
        match text.removeprefix(_SESSION).split("-"):
            case [ends, id, who] if self._clock() < int(ends):
                return int(ends), id, who
        return None

    def webhook_secret(self, webhook: str, number: int) -> str:
        """What notifications to a webhook are signed with, "whsec_…" with 256 bits; every rotation has a number."""
        message = f"webhook:{number}:{webhook}".encode()
        return SECRET_PREFIX + base64.b64encode(hmac.new(self._pepper, message, hashlib.sha256).digest()).decode()

    def link(self, file: str, day: date) -> str:
        """A name for a public link to a file that was made on `day`: letters and digits only."""
        return file + self._sign(file, day)

    def opens(self, name: str, day: date, today: date) -> str | None:
        """The file behind a link's name, or None when it is forged or older than LINK_DAYS."""
        file, signature = name[:-_SIGNATURE], name[-_SIGNATURE:]
        genuine = hmac.compare_digest(signature.encode(), self._sign(file, day).encode())
        return file if genuine and day <= today <= day + timedelta(days=LINK_DAYS) else None

    def share(self, id: str) -> str:
        """The name of a link that can be revoked, by its id: letters and digits only."""
        return id + self._seal(f"share:{id}")

    def opens_share(self, name: str) -> str:
        """The id of such a link by its name; "" when it is forged."""
        id, signature = name[:-_SIGNATURE], name[-_SIGNATURE:]
        genuine = hmac.compare_digest(signature.encode(errors="replace"), self._seal(f"share:{id}").encode())
        return id if genuine else ""

    def upload(self, id: str) -> str:
        """What an upload is gone on with: whoever has it needs no key (wire.md 7)."""
        return id + self._seal(f"upload:{id}")

    def uploading(self, token: str) -> str:
        """The upload that this goes on with; "" when it is forged."""
        id, signature = token[:-_SIGNATURE], token[-_SIGNATURE:]
        genuine = hmac.compare_digest(signature.encode(errors="replace"), self._seal(f"upload:{id}").encode())
        return id if genuine else ""

    def _sign(self, file: str, day: date) -> str:
        return self._seal(f"link:{day.isoformat()}:{file}")

    def _seal(self, text: str) -> str:
        message = text.encode(errors="replace")
        return hmac.new(self._pepper, message, hashlib.sha256).hexdigest()[:_SIGNATURE]


def hint(token: str) -> str:
    """What a person may recognise a key by: its kind and its last four characters."""
    return f"{token[:8]}…{token[-4:]}"
