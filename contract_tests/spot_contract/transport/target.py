"""The address of the server under test."""

from dataclasses import dataclass
from urllib.parse import SplitResult


@dataclass(frozen=True)
class Target:
    """The server's address. The operation's path is appended to `prefix`."""

    host: str
    port: int
    secure: bool
    prefix: str

    @classmethod
    def of(cls, url: SplitResult) -> "Target":
        """The target of an http(s) URL."""
        secure = url.scheme == "https"
        return cls(url.hostname or "", url.port or (443 if secure else 80), secure, url.path.rstrip("/"))

    @property
    def origin(self) -> str:
        """Host and port as in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == (443 if self.secure else 80)
        return host if usual else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as a URL."""
        return f"{'https' if self.secure else 'http'}://{self.origin}{self.prefix}"
