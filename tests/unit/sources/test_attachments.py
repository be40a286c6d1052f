"""Names of attachments as Chinese mailers write them, and mails within mails."""

import base64
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from taizhang.sources.attachments import attachment_name, attachments, parsed, text_of

NAME = "陇西县2024年3月月报.xlsx"
ESCAPED = quote(NAME)


def word(raw: bytes, charset: str = "GB2312") -> str:
    return f"=?{charset}?B?{base64.b64encode(raw).decode()}?="


def disposition(parameters: str | bytes) -> bytes:
    raw = parameters if isinstance(parameters, bytes) else parameters.encode()
    return b"Content-Disposition: attachment; " + raw + b"\r\n\r\n"


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(disposition(f"filename*=utf-8''{ESCAPED}"), id="RFC 2231 in UTF-8"),
        pytest.param(disposition(f"filename*=GB18030'zh'{quote(NAME.encode('gb18030'))}"), id="RFC 2231 in GB18030"),
        pytest.param(
            disposition(f"filename*0*=utf-8''{ESCAPED[:21]};\r\n filename*1*={ESCAPED[21:]}"), id="RFC 2231 in pieces"
        ),
        pytest.param(disposition(f'filename="{word(NAME.encode("gb18030"))}"'), id="RFC 2047"),
        pytest.param(
            disposition(f'filename="{word(NAME.encode("gb18030")[:7])}\r\n {word(NAME.encode("gb18030")[7:])}"'),
            id="RFC 2047 split inside of a letter",
        ),
        pytest.param(disposition(b'filename="' + NAME.encode("gb18030") + b'"'), id="bare GB18030"),
        pytest.param(disposition(b'filename="' + NAME.encode() + b'"'), id="bare UTF-8"),
        pytest.param(disposition(f"filename*=x-unheard-of''{ESCAPED}"), id="unheard-of charset"),
        pytest.param(
            f'Content-Type: application/octet-stream; name="{word(NAME.encode(), "utf-8")}"\r\n\r\n'.encode(),
            id="named by its type only",
        ),
    ],
)
def test_a_name_is_read_as_its_sender_wrote_it(header: bytes) -> None:
    assert attachment_name(parsed(header)) == NAME


def test_letters_outside_of_the_charset_that_is_named_are_read() -> None:
    assert (
        attachment_name(parsed(disposition(f"filename*=gb2312''{quote('㐂镕.xlsx'.encode('gb18030'))}"))) == "㐂镕.xlsx"
    )


def test_a_subject_of_several_charsets_is_read() -> None:
    assert text_of(f"{word('月'.encode('gbk'), 'gbk')} {word('报'.encode(), 'utf-8')} 3") == "月报 3"
    assert text_of("=?utf-8?B?broken") == "=?utf-8?B?broken"


def mail(**attached: bytes) -> EmailMessage:
    message = EmailMessage()
    message.set_content("见附件")
    for name, content in attached.items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def test_attachments_of_forwarded_mails_are_found_too() -> None:
    outer = mail(外="外".encode())
    outer.add_attachment(mail(内="内".encode()))
    found = [(one.name, one.content.decode()) for one in attachments(parsed(outer.as_bytes()))]
    assert found == [("外", "外"), ("内", "内")]


def test_pictures_in_the_text_are_no_attachments() -> None:
    message = mail()
    message.add_attachment(b"png", maintype="image", subtype="png", filename="logo.png", disposition="inline")
    message.add_attachment(b"jpg", maintype="image", subtype="jpeg", filename="扫描.jpg")
    assert [one.name for one in attachments(parsed(message.as_bytes()))] == ["扫描.jpg"]


def test_an_attachment_without_a_name_is_there_all_the_same() -> None:
    message = mail()
    message.add_attachment(b"x", maintype="application", subtype="octet-stream")
    assert [one.name for one in attachments(parsed(message.as_bytes()))] == ["unnamed"]
