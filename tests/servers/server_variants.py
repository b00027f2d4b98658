"""The correct servers, and the options that make each another one: name, folder, options."""

VARIANTS = {
    "drf": ["drf"],
    "drf-refusing-unknown": ["drf", "--refuse-unknown", "--kit-type", "health_kit_1", "--kit-type", "heart_kit_2"],
    "plain": ["plain"],
    "plain-closing": ["plain", "--close-each"],
    "fastapi": ["fastapi_strict"],
    "fastapi-allowing": [
        *["fastapi_strict", "--extra", "allow", "--metadata", "null", "--times", "offset"],
        *["--unsupported", "400", "--too-large", "400", "--scheme-case-sensitive"],
    ],
    "fastapi-ignoring": ["fastapi_strict", "--extra", "ignore", "--metadata", "empty", "--times", "nano"],
    "fastapi-micro": ["fastapi_strict", "--times", "micro", "--jitter", "20"],
    "fastapi-lower": ["fastapi_strict", "--times", "lower"],
}

# One of each kind of code: other options change what is said, not what is read.
KINDS = ["drf", "drf-refusing-unknown", "plain", "fastapi", "fastapi-allowing"]
