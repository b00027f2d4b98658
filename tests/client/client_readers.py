"""Error reporters and debuggers: each returns the text that it would report about an exception."""

import collections.abc
import functools
import importlib.util
import io
import json
import traceback

import attrs


def assert_no_canary(text):
    low = text.lower()
    assert "canary" not in low, text[max(0, low.index("canary") - 300) :][:500]
    assert "555-0142" not in text


def our_frames(error):
    """The frames of the package in an exception's traceback, including its causes and groups."""
    seen, waiting = set(), [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
        for frame, _ in traceback.walk_tb(one.__traceback__):
            if "spot_api_client" in frame.f_code.co_filename:
                yield frame


def walked(value, seen=None, depth=0):
    """Every text that a serialiser can reach through items, attributes and fields."""
    seen = {} if seen is None else seen
    if id(value) in seen or depth > 12:
        return
    seen[id(value)] = value
    if isinstance(value, str | bytes | bytearray):
        yield value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
        return
    yield from walked(repr(value), seen, depth + 1) if not isinstance(value, type) else ()
    inner = []
    if isinstance(value, collections.abc.Mapping):
        # Our mappings tell reporters not to read their items.
        inner += [] if hasattr(type(value), "__sentry_repr__") else [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple | set | frozenset | collections.deque):
        inner += list(value)
    inner += list(getattr(value, "__dict__", {}).values()) if not isinstance(value, type) else []
    if attrs.has(type(value)):
        inner += [getattr(value, field.name) for field in attrs.fields(type(value)) if field.repr]
    for slot in _slots(type(value)):
        inner.append(getattr(value, slot, None))
    for item in inner:
        if type(item).__module__ not in ("builtins", "types") or not callable(item):
            yield from walked(item, seen, depth + 1)


def _slots(kind):
    for base in kind.__mro__:
        names = base.__dict__.get("__slots__", ())
        for name in [names] if isinstance(names, str) else names:
            if not attrs.has(kind):
                yield f"_{base.__name__.lstrip('_')}{name}" if name.startswith("__") else name


def by_walking(error):
    """The strictest serialiser: the error and the local variables of our frames, with everything they refer to."""
    texts = list(walked([error.args, vars(error), repr(error), repr(getattr(error, "response", None))]))
    for frame in our_frames(error):
        texts += [text for name, value in frame.f_locals.items() for text in walked([name, value])]
    return "\n".join(texts)


def by_standard_library(error):
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    for stack in _stacks(shown):
        stack[:] = [frame for frame in stack if "spot_api_client" in frame.filename]
    return "".join(shown.format())


def _stacks(shown):
    yield shown.stack
    for other in (shown.__cause__, shown.__context__, *(shown.exceptions or ())):
        if other is not None:
            yield from _stacks(other)


@functools.cache
def _sentry():
    """A client of Sentry with default settings, and the events that it sends."""
    import sentry_sdk  # noqa: PLC0415 - one of several tools
    from sentry_sdk.transport import Transport  # noqa: PLC0415 - one of several tools

    events = []

    class Recording(Transport):
        def capture_envelope(self, envelope):
            events.extend(item.payload.json for item in envelope.items)

    return sentry_sdk.Client(dsn="http://key@localhost/1", transport=Recording), events


def by_sentry(error):
    """The event that Sentry would send, without the frames of the caller."""
    import sentry_sdk  # noqa: PLC0415 - one of several tools

    # Only this scope has a client: elsewhere its integrations would add headers to the requests of later tests.
    with sentry_sdk.new_scope() as scope:
        client, events = _sentry()
        scope.set_client(client)
        events.clear()
        sentry_sdk.capture_exception(error)
    assert events
    for event in events:
        for value in event.get("exception", {}).get("values", []):
            trace = value.get("stacktrace") or {"frames": []}
            trace["frames"] = [frame for frame in trace["frames"] if "spot_api_client" in str(frame.get("module"))]
    return json.dumps(events, ensure_ascii=False)


def by_rich(error):
    from rich.console import Console  # noqa: PLC0415 - one of several tools
    from rich.traceback import Traceback  # noqa: PLC0415 - one of several tools

    shown = Traceback.from_exception(
        type(error), error, error.__traceback__, show_locals=True, locals_max_length=100, locals_max_string=10_000
    )
    for stack in shown.trace.stacks:
        stack.frames = [frame for frame in stack.frames if "spot_api_client" in frame.filename]
        for frame in stack.frames:
            frame.filename = f"<{frame.filename}>"  # Without the lines of code, which take long to colour.
    text = io.StringIO()
    Console(file=text, width=300).print(shown)
    return text.getvalue()


def by_structlog(error):
    from structlog.tracebacks import ExceptionDictTransformer  # noqa: PLC0415 - one of several tools

    stacks = ExceptionDictTransformer(show_locals=True, locals_max_string=10_000)(
        (type(error), error, error.__traceback__)
    )
    for stack in stacks:
        stack["frames"] = [frame for frame in stack["frames"] if "spot_api_client" in frame["filename"]]
    return json.dumps(stacks, default=repr)


TOOLS = {"sentry_sdk": by_sentry, "rich": by_rich, "structlog": by_structlog}
READERS = [
    by_walking,
    by_standard_library,
    *(reader for tool, reader in TOOLS.items() if importlib.util.find_spec(tool) is not None),
]


def assert_nothing_is_read(error):
    for reader in READERS:
        assert_no_canary(reader(error))
