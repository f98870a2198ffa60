"""moto, but with policies taken more nearly at their word, for tests of what must be refused.

moto takes a condition on what a request does not say for met, knows no condition keys but `sts:ExternalId`, does not
know which stream a request is about, and refuses in XML, whatever the service speaks. Here a request without an
ExternalId does not meet a condition on it, `s3:ResourceAccount` is the account of moto's buckets, `s3:if-none-match` is
the request's header, where moto does not know the resource any will do, and streams refuse in JSON.
"""

from contextvars import ContextVar
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.iam.access_control import IAMPolicyStatement, IAMRequest, IAMRequestBase
from moto.server import main

ACCOUNT = "123456789012"
UNKNOWN_RESOURCE = "*"

asked: ContextVar[IAMRequestBase] = ContextVar("asked")
check_action_permitted = IAMRequestBase.check_action_permitted
raise_access_denied = IAMRequest._raise_access_denied
check_element_matches = IAMPolicyStatement._check_element_matches


def check(request: IAMRequestBase, resource: str) -> None:
    """Remembers the request, which holds what conditions ask for."""
    asked.set(request)
    check_action_permitted(request, resource)


def is_met(statement: IAMPolicyStatement, incoming: dict[str, str] | None) -> bool:
    """The operators and keys that our templates use; any other fails the test that needs it."""
    values = {"s3:ResourceAccount": ACCOUNT, "s3:if-none-match": asked.get()._headers.get("If-None-Match")}
    values |= incoming or {}
    for operator, conditions in statement._statement.get("Condition", {}).items():
        for key, expected in conditions.items():
            value = values.get(key)
            is_null = "true" if value is None else "false"
            if {"StringEquals": value, "Null": is_null}[operator] != expected:
                return False
    return True


def matches(statement: IAMPolicyStatement, element: str, value: str) -> Any:
    """Whether an action or a resource is among those of the statement."""
    is_unknown = element == "Resource" and value == UNKNOWN_RESOURCE
    return is_unknown or check_element_matches(statement, element, value)


def refuse(request: IAMRequest) -> None:
    """In the service's own language."""
    if request._service in ("kinesis", "firehose"):
        raise JsonRESTError("AccessDeniedException", f"not authorized to perform: {request._action}")
    raise_access_denied(request)


STRICTER = [
    (IAMRequestBase, "check_action_permitted", check),
    (IAMRequest, "_raise_access_denied", refuse),
    (IAMPolicyStatement, "_check_conditions", is_met),
    (IAMPolicyStatement, "_check_element_matches", matches),
]

if __name__ == "__main__":
    for kind, name, ours in STRICTER:
        setattr(kind, name, ours)
    main()
