"""What the provider publishes: fetched, validated, its known defects noted; writes nothing."""
