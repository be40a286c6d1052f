"""A signature is the one that docs/operate.md describes, and the secret itself is never sent."""

import hashlib
import hmac

import httpx
from pydantic import SecretStr

from taizhang.settings import PROJECT_ROOT
from taizhang.sources.request_signing import HmacAuth, TokenAuth


def sent(auth: httpx.Auth, url: str) -> httpx.Request:
    return next(auth.auth_flow(httpx.Request("GET", url)))


def test_a_request_is_signed_over_time_and_target() -> None:
    auth = HmacAuth("dingxi", SecretStr("secret"), clock=lambda: 1_712_000_000.9)
    request = sent(auth, "https://p.cn/api/项目?cursor=a b&limit=1")
    text = "\n".join(
        (
            "TAIZHANG-HMAC-SHA256",
            "1712000000",
            "GET",
            "p.cn",
            "/api/%E9%A1%B9%E7%9B%AE?cursor=a%20b&limit=1",
            hashlib.sha256(b"").hexdigest(),
        )
    )
    signature = hmac.new(b"secret", text.encode(), "sha256").hexdigest()
    assert request.headers["X-Timestamp"] == "1712000000"
    assert request.headers["Authorization"] == f"TAIZHANG-HMAC-SHA256 key=dingxi, signature={signature}"
    assert "secret" not in str(request.headers)


def test_a_token_is_sent_as_a_bearer() -> None:
    assert sent(TokenAuth(SecretStr("t")), "https://p.cn/").headers["Authorization"] == "Bearer t"


def test_the_documented_example_is_true() -> None:
    request = sent(
        HmacAuth("dingxi", SecretStr("example-secret"), clock=lambda: 1711929600),
        "https://platform.example.gov.cn/api/v1/submissions?limit=100&cursor=abc",
    )
    signature = request.headers["Authorization"].rpartition("=")[2]
    assert signature in (PROJECT_ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
