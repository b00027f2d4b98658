"""The files of a checkout: where they lie, what they are called, how they are written; generates and judges nothing."""
