"""What a customer's server sends, and how it is answered."""

import json
from typing import Any

from gateway.keys import hash_of
from shared.properties import Properties, Property
from tests.unit.gateway.beacons import GOOD
from tests.unit.gateway.wire import Reply, ask, request

MEASUREMENTS = "/v1/measurements"
KEY, SHOPS_KEY, RETIRED_KEY = "bm_ours", "bm_shop", "bm_retired"
KEYED: Properties = {
    "demo": Property(id="demo", hosts=["*"], api_keys=[hash_of(KEY)]),
    "shop": Property(id="shop", hosts=["*"], api_keys=[hash_of(KEY), hash_of(SHOPS_KEY)]),
    "slow": Property(id="slow", hosts=["*"], api_keys=[hash_of(KEY)], rate_limit_per_second=0.1),
}


def report(**names: Any) -> dict[str, Any]:
    return {**GOOD, **names}


def sent(body: bytes | object, key: str = KEY, **headers: str) -> bytes:
    """The request, whose body is `body`, or the JSON of it."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return request("POST", MEASUREMENTS, content, {"Authorization": f"Bearer {key}", **named})


async def send(port: int, body: bytes | object, key: str = KEY, **headers: str) -> Reply:
    return await ask(port, sent(body, key, **headers))
