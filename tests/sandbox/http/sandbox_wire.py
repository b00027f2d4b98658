"""HTTP/1.1 by hand: requests are bytes in any number of pieces, and answers are read from one connection."""

import contextlib
import socket
import time

from sandbox_talk import JSON, PATH, TOKEN, Answer, text_of

OK = b"HTTP/1.1 100 Continue\r\n\r\n"


def head(**options):
    """The head of a request: method, path, version, headers (pairs), and whether it carries the token."""
    lines = [f"{options.get('method', 'POST')} {options.get('path', PATH)} HTTP/{options.get('version', '1.1')}"]
    headers = [("Host", "localhost"), ("Content-Type", options.get("media", JSON))]
    if options.get("authorized", True):
        headers.append(("Authorization", f"Token {TOKEN}"))
    lines += [f"{name}: {value}" for name, value in [*headers, *options.get("headers", ())]]
    return ("\r\n".join(lines) + "\r\n").encode("latin-1")


def whole(body, **options):
    """A request whose body has a length."""
    return head(**options) + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunks(*bodies):
    """Bodies as chunks, with the last one of length 0."""
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in bodies) + b"0\r\n\r\n"


def in_chunks(*bodies, **options):
    """A request whose body comes in these chunks."""
    return head(**options) + b"Transfer-Encoding: chunked\r\n\r\n" + chunks(*bodies)


def halves(text):
    """A text in two pieces."""
    return text[: len(text) // 2], text[len(text) // 2 :]


class Wire:
    """One connection."""

    def __init__(self, port, timeout=1.5):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = b""

    def send(self, *pieces, pause=0.02):
        """Send pieces, each in a separate segment."""
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(pause)
            self.socket.sendall(piece)

    def line_end(self):
        """Read as far as an empty line; what came before it and the line itself."""
        while b"\r\n\r\n" not in self._left:
            self._more()
        found, _, self._left = self._left.partition(b"\r\n\r\n")
        return found + b"\r\n\r\n"

    def _more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise ValueError(f"the connection ended after {self._left[:200]!r}")
        self._left += piece

    def answer(self, method="POST"):
        """Read one answer, which must be well framed."""
        first, *lines = self.line_end().decode("latin-1").split("\r\n")[:-2]
        version, status, *_ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        assert version == "HTTP/1.1", first
        assert len(headers) == len(lines), "a header came twice"
        assert "transfer-encoding" not in headers
        length = 0 if method == "HEAD" else int(headers["content-length"])
        while len(self._left) < length:
            self._more()
        body, self._left = self._left[:length], self._left[length:]
        return Answer(int(status), headers, body)

    def is_silent(self):
        """Whether nothing but what was read has come, and the connection is open."""
        self.socket.settimeout(0.05)
        with contextlib.suppress(TimeoutError):
            self._left += self.socket.recv(65536)
            return False
        return not self._left

    def ended(self):
        """Whether the other side has closed the connection, without another byte."""
        return not self._left and self.socket.recv(1) == b""

    def close(self):
        self.socket.close()


@contextlib.contextmanager
def wire(talk):
    """A connection to the server that `talk` talks to."""
    connection = Wire(talk.port, talk.timeout)
    try:
        yield connection
    finally:
        connection.close()


def carried(talk, pieces, **options):
    """Send a fresh order in the pieces that `pieces` makes of its text, and judge the answer."""
    order = talk.draft(options.get("changes"))
    with wire(talk) as connection:
        connection.send(*pieces(text_of(order).encode()))
        return talk.judge(connection.answer(), order)
