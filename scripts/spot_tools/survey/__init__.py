"""Building clients of other APIs' documents, and the outcome of each. Writes nothing into the checkout."""
