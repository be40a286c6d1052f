"""OpenAPI of the interface by which submissions are pulled from a platform and answers are given back to it."""

import json
from datetime import date
from typing import Any

from taizhang.contract.answer_schema import answer_object, answer_schema
from taizhang.contract.example import example_text
from taizhang.contract.submission_schema import definitions, submission_object
from taizhang.sources.request_signing import SCHEME
from taizhang.template import template_version

_COMPONENTS = "#/components/schemas/"
SIGNED = (
    f"`{SCHEME} key=KEY, signature=SIGNATURE`: the hexadecimal HMAC-SHA256, by the secret of the key, of these lines "
    f"joined by line feeds: {SCHEME}, X-Timestamp, the method, the header Host, path and query as sent, the "
    "hexadecimal SHA-256 of the body. A platform refuses a timestamp that is more than 300 seconds off."
)


def openapi_document() -> dict[str, Any]:
    """Return the document; its schemas are those of `submission.schema.json` and `answer.schema.json`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "重大项目月报平台接口",
            "version": template_version(),
            "description": (
                "What a provincial platform offers so that monthly submissions are pulled from it. The platform is the "
                "server. Items stand in the order in which they were added: a page that is asked for again has the "
                "same items, and perhaps more behind them. A new version of an item is a new entry of the same id "
                "with a later updated_at. Files are fetched from the same scheme, host and port only."
            ),
        },
        "servers": [{"url": "https://platform.example.gov.cn/api/v1"}],
        "security": [{"token": []}, {"signature": [], "timestamp": []}],
        "paths": {
            "/submissions": {"get": _list_submissions()},
            "/submissions/{id}/file": {"get": _get_file()},
            "/submissions/{id}/answer": {"put": _put_answer()},
        },
        "components": {"securitySchemes": _security(), "parameters": _parameters(), "schemas": _schemas()},
    }


def _list_submissions() -> dict[str, Any]:
    return {
        "operationId": "listSubmissions",
        "summary": "Items after a cursor, the oldest first.",
        "parameters": [{"$ref": "#/components/parameters/cursor"}, {"$ref": "#/components/parameters/limit"}],
        "responses": {
            "200": _page_with_example(),
            **_failures("400", "401", "429", "503"),
        },
    }


def _get_file() -> dict[str, Any]:
    return {
        "operationId": "getFile",
        "summary": "The bytes of an item: a workbook (.xlsx, .xls, .csv) or a JSON submission.",
        "description": (
            "An item names the address in file.url, which may be another one of the same host. With a strong ETag a "
            "download that was cut is continued by Range and If-Range."
        ),
        "parameters": [{"$ref": "#/components/parameters/id"}],
        "responses": {
            "200": {
                "description": "The file, whole, or from the byte on that the header Range asks for (206).",
                "content": {"application/octet-stream": {}, "application/json": {"schema": _ref("submission")}},
            },
            "206": {"description": "The rest of the file.", "content": {"application/octet-stream": {}}},
            **_failures("401", "404", "410", "429", "503"),
        },
    }


def _put_answer() -> dict[str, Any]:
    return {
        "operationId": "putAnswer",
        "summary": "The answer file of a submission, as it lies in the outbox; a later one replaces it.",
        "description": "Whoever carries answers from the outbox to the platform sends them here.",
        "parameters": [{"$ref": "#/components/parameters/id"}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("answer")}}},
        "responses": {"204": {"description": "Taken."}, **_failures("400", "401", "404", "429", "503")},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"{_COMPONENTS}{name}"}


def _page_with_example() -> dict[str, Any]:
    """One page, with a workbook and a JSON submission on it."""
    submission = json.loads(example_text("621122", date(2024, 3, 1)))
    workbook = {"url": "submissions/17/file", "name": "渭源县2024年3月重大项目月报.xlsx", "size": 48123}
    page = {
        "items": [
            {"id": "17", "updated_at": "2024-04-08T09:30:00+08:00", "file": workbook},
            {"id": "18", "updated_at": "2024-04-08T09:31:00+08:00", "submission": submission},
        ],
        "next_cursor": "18",
    }
    return {"description": "One page.", "content": {"application/json": {"schema": _ref("page"), "example": page}}}


def _failures(*codes: str) -> dict[str, Any]:
    said = {
        "400": "The request is not as described; it is not tried again.",
        "401": "Token or signature are missing, wrong or too old.",
        "404": "There is no such item.",
        "410": "It is no longer there; it is not asked for again.",
        "429": "Too many requests; Retry-After says after how many seconds to try again.",
        "503": "Not available; tried again after Retry-After, or after a while.",
    }
    return {code: {"description": said[code]} for code in codes}


def _security() -> dict[str, Any]:
    header = {"type": "apiKey", "in": "header"}
    return {
        "token": {"type": "http", "scheme": "bearer"},
        "signature": {**header, "name": "Authorization", "description": SIGNED},
        "timestamp": {**header, "name": "X-Timestamp", "description": "Seconds since 1970 (UTC)."},
    }


def _parameters() -> dict[str, Any]:
    return {
        "cursor": {
            "name": "cursor",
            "in": "query",
            "description": "next_cursor of the page before; without it from the first item.",
            "schema": {"type": "string", "maxLength": 500},
        },
        "limit": {
            "name": "limit",
            "in": "query",
            "description": "Items on the page at most.",
            "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
        },
        "id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 200}},
    }


def _schemas() -> dict[str, Any]:
    finding = answer_schema()["$defs"]["finding"]
    return {
        "page": _page(),
        "item": _item(),
        "submission": submission_object(_COMPONENTS),
        "answer": answer_object(_COMPONENTS),
        "finding": finding,
        **_moved(definitions()),
    }


def _page() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["items", "next_cursor"],
        "properties": {
            "items": {"type": "array", "items": _ref("item")},
            "next_cursor": {
                "description": "Where the next page begins; null on the last one, which is asked for again next time.",
                "type": ["string", "null"],
                "maxLength": 500,
            },
        },
    }


def _item() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["id", "updated_at"],
        "oneOf": [{"required": ["file"]}, {"required": ["submission"]}],
        "properties": {
            "id": {"description": "Never used for anything else.", "type": "string", "minLength": 1, "maxLength": 500},
            "updated_at": {"type": "string", "format": "date-time"},
            "file": _file(),
            "submission": _ref("submission"),
        },
    }


def _file() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["url", "name"],
        "properties": {
            "url": {
                "description": "Where the file is, absolute or relative to the page.",
                "type": "string",
                "format": "uri-reference",
            },
            "name": {"description": "As its sender called it.", "type": "string", "minLength": 1, "maxLength": 500},
            "size": {"description": "Bytes.", "type": "integer", "minimum": 0},
            "sha256": {
                "description": "Of the content; a file that does not match is not taken.",
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
            },
        },
    }


def _moved(parts: dict[str, Any]) -> dict[str, Any]:
    """The same definitions, referring to each other where they stand here."""
    moved: dict[str, Any] = json.loads(json.dumps(parts).replace("#/$defs/", _COMPONENTS))
    return moved
