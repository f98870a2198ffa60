"""Answers to a request with which nothing was done; `elsewhere` is where redirects lead."""

import json
from html import escape

from tests.faults.amazon import JSON, XML, Answer, refusal
from tests.faults.request import Request

MISSING = {
    "s3": "NoSuchBucket",
    "sqs": "QueueDoesNotExist",
    "sts": "NoSuchEntity",
    "kinesis": "ResourceNotFoundException",
    "firehose": "ResourceNotFoundException",
}
NAMES = ("Successful", "Failed", "Records", "RequestResponses", "Messages", "Attributes", "QueueUrl")


def slow_down(request: Request, elsewhere: str) -> Answer:
    """503 in the service's own words."""
    return refusal(request, 503, "SlowDown" if request.service == "s3" else "ServiceUnavailable")


def html_500(request: Request, elsewhere: str) -> Answer:
    """As proxies write them."""
    return Answer(500, {"Content-Type": "text/html"}, b"<html><body><h1>Internal Server Error</h1></body></html>")


def echo(request: Request, elsewhere: str) -> Answer:
    """500, and in its message all that was asked."""
    said = escape(request.body.decode("latin-1"))
    return refusal(request, 500, "InternalError" if request.service == "s3" else "InternalFailure", said)


def garbage(request: Request, elsewhere: str) -> Answer:
    """200, and bytes of no language."""
    return Answer(200, {}, bytes(range(256)))


def nonsense(request: Request, elsewhere: str) -> Answer:
    """200, and the names that are expected, with anything below them."""
    if request.service in ("s3", "sts"):
        return Answer(200, XML, b"<AssumeRoleResponse><Credentials>7</Credentials></AssumeRoleResponse>")
    return Answer(200, JSON, json.dumps({name: [7] for name in NAMES}).encode())


def empty(request: Request, elsewhere: str) -> Answer:
    """200, and nothing."""
    return Answer(200, {}, b"")


def forbidden(request: Request, elsewhere: str) -> Answer:
    """403"""
    return refusal(request, 403, "AccessDenied" if request.service in ("s3", "sts") else "AccessDeniedException")


def missing(request: Request, elsewhere: str) -> Answer:
    """What is written to is not there."""
    return refusal(request, 404 if request.service == "s3" else 400, MISSING[request.service])


def moved(request: Request, elsewhere: str) -> Answer:
    """301, as for a bucket of another region."""
    return _moved(request, 301, "PermanentRedirect", elsewhere)


def moved_for_now(request: Request, elsewhere: str) -> Answer:
    """307, as for a bucket that is new."""
    return _moved(request, 307, "TemporaryRedirect", elsewhere)


def _moved(request: Request, status: int, code: str, elsewhere: str) -> Answer:
    refused = refusal(request, status, code)
    return refused._replace(headers={**refused.headers, "Location": elsewhere + request.head.target})
