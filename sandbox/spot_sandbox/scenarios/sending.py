"""Sends an answer slowly, or only its first half."""

import asyncio

from spot_sandbox.http.messages import Request, Send, send_head, until_gone
from spot_sandbox.scenarios.acts import PacedAnswer

PIECES = 20


async def send_paced(answer: PacedAnswer, request: Request, send: Send) -> None:
    """Send an answer."""
    await send_head(answer, send)
    if answer.is_cut:
        half = answer.body[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        if request.close is not None:
            request.close()
            await until_gone(request.receive)
        return
    size = max(1, -(-len(answer.body) // PIECES))
    for start in range(0, len(answer.body), size):
        await asyncio.sleep(answer.seconds / PIECES)
        await send({"type": "http.response.body", "body": answer.body[start : start + size], "more_body": True})
    await send({"type": "http.response.body", "body": b""})
