"""What a run would do, found out by the run's own code with an end that sends nobody."""
