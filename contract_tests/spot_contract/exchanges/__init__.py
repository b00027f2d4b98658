"""What was sent, what it was meant to be and what came back: plain values. Nothing here sends or judges."""
