"""What moto answers to the calls of stores, asked of its methods without a web framework.

Routing, two copies of a request and the model of botocore cost moto more than most of its answers.
"""

import io
import json
import re
from base64 import b64encode
from binascii import crc32
from collections.abc import Iterable, Mapping
from functools import cache
from operator import ge, gt, le, lt
from types import SimpleNamespace
from typing import Any, NamedTuple

import msgspec
from flask import Response
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import camelcase_to_underscores
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.responses import DynamoHandler
from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import BackendRequest
from moto.s3.responses import S3Response
from moto.sqs.responses import SQSResponse
from werkzeug.exceptions import HTTPException

PAGE = ("Items", "Count", "ScannedCount", "LastEvaluatedKey")
RESULTS: Mapping[str, tuple[str, ...]] = {
    "BatchGetItem": ("Responses", "UnprocessedKeys"),
    "DeleteItem": ("Attributes", "ItemCollectionMetrics"),
    "GetItem": ("Item",),
    "PutItem": ("Attributes", "ItemCollectionMetrics"),
    "Query": PAGE,
    "Scan": PAGE,
    "TransactWriteItems": ("ItemCollectionMetrics",),
}
"""The operations of DynamoDB of which moto's result is the answer, with what their answers may hold
besides `ConsumedCapacity`."""


class MotoAnswer(NamedTuple):
    """An answer to one call."""

    status: str
    headers: Iterable[tuple[str, str]]
    body: bytes


def answered(environ: Mapping[str, Any], body: bytes) -> MotoAnswer | None:
    """The answer to a call about an object of S3, or one of which the header `X-Amz-Target` tells
    the operation; None if it takes the rest of moto to answer."""
    if _OBJECT.match(environ["PATH_INFO"]) and "/s3/aws4_request" in environ.get(
        "HTTP_AUTHORIZATION", ""
    ):
        return _of_object(environ, body)
    api, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
    handler: Any
    if api == "AmazonSQS":
        handler = SQSResponse()
    elif api == "DynamoDB_20120810" and operation in (*RESULTS, "CreateTable"):
        handler = DynamoHandler()
    else:
        return None
    _prepare(handler, operation, environ, body)
    if operation == "Query" and _finds_nothing(handler):
        return _answer(handler, 200, {"Content-Type": environ["CONTENT_TYPE"]}, NOTHING)
    try:
        result = getattr(handler, _method(operation))()
    except ServiceException as error:
        return _answer(handler, *handler.serialized(ActionResult(error)))
    except HTTPException:
        return None  # nothing has happened
    if operation not in RESULTS:
        return _answer(handler, *handler.serialized(result))
    names = (*RESULTS[operation], "ConsumedCapacity")
    told = {name: result.result[name] for name in names if result.result.get(name) is not None}
    text = json.dumps(told, default=_binary)
    return _answer(handler, 200, {"Content-Type": environ["CONTENT_TYPE"]}, text)


def _binary(value: bytes) -> str:
    return b64encode(value).decode()


NOTHING = json.dumps({"Items": [], "Count": 0, "ScannedCount": 0})
_CONDITION = re.compile(r"(\w+) = (:\w+)(?: AND (\w+) (<=|<|>=|>) (:\w+)| AND .*)?")
_COMPARED = {"<": lt, "<=": le, ">": gt, ">=": ge}


def _finds_nothing(handler: DynamoHandler) -> bool:
    """Whether no item meets the condition of a query: so it is with most, which look for what is
    due."""
    asked = handler.body
    table = handler.dynamodb_backend.tables.get(asked["TableName"])
    condition = _CONDITION.fullmatch(asked.get("KeyConditionExpression", ""))
    if table is None or condition is None:
        return False
    values = {name: value["S"] for name, value in asked["ExpressionAttributeValues"].items()}
    name, value = condition[1], values[condition[2]]
    if name == table.hash_key_attr:
        return DynamoType({"S": value}) not in table.items
    found = [
        item.attrs
        for ranges in table.items.values()
        for item in ranges.values()
        if (attribute := item.attrs.get(name)) is not None and attribute.value == value
    ]
    if found and condition[3]:
        meets, limit = _COMPARED[condition[4]], values[condition[5]]
        return not any(
            condition[3] in one and meets(one[condition[3]].value, limit) for one in found
        )
    return not found


_OBJECT = re.compile(r"/[^/]+/[^/]")
"""The path of an object: its bucket and its key."""


def _of_object(environ: Mapping[str, Any], body: bytes) -> MotoAnswer:
    """What moto's web server makes of its answer about an object."""
    request = BackendRequest({**environ, "wsgi.input": io.BytesIO(body)})
    status, headers, content = S3Response.key_dispatch(
        request, request.raw_url, dict(request.headers)
    )
    told = Response(content, status, headers)
    if request.method == "HEAD" and "content-length" in headers:
        told.headers["Content-Length"] = headers["content-length"]
    return MotoAnswer(told.status, told.get_wsgi_headers(request.environ), told.data)


def _prepare(handler: Any, operation: str, environ: Mapping[str, Any], body: bytes) -> None:
    """What `BaseResponse.setup_class` finds in a request of werkzeug."""
    handler.headers = {"Content-Type": environ["CONTENT_TYPE"]}
    handler.querystring = {"Action": [operation]}
    handler.response_headers = {"server": "amazon.com"}
    handler.uri_match = {}
    handler.uri = f"http://{environ['HTTP_HOST']}/"
    handler.path = "/"
    handler.current_account = DEFAULT_ACCOUNT_ID
    handler.region = environ["HTTP_AUTHORIZATION"].split("/")[2]
    handler.body = handler.params = msgspec.json.decode(body)
    if isinstance(handler, SQSResponse):
        request: Any = SimpleNamespace(
            method="POST", values={}, headers={}, data=body, path="/",
            content_type=environ["CONTENT_TYPE"],
        )  # fmt: skip
        handler.parse_parameters(request)


_method = cache(camelcase_to_underscores)


def _answer(handler: BaseResponse, status: int, headers: dict[str, str], text: str) -> MotoAnswer:
    body = text.encode()
    headers["x-amzn-requestid"] = f"{mock_random.getrandbits(208):052X}"
    if isinstance(handler, DynamoHandler):
        headers["x-amz-crc32"] = str(crc32(body))
    return MotoAnswer(f"{status} ", headers.items(), body)
