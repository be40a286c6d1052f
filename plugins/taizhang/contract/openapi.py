"""OpenAPI of the interface by which submissions are pulled from a platform and answers are given back to it."""

import json
from typing import Any

from taizhang.contract.answer_schema import answer_object, answer_schema
from taizhang.contract.submission_schema import definitions, submission_object
from taizhang.template import template_version

_COMPONENTS = "#/components/schemas/"
SIGNED = (
    "Hexadecimal HMAC-SHA256, by the shared secret, of the lines METHOD, path with its query, timestamp, and the "
    "hexadecimal SHA-256 of the body, joined by a line feed."
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
                "server. Items never change: a correction is a new item. A reader keeps next_cursor and goes on from "
                "there; the same request gives the same items in the same order, later ones at the end."
            ),
        },
        "servers": [{"url": "https://platform.example.gov.cn/api/v1"}],
        "security": [{"token": []}, {"key": [], "timestamp": [], "signature": []}],
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
            "200": _answer_of("One page.", {"$ref": f"{_COMPONENTS}page"}),
            **_failures("400", "401", "429", "503"),
        },
    }


def _get_file() -> dict[str, Any]:
    return {
        "operationId": "getFile",
        "summary": "The bytes of an item: a workbook (.xlsx, .xls, .csv) or a JSON submission.",
        "description": "An item names its address in file_url, which may be another one of the same server.",
        "parameters": [{"$ref": "#/components/parameters/id"}],
        "responses": {
            "200": {
                "description": "The file, whole, or from the byte on that the header Range asks for (206).",
                "content": {"application/octet-stream": {}, "application/json": {"schema": _ref("submission")}},
            },
            "206": {"description": "The rest of the file.", "content": {"application/octet-stream": {}}},
            **_failures("401", "404", "429", "503"),
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


def _answer_of(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _failures(*codes: str) -> dict[str, Any]:
    said = {
        "400": "The request is not as described; it is not tried again.",
        "401": "Token or signature are missing, wrong or too old.",
        "404": "There is no such item.",
        "429": "Too many requests; Retry-After says after how many seconds to try again.",
        "503": "Not available; tried again after Retry-After, or after a while.",
    }
    return {code: {"description": said[code]} for code in codes}


def _security() -> dict[str, Any]:
    header = {"type": "apiKey", "in": "header"}
    return {
        "token": {"type": "http", "scheme": "bearer"},
        "key": {**header, "name": "X-Key-Id", "description": "Whose secret signed the request."},
        "timestamp": {**header, "name": "X-Timestamp", "description": "Seconds since 1970 (UTC), at most 300 off."},
        "signature": {**header, "name": "X-Signature", "description": SIGNED},
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
                "description": "Where to go on; null when there is nothing more for now, the last one stays valid.",
                "type": ["string", "null"],
                "maxLength": 500,
            },
        },
    }


def _item() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["id", "updated_at", "file_name"],
        "oneOf": [{"required": ["file_url"]}, {"required": ["submission"]}],
        "properties": {
            "id": {"description": "Never used again for anything else.", "type": "string", "maxLength": 200},
            "updated_at": {"type": "string", "format": "date-time"},
            "file_name": {"description": "With its ending, .json for inline submissions.", "type": "string"},
            "file_url": {
                "description": "Where the file is, absolute or relative to the page, on the same server.",
                "type": "string",
                "format": "uri-reference",
            },
            "submission": _ref("submission"),
            "byte_size": {"description": "Of the file at file_url.", "type": "integer", "minimum": 0},
            "sha256": {
                "description": "Of the file at file_url; one that does not match is fetched again.",
                "type": "string",
                "pattern": "^[0-9a-f]{64}$",
            },
        },
    }


def _moved(parts: dict[str, Any]) -> dict[str, Any]:
    """The same definitions, referring to each other where they stand here."""
    moved: dict[str, Any] = json.loads(json.dumps(parts).replace("#/$defs/", _COMPONENTS))
    return moved
