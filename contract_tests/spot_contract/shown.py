"""What a report shows of a request and of an answer; long bodies are cut."""

from .messages import Answer, Request


def shown_request(request: Request) -> str:
    """A request as it went out, with the name of its credential in place of the credential."""
    lines = [f"{request.method} {request.path}"]
    if request.credential.header is not None:
        lines.append(f"Authorization: ({request.credential.label})")
    if request.content_type is not None:
        lines.append(f"Content-Type: {request.content_type}")
    lines += [f"{name}: {value}" for name, value in request.headers]
    return "\n".join([*lines, "", _cut(request.body)]).rstrip()


def shown_answer(answer: Answer) -> str:
    """An answer as it came."""
    lines = [f"{answer.status}", *(f"{name}: {value}" for name, value in answer.headers)]
    return "\n".join([*lines, "", _cut(answer.body)]).rstrip()


def _cut(data: bytes, limit: int = 1500) -> str:
    text = data[:limit].decode("utf-8", "replace")
    return text if len(data) <= limit else f"{text}… ({len(data)} bytes in all)"
