"""What was chosen before the run: options, profiles, dialects, waivers, baseline, examples. It sends nothing."""
