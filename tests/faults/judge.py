"""What Amazon's services say of a signature before they look at anything else: its date, and the age of its keys."""

import re
import time
from datetime import UTC, datetime

from tests.faults.amazon import Answer, refusal
from tests.faults.request import Request

SKEW_SECONDS = 900
DATE = "%Y%m%dT%H%M%SZ"
KEY = re.compile(r"Credential=ASIA(\d+)/")


def judged(request: Request, session_seconds: float) -> Answer | None:
    """None when it will do: dated within 15 minutes of now, by keys that live `session_seconds`."""
    now, headers = time.time(), request.head.headers
    dated = datetime.strptime(headers["x-amz-date"], DATE).replace(tzinfo=UTC).timestamp()
    if abs(dated - now) > SKEW_SECONDS:
        return _skewed(request, dated, now)
    key = KEY.search(headers["authorization"])
    if key and now - int(key[1]) / 1000 > session_seconds:
        code = "ExpiredToken" if request.service in ("s3", "sts") else "ExpiredTokenException"
        return refusal(request, 400, code, "The security token included in the request is expired")
    return None


def _skewed(request: Request, dated: float, now: float) -> Answer:
    if request.service == "s3":
        return refusal(request, 403, "RequestTimeTooSkewed", "The difference between the times is too large.")
    said, bound = ("expired", "earlier") if dated < now else ("not yet current", "later")
    text = f"Signature {said}: {_written(dated)} is now {bound} than {_written(now)} (15 min.)"
    if request.service == "sts":
        return refusal(request, 403, "SignatureDoesNotMatch", text)
    return refusal(request, 400, "InvalidSignatureException", text)


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(DATE)
