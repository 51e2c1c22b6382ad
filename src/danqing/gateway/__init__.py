"""The use case: admit a generation, remember it as a job, have it made, settle its money, tell whoever waits."""
