from rule_cases import SENT, Broken, Row, address, odd, order, order_without, placed, recipient

LINE = SENT | {"recipient": address(street2=None)}
PLAIN = {name: value for name, value in SENT.items() if name != "metadata"}
BIG = SENT | {"metadata": {"big": 9007199254740993}}
BLANK = SENT | {"recipient": recipient(first_name=" Zoë")}


def metadata(**changes):
    return order(metadata=SENT["metadata"] | changes)


RULES = {
    "echo.recipient": Row(
        [placed(), placed(order(recipient=recipient(id=7))), placed(order(recipient=address(street2=None)))],
        [
            Broken(
                placed(order(recipient=address(zip="2134"))),
                "recipient.address.zip",
                "came back as another spelling of a number",
            ),
            Broken(
                odd(order(recipient=address(zip="0")), sent=SENT | {"recipient": address(zip="00000")}),
                "recipient.address.zip",
                "came back as another spelling of a number",
            ),
            Broken(
                placed(order(recipient=recipient(first_name="Zoe\u0308"))),
                "recipient.first_name",
                "came back in another Unicode form",
            ),
            Broken(placed(order(recipient=recipient(first_name="Zo"))), "recipient.first_name", "cut short"),
            Broken(
                odd(
                    order(recipient=recipient(last_name="\u0130")),
                    sent=SENT | {"recipient": recipient(last_name="I\u0307")},
                ),
                "recipient.last_name",
                "came back in another Unicode form",
            ),
            Broken(
                placed(order(recipient=recipient(first_name="zoë"))),
                "recipient.first_name",
                "came back in another letter case",
            ),
            Broken(
                placed(order(recipient=recipient(last_name="O&#x27;Brien"))),
                "recipient.last_name",
                "came back with markup escaped",
            ),
            Broken(odd(order(recipient=recipient(last_name="Brien"))), "recipient.last_name", "characters lost"),
            Broken(
                odd(order(recipient=address(street2=None)), sent=SENT | {"recipient": address(street2="")}),
                "recipient.address.street2",
                "an empty text came back as null",
            ),
        ],
    ),
    "echo.kit_types": Row(
        [placed()],
        [
            Broken(placed(order(kit_types=["health_kit_1"])), "kit_types", "repeated items lost"),
            Broken(
                placed(order(kit_types=["b", "a"]), sent=SENT | {"kit_types": ["a", "b"]}),
                "kit_types",
                "items came back in another order",
            ),
        ],
    ),
    "echo.metadata": Row(
        [placed(metadata(list=[1.0, "1"])), placed(order(metadata={}), sent=SENT | {"metadata": None})],
        [
            Broken(placed(order_without("metadata")), "metadata", "left out"),
            Broken(placed(metadata(flag=1)), "metadata", "a boolean came back as a number"),
            Broken(placed(metadata(list=["1", 1])), "metadata", "items came back in another order"),
            Broken(placed(metadata(more=1)), "metadata", "a name that was not sent came back"),
            Broken(placed(order(metadata={"flag": True, "list": [1, "1"]})), "metadata", "null left out"),
            Broken(
                odd(order(metadata={"note": "x"}), sent=SENT | {"metadata": {"note": "x "}}),
                "metadata",
                "white space at its ends changed",
            ),
        ],
    ),
    "echo.absent": Row(
        [placed(order_without("metadata"), sent=PLAIN), placed(order(metadata={}), sent=PLAIN)],
        [
            Broken(placed(order(), sent=PLAIN), "metadata", "came back although it was not sent"),
            Broken(
                placed(order(recipient=address(street2=""))),
                "recipient.address.street2",
                "came back although it was not sent",
            ),
        ],
    ),
    "echo.white_space": Row(
        [odd(order(recipient=recipient(first_name=" Zoë")), sent=BLANK)],
        [Broken(odd(order(), sent=BLANK), "recipient.first_name", "white space at its ends changed")],
    ),
    "echo.big_integers": Row(
        [odd(order(metadata=BIG["metadata"]), sent=BIG)],
        [
            Broken(
                odd(order(metadata={"big": 9007199254740992}), sent=BIG),
                "metadata",
                "a number came back as another one",
            ),
            Broken(
                odd(order(metadata={"big": 9.007199254740992e15}), sent=BIG),
                "metadata",
                "a number came back as another one",
            ),
        ],
    ),
    "echo.null_kept": Row(
        [odd(order(recipient=address(street2=None)), sent=LINE)],
        [Broken(odd(order(), sent=LINE), "recipient.address.street2", "left out")],
    ),
}
