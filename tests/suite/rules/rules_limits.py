from rule_cases import Broken, Row, answer, error, error_without, placed, recorded

SLOW_DOWN = "slow down"


def throttled(answered):
    return recorded(placed(answered), with_body=False)


RULES = {
    "limits.envelope": Row(
        [throttled(error(429)), throttled(error_without("status", 429)), placed(error(429))],
        [
            Broken(throttled(error(429, type="bad_request")), "error", "another error.type"),
            Broken(throttled(error(429, status=400)), "error", "another error.status"),
            Broken(throttled(error_without("detail", 429)), "error", "no error.detail"),
            Broken(throttled(answer(429, {"detail": SLOW_DOWN})), "error", "no error object"),
            Broken(throttled(answer(429, b"slow down", "text/plain")), "error", "no error envelope"),
        ],
    ),
    "limits.retry_after": Row(
        [throttled(error(429))],
        [Broken(throttled(answer(429, error(429).body, Retry_After=None)), "Retry-After", "left out")],
    ),
}
