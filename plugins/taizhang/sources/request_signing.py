"""How requests to a platform's API say who asks: a token, or a signature by HMAC over a canonical text."""

import hashlib
import hmac
import time
from collections.abc import Callable, Generator

import httpx
from pydantic import SecretStr

SCHEME = "TAIZHANG-HMAC-SHA256"


class TokenAuth(httpx.Auth):
    """Sends the token with each request."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        yield request


class HmacAuth(httpx.Auth):
    """Signs each request with a secret that is never sent."""

    def __init__(self, key_id: str, secret: SecretStr, clock: Callable[[], float] = time.time) -> None:
        self._key_id = key_id
        self._secret = secret
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the headers."""
        timestamp = str(int(self._clock()))
        request.headers["X-Timestamp"] = timestamp
        request.headers["Authorization"] = (
            f"{SCHEME} key={self._key_id}, signature={signature(request, timestamp, self._secret)}"
        )
        yield request


def canonical_text(request: httpx.Request, timestamp: str) -> str:
    """What is signed, a line each: scheme, time, method, host, path and query as sent, hash of the body."""
    return "\n".join(
        (
            SCHEME,
            timestamp,
            request.method,
            request.headers["Host"],
            request.url.raw_path.decode("ascii"),
            hashlib.sha256(request.content).hexdigest(),
        )
    )


def signature(request: httpx.Request, timestamp: str, secret: SecretStr) -> str:
    """HMAC-SHA256 of the canonical text, in hexadecimal."""
    key = secret.get_secret_value().encode()
    return hmac.new(key, canonical_text(request, timestamp).encode(), hashlib.sha256).hexdigest()
