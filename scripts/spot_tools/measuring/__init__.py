"""What scripts/faults measures of the contract suite: faulty, correct, stock and waived servers, a module each."""
