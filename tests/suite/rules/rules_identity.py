from rule_cases import ORDER, SENT, Broken, Row, answer, error, order, placed, recipient, refused
from rules_carriage import accepted_as
from spot_contract.exchanges.intent import Circumstance

OTHER = SENT | {"recipient": recipient(email="b.zqhgfedcba@example.com")}


def another(**changes):
    """The answer to OTHER."""
    return answer(201, ORDER | {"order_id": "O2", "recipient": OTHER["recipient"]} | changes)


RULES = {
    "identity.own_id": Row(
        [[placed(), placed(order(order_id="O2"))]],
        [Broken([placed(), placed(order()), placed(order(order_id="O2"))], "order_id", "the id of another order")],
    ),
    "identity.repeated": accepted_as(Circumstance.REPEATED),
    "identity.parallel": accepted_as(Circumstance.PARALLEL),
    "identity.no_leak": Row(
        [
            [placed(), placed(another(), sent=OTHER)],
            # Letters that look like a canary and were never sent.
            placed(order(order_id="Q93X52JZWZQFGEMSYCYRFMC03Y")),
        ],
        [
            Broken([placed(), placed(another(seen="zqabcdefgh"), sent=OTHER)], "", "in a 201"),
            Broken([placed(another(seen="XZQHGZQABCDEFGHX"), sent=OTHER), placed()], "", "in a 201"),
            Broken([placed(), refused(error(detail="zip of zqabcdefgh"))], "", "in a 400"),
        ],
    ),
}
